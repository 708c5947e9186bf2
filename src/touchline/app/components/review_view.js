// The page's picture of one item: the photo, its burst, what the model says, and the keys.

const KEYS = [
  ["Space, Enter", "accept the label"],
  ["1 to 9", "take that label of the shortlist"],
  ["C or /", "choose any class, or type a new one"],
  ["X", "none of the classes"],
  ["S", "skip for now"],
  ["U", "undo the last decision"],
  ["B", "decide the whole burst, or this photo alone"],
  ["Left, Right", "look at the other photos of the burst"],
  ["? or H", "these keys"],
];

// Builds the view in `root`; `act` has a function for each thing that can be pressed.
function makeReviewView(root, act) {
  const part = (tag, name, attributes = {}) => element(tag, { class: name, ...attributes });
  const figure = part("figure", "photo");
  const strip = part("ol", "burst", { "aria-label": "Photos of the burst" });
  const shortlist = part("ol", "shortlist", { "aria-label": "Shortlist" });
  const label = part("h2", "label");
  const reason = part("p", "reason");
  const scope = part("p", "scope");
  const alike = part("div", "alike");
  const counts = part("p", "counts");
  const trouble = part("p", "trouble", { role: "alert" });
  const said = part("p", "said", { role: "status", "aria-live": "polite" });
  const empty = part("div", "empty");
  const names = part("form", "reviewer");
  const buttons = element(
    "div", { class: "buttons", role: "group", "aria-label": "Decide" },
    pressButton("Accept", "Space", act.accept, { class: "main" }),
    pressButton("Change", "C", act.change),
    pressButton("None of them", "X", act.none),
    pressButton("Skip", "S", act.skip),
    pressButton("Undo", "U", act.undo),
    pressButton("Keys", "?", act.help),
  );
  const item = element(
    "div", { class: "item" },
    element("div", { class: "seen" }, figure, strip),
    element("div", { class: "told" }, label, reason, shortlist, scope, buttons, alike),
  );
  const keys = makeKeyHelp(act.closed);
  const head = element("div", { class: "head" }, names, counts, said);
  root.append(head, trouble, item, empty, keys);

  return {
    announce(text) {
      said.textContent = text;
    },
    help() {
      keys.showModal();
    },
    // `state`: {item, shown, whole, left, decided, rate, waiting, trouble, reviewer, finished}
    show(state) {
      item.hidden = !state.item;
      empty.hidden = Boolean(state.item) || !state.reviewer;
      empty.replaceChildren(...emptyWords(state));
      showReviewerForm(names, state.reviewer, act.name);
      counts.textContent = state.reviewer ? countWords(state) : "";
      trouble.textContent = state.trouble;
      if (!state.item) return;
      showPhoto(figure, state);
      label.textContent = `${state.item.label} · ${percent(state.item.confidence)} sure`;
      reason.textContent = state.item.reason ? `In doubt: ${state.item.reason}` : "Not in doubt.";
      scope.textContent = scopeWords(state);
      strip.replaceChildren(...burstTiles(state, act.look));
      strip.hidden = state.item.burst.length < 2;
      shortlist.replaceChildren(...shortlistRows(state.item, act.take));
      alike.replaceChildren(...alikeTiles(state.item));
    },
  };
}

function percent(share) {
  return `${Math.round(100 * share)} %`;
}

function countWords({ decided, rate, left, waiting }) {
  const words = [`${decided} decided`, `${left} left`];
  if (rate !== null) words.push(`${rate} an hour`);
  if (waiting) words.push(`${waiting} on their way`);
  return words.join(" · ");
}

function scopeWords({ item, whole }) {
  const count = item.photo_ids.length;
  if (count < 2) return "";
  return whole ? `Decides all ${count} photos of this burst that the model calls the same.`
    : `Decides this photo alone, not the other ${count - 1} of the burst.`;
}

function emptyWords({ finished, filter }) {
  if (!finished) return [element("p", {}, "Looking for photos…")];
  const next = filter
    ? "Clear the filter to see the rest of the queue."
    : "Label more photos on the page Photos; what the model doubts will come here.";
  return [element("h2", {}, "Nothing waits for a look."), element("p", {}, next)];
}

function showPhoto(figure, { item, shown, picture }) {
  const photo = item.burst[shown];
  const caption = shown ? `${photo.name}: another of the burst, ${photo.label}` : photo.name;
  picture.alt = caption;
  if (figure.firstChild !== picture || figure.dataset.caption !== caption) {
    figure.dataset.caption = caption;
    figure.replaceChildren(picture, element("figcaption", {}, caption));
  }
}

function burstTiles({ item, shown, whole }, look) {
  return item.burst.map((photo, place) => {
    const together = place === 0 || (whole && item.photo_ids.includes(photo.photo_id));
    const words = `${photo.name}, ${photo.label}${together ? ", decided now" : ""}`;
    const button = element(
      "button",
      { type: "button", "aria-pressed": String(place === shown), "aria-label": words,
        class: together ? "together" : "", onclick: () => look(place) },
      element("img", { src: photo.small, alt: "" }),
      element("span", { "aria-hidden": "true" }, together ? "✓" : ""),
    );
    return element("li", {}, button);
  });
}

function shortlistRows(item, take) {
  return item.shortlist.map(({ label, confidence, in_set }, place) => {
    const sure = (confidence === null ? "" : percent(confidence)) + (in_set ? ", likely" : "");
    const button = element(
      "button", { type: "button", class: in_set ? "likely" : "", onclick: () => take(place) },
      element("kbd", {}, String(place + 1)), " ", element("span", {}, label), " ",
      element("small", {}, sure),
    );
    return element("li", {}, button);
  });
}

function alikeTiles(item) {
  if (!item.alike.length) return [];
  const tiles = item.alike.map(({ name, small }) => element("img", { src: small, alt: name }));
  return [element("p", {}, `Photos a person called ${item.label}:`), ...tiles];
}

function makeKeyHelp(closed) {
  const rows = KEYS.flatMap(([key, does]) => [element("dt", {}, key), element("dd", {}, does)]);
  const dialog = element(
    "dialog", { "aria-label": "Keys", onclose: closed },
    element("h2", {}, "Keys"), element("dl", {}, ...rows),
    pressButton("Close", "Escape", () => dialog.close()),
  );
  return dialog;
}
