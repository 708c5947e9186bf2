// One video with its events: what is on show, and what keys and presses do to it.

const THRESHOLD_PAUSE = 300; // milliseconds of rest before the server hears of a moved slider
const MOST_ZOOM = 256;
const REVIEWER_PLACE = "touchline.reviewer"; // where the browser keeps the name, as in Review

function makeMatchView(root) {
  const find = (selector) => root.querySelector(selector);
  const name = find(".name");
  const state = {
    data: null, outbox: null, shown: [], chosen: null, label: "",
    reviewer: localStorage.getItem(REVIEWER_PLACE) ?? "",
  };
  let say = null; // sends state to the server
  let thresholds = {};
  let zoom = 1;
  let pause = 0;

  const tell = (words) => { find(".said").textContent = words; };
  const film = makeFilm(find("video"), find(".still"), {
    moved: (seconds) => timeline.move(seconds),
    failed: (words) => { find(".cannot").textContent = words; },
  });
  const timeline = makeTimeline(find(".timeline"), { seek: (at) => film.seek(at), choose: play });
  const list = makeEventList(find(".events"), { choose, play });
  const sliders = makeThresholds(find(".thresholds > div"), (changed) => {
    thresholds = changed;
    draw();
    clearTimeout(pause);
    pause = setTimeout(() => say("thresholds", thresholds), THRESHOLD_PAUSE);
  });
  const editing = makeEditing(state, film, { draw, tell, ask });
  const classList = makeClassList(editing.relabel, () => find(".events").focus());

  function choose(event) {
    state.chosen = event;
    film.seek(event.seconds);
    list.mark(event);
    drawTimeline();
    tell(`Chosen: ${event.label} at ${clockTime(event.seconds)}.`);
  }

  function play(event) {
    choose(event);
    film.seek(event.seconds - LEAD_SECONDS);
    film.play();
    tell(`Playing from ${LEAD_SECONDS} s before ${event.label} at ${clockTime(event.seconds)}.`);
  }

  function toNeighbour(step) {
    const next = neighbour(state.shown, state.chosen, film.seconds(), step);
    if (next) choose(next);
    else tell(step > 0 ? "No later event." : "No earlier event.");
  }

  function ask() {
    tell("Say first who corrects: the name is kept with each correction.");
    name.focus();
  }

  function zoomBy(factor) {
    zoom = Math.max(1, Math.min(zoom * factor, MOST_ZOOM));
    drawTimeline();
  }

  function nudge(frames) {
    const at = state.chosen?.seconds ?? 0;
    editing.moveTo(at + frames * film.frameSeconds());
  }

  const press = {
    " ": () => film.toggle(), ArrowLeft: () => film.step(-1), ArrowRight: () => film.step(1),
    ",": () => toNeighbour(-1), ".": () => toNeighbour(1),
    Enter: () => state.chosen && play(state.chosen),
    a: editing.add, u: editing.undo, Delete: editing.remove, Backspace: editing.remove,
    "[": () => nudge(-1), "]": () => nudge(1), p: () => editing.moveTo(film.seconds()), t: editing.turnTeam,
    c: () => editing.mayEdit(true) && classList.open(state.data.choices),
    "+": () => zoomBy(2), "=": () => zoomBy(2), "-": () => zoomBy(0.5),
  };

  function pressed(event) {
    const isTaken = event.defaultPrevented || takesKey(event);
    if (isTaken || event.composedPath().includes(classList.dialog)) return;
    const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    const numbered = /^[0-9]$/.test(key) ? state.data.classes[(Number(key) + 9) % 10] : "";
    if (numbered) editing.relabel(numbered);
    else if (press[key]) press[key]();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  function drawTimeline() {
    const { data, shown, chosen, classes } = state;
    const events = shown.filter((each) => !each.isReference);
    const scene = { classes, events, reference: data.reference, chosen, length: data.length, zoom };
    timeline.draw(scene, film.seconds());
  }

  function draw() {
    const { data } = state;
    const events = replayedEvents(data.events, state.outbox.waiting());
    const counted = countedEvents(events, thresholds, data.standard);
    const missed = data.reference.filter((each) => each.verdict === "missed");
    state.classes = [...new Set([...data.classes, ...events.map((each) => each.label)])];
    state.shown = [...counted, ...missed].sort((one, other) => one.seconds - other.seconds);
    state.chosen = sameEvent(state.shown, state.chosen);
    list.draw(state.shown, state.chosen);
    find("h3").textContent = `Events: ${counted.length} of ${events.length}`;
    sliders.draw(state.classes, events, thresholds, data.standard);
    drawTimeline();
  }

  name.value = state.reviewer;
  name.addEventListener("change", () => {
    state.reviewer = name.value.trim();
    localStorage.setItem(REVIEWER_PLACE, state.reviewer);
  });
  find("section").append(classList.dialog);
  find("section").addEventListener("keydown", pressed);
  addMatchHelp(find, press);
  const widths = new ResizeObserver(() => state.data && drawTimeline());
  widths.observe(find(".drawing"));

  return {
    // Show the server's latest; what is chosen, zoomed and played stays as it is.
    show({ data, setStateValue }) {
      const isFirst = state.data === null;
      const reference = data.reference.map((each) => ({ ...each, isReference: true }));
      state.data = { ...data, reference };
      say = setStateValue;
      if (isFirst) thresholds = data.thresholds;
      state.outbox = openOutbox(data.outbox, (waiting) => setStateValue("outbox", waiting));
      film.open(data);
      find(".thresholds").hidden = !data.has_confidence;
      find(".who").hidden = !data.editable;
      draw();
      const words = state.outbox.answers().map((each) => each.said).filter(Boolean);
      if (words.length) tell(words.join(" "));
      if (data.outbox.trouble) tell(`Not saved yet; it is tried again: ${data.outbox.trouble}`);
    },
    close() {
      clearTimeout(pause);
      widths.disconnect();
      film.stop();
    },
  };
}
