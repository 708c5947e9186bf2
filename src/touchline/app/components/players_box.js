// A frame on which a person is boxed: by dragging, or by numbers in percent of the frame.

const SIDES = ["left", "top", "right", "bottom"];
const boxes = new WeakMap();

export default function box({ parentElement, data, setStateValue }) {
  const place = parentElement.querySelector(".root");
  if (!boxes.has(place)) boxes.set(place, makeBox(place));
  boxes.get(place)(data, setStateValue);
}

// A box from two corners, in whatever order they were given, kept inside the frame.
function boxBetween(from, to) {
  const inside = (share) => Math.min(1, Math.max(0, share));
  const [left, right] = [inside(from.x), inside(to.x)].sort((a, b) => a - b);
  const [top, bottom] = [inside(from.y), inside(to.y)].sort((a, b) => a - b);
  return { left, top, right, bottom };
}

function makeBox(parent) {
  const frame = element("img", { alt: "Frame of the video", draggable: "false" });
  const outline = element("div", { class: "outline", hidden: true });
  const field = element("div", { class: "frame", onpointerdown: begin }, frame, outline);
  const said = element("p", { class: "said", role: "status", "aria-live": "polite" });
  const inputs = SIDES.map((side) =>
    element("input", {
      type: "number", min: "0", max: "100", step: "0.5", required: true, "aria-label": `${side} in percent`,
      oninput: readNumbers,
    }));
  const form = element(
    "form", { class: "numbers", onsubmit: send },
    ...SIDES.map((side, place) => element("label", {}, `${side} % `, inputs[place])),
    element("button", { class: "main" }, "Search this person"),
  );
  parent.append(element(
    "section", { class: "players", "aria-label": "A box on a frame" },
    element("p", { class: "help" }, "Drag a box around one person, or type its sides."),
    field, form, said,
  ));
  let drawn = null;
  let tell;

  function at(event) {
    const whole = frame.getBoundingClientRect();
    return {
      x: (event.clientX - whole.left) / whole.width, y: (event.clientY - whole.top) / whole.height,
    };
  }

  function begin(event) {
    event.preventDefault();
    const from = at(event);
    field.setPointerCapture(event.pointerId);
    field.onpointermove = (moved) => draw(boxBetween(from, at(moved)), true);
    field.onpointerup = field.onpointercancel = () => {
      field.onpointermove = null;
    };
  }

  function readNumbers() {
    const [left, top, right, bottom] = inputs.map((input) => input.valueAsNumber / 100);
    const isBox = left >= 0 && top >= 0 && left < right && top < bottom && right <= 1 && bottom <= 1;
    draw(isBox ? { left, top, right, bottom } : null, false);
  }

  function draw(box, fills) {
    drawn = box;
    outline.hidden = !box;
    if (!box) return;
    for (const [place, side] of SIDES.entries()) {
      if (fills) inputs[place].value = (100 * box[side]).toFixed(1);
    }
    outline.style.left = `${100 * box.left}%`;
    outline.style.top = `${100 * box.top}%`;
    outline.style.width = `${100 * (box.right - box.left)}%`;
    outline.style.height = `${100 * (box.bottom - box.top)}%`;
  }

  function send(event) {
    event.preventDefault();
    said.textContent = drawn ? "Searching…" : "Draw a box first: left below right, top below bottom.";
    if (drawn) tell("box", { ...drawn });
  }

  return (data, setStateValue) => {
    tell = setStateValue;
    if (frame.getAttribute("src") !== data.picture) frame.src = data.picture;
    if (drawn) said.textContent = "";
  };
}
