// The drawn timeline: a lane for each class, a mark for each event, the reference's below it. The
// shape of a mark tells the team, its paint the verdict, so that nothing hangs on colour alone.

const SVG = "http://www.w3.org/2000/svg";
const LANE = 30, GUTTER = 168, AXIS = 22, EDGE = 12; // pixels
const TICKS = [0.5, 1, 2, 5, 10, 30, 60, 120, 300, 600, 1200];
const SHAPES = {
  left: "M -8 0 L 5 -7 L 5 7 Z",
  right: "M 8 0 L -5 -7 L -5 7 Z",
  "": "M 0 -6 A 6 6 0 1 1 0 6 A 6 6 0 1 1 0 -6 Z",
};

function drawn(tag, attributes, text) {
  const made = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  if (text !== undefined) made.textContent = text;
  return made;
}

// The part of the video that is drawn: `zoom` times as narrow as the whole, around the playhead.
function shownSpan(length, zoom, seconds) {
  const width = length / zoom;
  const from = Math.min(Math.max(0, seconds - width / 2), length - width);
  return { from, to: from + width };
}

// Fills an <svg>. `seek(seconds)` is called for a press on a lane, `choose(event)` on a mark.
function makeTimeline(svg, { seek, choose }) {
  let scene = null;
  let span = { from: 0, to: 1 };
  const playhead = drawn("line", { class: "playhead" });
  const room = () => Math.max(120, svg.clientWidth - GUTTER - EDGE);
  const place = (seconds) => GUTTER + ((seconds - span.from) / (span.to - span.from)) * room();
  const isShown = (each) => each.seconds >= span.from && each.seconds <= span.to;

  svg.addEventListener("click", (event) => {
    const left = event.clientX - svg.getBoundingClientRect().left;
    const share = (left - GUTTER) / room();
    if (scene && share >= 0 && share <= 1) seek(span.from + share * (span.to - span.from));
  });

  function lane(label, row) {
    const middle = AXIS + LANE * row + LANE / 2;
    const number = row < 10 ? `${(row + 1) % 10}  ` : "    ";
    const short = label.length > 20 ? `${label.slice(0, 19)}…` : label;
    return [
      drawn("rect", {
        class: row % 2 ? "lane odd" : "lane", x: 0, y: AXIS + LANE * row, width: "100%",
        height: LANE,
      }),
      drawn("text", { class: "lane-name", x: 6, y: middle + 4 }, number + short),
    ];
  }

  function mark(event, row, isReference) {
    const below = isReference ? 0.78 : scene.reference.length ? 0.38 : 0.5;
    const kind = `mark ${event.team || "none"} ${event.verdict ?? ""}`;
    const chosen = event.id === scene.chosen?.id ? " chosen" : "";
    const shape = drawn("path", {
      class: kind + chosen + (isReference ? " reference" : ""), d: SHAPES[event.team] ?? SHAPES[""],
      transform: `translate(${place(event.seconds)} ${AXIS + LANE * (row + below)})`
        + (isReference ? " scale(0.6)" : ""),
      opacity: 0.45 + 0.55 * event.confidence,
    });
    const words = `${event.label}, ${clockTime(event.seconds)}, ${TEAM_WORDS[event.team]}`;
    shape.append(drawn("title", {}, event.verdict ? `${words}, ${event.verdict}` : words));
    shape.addEventListener("click", (press) => {
      press.stopPropagation();
      choose(event);
    });
    return shape;
  }

  function ticks() {
    const wanted = (span.to - span.from) / Math.max(2, room() / 90);
    const gap = TICKS.find((each) => each >= wanted) ?? 1200;
    const found = [];
    for (let at = Math.ceil(span.from / gap) * gap; at <= span.to; at += gap) {
      const words = gap < 1 ? clockTime(at) : clockTime(at).slice(0, -3);
      found.push(drawn("text", { class: "tick", x: place(at), y: 14 }, words));
    }
    return found;
  }

  function follow(seconds) {
    const moved = shownSpan(scene.length, scene.zoom, seconds);
    if (isShown({ seconds }) && span.to - span.from === moved.to - moved.from) return false;
    span = moved;
    return true;
  }

  const timeline = {
    // Draw a scene: classes, events, reference, chosen, length, zoom; `seconds` is the playhead.
    draw(next, seconds) {
      scene = next;
      follow(seconds);
      const rows = new Map(scene.classes.map((label, row) => [label, row]));
      const marks = (events, isReference) =>
        events.filter(isShown).map((each) => mark(each, rows.get(each.label), isReference));
      svg.setAttribute("height", AXIS + LANE * scene.classes.length + 4);
      svg.replaceChildren(
        ...scene.classes.flatMap(lane), ...ticks(),
        ...marks(scene.reference, true), ...marks(scene.events, false), playhead,
      );
      timeline.move(seconds);
    },
    // Move the playhead; the part that is drawn follows when it runs out of sight.
    move(seconds) {
      if (!scene) return;
      if (follow(seconds)) {
        timeline.draw(scene, seconds);
        return;
      }
      const at = place(seconds);
      const ends = { x1: at, x2: at, y1: 0, y2: AXIS + LANE * scene.classes.length };
      for (const [name, value] of Object.entries(ends)) playhead.setAttribute(name, value);
    },
  };
  return timeline;
}
