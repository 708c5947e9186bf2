// The events on show: those of the catalog with the decisions that are still on their way applied.

// How the page calls the teams, and which comes after which.
const TEAM_WORDS = { left: "left team", right: "right team", "": "team not known" };
const TEAM_SHORT = { left: "◀ left", right: "right ▶" };
const NEXT_TEAM = { left: "right", right: "", "": "left" };
const LEAD_SECONDS = 2; // a video plays from so long before the event that was chosen

// The server's events after the waiting decisions, in order of time. An added event is called
// `new:` and its token until the catalog has a number for it.
function replayedEvents(events, waiting) {
  let shown = events;
  const before = [];
  for (const edit of waiting) {
    if (edit.action === "undo") {
      shown = before.pop() ?? shown;
      continue;
    }
    before.push(shown);
    shown = editedEvents(shown, edit);
  }
  return [...shown].sort((one, other) => one.seconds - other.seconds);
}

function editedEvents(events, edit) {
  const { action, event, seconds, half, label, team } = edit;
  const said = { seconds, half, label, team, confidence: 1 };
  if (action === "add") {
    return [...events, { ...said, id: `new:${edit.token}` }];
  }
  if (action === "delete") return events.filter((each) => each.id !== event);
  return events.map((each) => (each.id === event ? { ...each, ...said } : each));
}

// Those at or above the threshold of their class.
function countedEvents(events, thresholds, standard) {
  return events.filter((each) => each.confidence >= (thresholds[each.label] ?? standard));
}

// The chosen event among those on show. One that has just got its number is known by what it is.
function sameEvent(events, chosen) {
  if (!chosen) return null;
  const alike = (each) =>
    each.label === chosen.label && Math.abs(each.seconds - chosen.seconds) < 0.0015;
  return events.find((each) => each.id === chosen.id) ?? events.find(alike) ?? null;
}

// The event after (`step` 1) or before (-1) the chosen one, or else the playhead.
function neighbour(events, chosen, seconds, step) {
  const place = events.findIndex((each) => each.id === chosen?.id);
  if (place >= 0) return events[place + step] ?? null;
  if (step > 0) return events.find((each) => each.seconds > seconds) ?? null;
  return events.findLast((each) => each.seconds < seconds) ?? null;
}

// Minutes and seconds to the hundredth, as 04:05.20; minutes go on past 99.
function clockTime(seconds) {
  const hundredths = Math.round(Math.max(0, seconds) * 100);
  const two = (number) => String(number).padStart(2, "0");
  const minutes = Math.floor(hundredths / 6000);
  return `${two(minutes)}:${two(Math.floor(hundredths / 100) % 60)}.${two(hundredths % 100)}`;
}
