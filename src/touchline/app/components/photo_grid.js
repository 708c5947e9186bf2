// A grid of thumbnails as buttons: Tab or the arrow keys move, Enter opens.

export default function ({ data, parentElement, setTriggerValue }) {
  const root = parentElement.querySelector(".root");
  const tiles = data.map((tile) =>
    element(
      "button",
      { type: "button", class: "tile", onclick: () => setTriggerValue("pressed", tile.id) },
      element("img", { src: tile.picture, alt: tile.alt, loading: "lazy", decoding: "async" }),
      element("span", { class: "caption" }, tile.caption),
      element("span", { class: "note" }, tile.note),
    ),
  );
  const grid = element("div", { class: "grid", role: "group", "aria-label": "Photos" }, ...tiles);
  grid.addEventListener("keydown", (event) => moveFocus(event, tiles));
  root.replaceChildren(grid);
}

function moveFocus(event, tiles) {
  const from = tiles.indexOf(event.composedPath()[0]);
  const beside = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
  const above = { ArrowUp: -1, ArrowDown: 1 }[event.key];
  if (from < 0 || !(beside || above)) return;
  const inRow = tiles.filter((tile) => tile.offsetTop === tiles[0].offsetTop).length;
  const to = tiles[from + (beside ?? above * inRow)];
  if (!to) return;
  event.preventDefault();
  to.focus();
}
