// The page Match: a video with its events on a timeline and in a list, corrected from the keyboard.
// `match.py` says which files are joined before this one.

const KEYS = [
  ["Space", "play or pause"], ["← →", "a frame back or on"], [", .", "event before or after"],
  ["Enter", `play from ${LEAD_SECONDS} s before the event`], ["1–9, 0", "relabel the event"],
  ["C", "relabel to any class"], ["T", "give it to the other team, or to none"], ["A", "add an event at the playhead"],
  ["[ ]", "move the event a frame back or on"], ["P", "move the event to the playhead"],
  ["Delete", "delete the event"], ["U", "undo"], ["+ −", "zoom the timeline"],
];
const BUTTONS = [
  ["Play", "Space", " "], ["Frame back", "←", "ArrowLeft"], ["Frame on", "→", "ArrowRight"],
  ["Event before", ",", ","], ["Event after", ".", "."], ["Add", "A", "a"],
  ["Change class", "C", "c"], ["Team", "T", "t"], ["Move here", "P", "p"], ["Delete", "Del", "Delete"],
  ["Undo", "U", "u"], ["Zoom in", "+", "+"], ["Zoom out", "−", "-"],
];
const LEGEND =
  "◀ left team   ▶ right team   ● team not known   dashed: only here   small: the other set";

// The buttons, the legend and the list of keys; `press` has what each key does.
function addMatchHelp(find, press) {
  find(".buttons").append(
    ...BUTTONS.map(([words, key, action]) => pressButton(words, key, press[action])),
  );
  find(".legend").textContent = LEGEND;
  find(".keys dl").append(
    ...KEYS.flatMap(([key, does]) => [
      element("dt", {}, element("kbd", {}, key)), element("dd", {}, does),
    ]),
  );
}

const views = new WeakMap(); // of each place on a page, what is shown there

export default function (component) {
  const root = component.parentElement;
  if (!views.has(root)) views.set(root, makeMatchView(root));
  const view = views.get(root);
  view.show(component);
  return () => {
    view.close();
    views.delete(root);
  };
}
