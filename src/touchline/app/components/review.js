// The review queue. What is pressed shows at once; the decisions follow through the outbox.

const A_LOOK = 150; // milliseconds: who presses sooner has not seen the photo
const NONE = "none";
const pages = new WeakMap();

export default function review({ parentElement, data, setStateValue }) {
  const place = parentElement.querySelector(".root");
  if (!pages.has(place)) pages.set(place, makeReview(place));
  pages.get(place)(data, setStateValue);
}

function makeReview(parent) {
  const pictures = makePictures(24);
  const history = []; // items decided on this page, for undo
  const times = []; // when they were decided
  let outbox, data, tell;
  let queue = [];
  let shown = 0; // which photo of the burst
  let whole = true; // whether the burst is decided as one
  let scope = "";

  const act = {
    accept: () => queue[0] && decide("accept", queue[0].label),
    take: (place) => {
      const taken = queue[0]?.shortlist[place]?.label;
      if (taken !== undefined) label(taken);
    },
    change: () => queue[0] && classes.open(data.classes),
    none: () => queue[0] && label(NONE),
    skip: () => queue[0] && decide("skip", ""),
    undo,
    help: () => view.help(),
    closed: () => root.focus(),
    look: (place) => {
      const count = queue[0]?.burst.length ?? 0;
      if (place >= 0 && place < count) shown = place;
      show();
    },
    name: (name) => {
      keepReviewer(name);
      tell("reviewer", name);
      root.focus();
    },
  };
  const root = element("section", {
    class: "review", tabindex: "0", "aria-label": "Review queue", onkeydown: pressed,
  });
  const view = makeReviewView(root, act);
  const classes = makeClassList(label, () => root.focus());
  root.append(classes.dialog);
  parent.append(root);
  root.focus();

  function label(chosen) {
    if (queue[0]) decide(chosen === queue[0].label ? "accept" : "change", chosen);
  }

  function decide(action, chosen) {
    const item = queue[0];
    if (!hasBeenSeen(item)) return;
    const ids = whole ? item.photo_ids : [item.photo_id];
    outbox.add({
      action, label: chosen, reviewer: data.reviewer, photo_ids: ids,
      sha256s: ids.map((id) => item.sha256s[item.photo_ids.indexOf(id)]),
    });
    history.push(item);
    times.push(Date.now());
    queue.shift();
    next();
    const photos = ids.length > 1 ? `${ids.length} photos` : item.name;
    view.announce(action === "skip" ? `Skipped ${photos}.` : `${photos}: ${chosen}.`);
  }

  function hasBeenSeen(item) {
    const picture = pictures.of(item.burst[0].large);
    return picture.complete && performance.now() - picture.dataset.since >= A_LOOK;
  }

  function undo() {
    if (!data.reviewer) return;
    outbox.add({ action: "undo", reviewer: data.reviewer });
    const item = history.pop();
    times.pop();
    if (item) queue.unshift(item);
    if (item) delete pictures.of(item.burst[0].large).dataset.since;
    next();
    view.announce(item ? `Took back the decision on ${item.name}.` : "Taking back…");
  }

  function next() {
    shown = 0;
    whole = true;
    show();
  }

  function pressed(event) {
    if (takesKey(event) || event.composedPath().some((each) => each.localName === "dialog")) return;
    const keys = {
      " ": act.accept, Enter: act.accept, c: act.change, "/": act.change, x: act.none,
      s: act.skip, u: act.undo, "?": act.help, h: act.help,
      ArrowLeft: () => act.look(shown - 1), ArrowRight: () => act.look(shown + 1),
      b: () => { whole = !whole; show(); },
    };
    const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    const does = /^[1-9]$/.test(key) ? () => act.take(Number(key) - 1) : keys[key];
    if (!does) return;
    event.preventDefault();
    event.stopPropagation(); // Streamlit has keys of its own
    if (!event.repeat) does(); // a key that is held down decides once
  }

  function show() {
    const item = queue[0];
    if (item) pictures.of(item.burst[0].large).dataset.since ??= performance.now();
    view.show({
      item, shown, whole, picture: item && pictures.of(item.burst[shown].large),
      left: Math.max(0, data.left - decidedPhotos(outbox.waiting()).size), decided: times.length,
      rate: hourlyRate(times), waiting: outbox.waiting().length, trouble: data.outbox.trouble,
      reviewer: data.reviewer, filter: data.filter, finished: !outbox.waiting().length,
    });
    for (const ahead of queue.slice(1, 5)) pictures.of(ahead.burst[0].large);
  }

  return (news, setStateValue) => {
    data = news;
    tell = setStateValue;
    outbox = openOutbox(data.outbox, (list) => setStateValue("outbox", list));
    const kept = keptReviewer();
    if (kept && !data.reviewer) tell("reviewer", kept);
    const before = queue[0]?.photo_id;
    if (scope !== `${data.reviewer} ${data.filter}`) queue = [];
    scope = `${data.reviewer} ${data.filter}`;
    queue = mergedQueue(queue, data.items, decidedPhotos(outbox.waiting()));
    if (queue[0]?.photo_id === before) show();
    else next();
    const words = outbox.answers().map((each) => each.said).filter(Boolean);
    if (words.length) view.announce(words.join(" "));
  };
}
