// The ranked strip: arrows move along it, Y and N say whether it is the same person.

const strips = new WeakMap();

export default function strip({ parentElement, data, setStateValue }) {
  const place = parentElement.querySelector(".root");
  if (!strips.has(place)) strips.set(place, makeStrip(place));
  strips.get(place)(data, setStateValue);
}

function makeStrip(parent) {
  const names = element("form", { class: "reviewer" });
  const query = element("div", {});
  const list = element("ol", { class: "strip", "aria-label": "Candidates, the likest first" });
  const said = element("p", { class: "said", role: "status", "aria-live": "polite" });
  const trouble = element("p", { class: "trouble", role: "alert" });
  const help = element(
    "p", { class: "help" },
    "Left and right move along the strip; Y the same person, N another, U take the answer back.",
  );
  parent.append(element(
    "section", { class: "players", "aria-label": "Ranked strip", onkeydown: pressed },
    names, said, trouble, element("div", { class: "row" }, query, list), help,
  ));
  let data, outbox, tell;
  let place = 0;
  let subject = null; // the query on show

  function pressed(event) {
    if (takesKey(event)) return;
    const keys = {
      ArrowLeft: () => move(place - 1), ArrowRight: () => move(place + 1),
      y: () => answer(place, true), n: () => answer(place, false), u: () => answer(place, null),
    };
    const does = keys[event.key.length === 1 ? event.key.toLowerCase() : event.key];
    if (!does) return;
    event.preventDefault();
    event.stopPropagation(); // Streamlit has keys of its own
    if (!event.repeat) does();
  }

  function move(to) {
    if (to < 0 || to >= data.candidates.length) return;
    place = to;
    show();
    list.children[place].focus();
  }

  function answer(at, same) {
    const candidate = data.candidates[at];
    if (!candidate || !data.confirms) return;
    if (!data.reviewer) {
      said.textContent = "Say who decides first.";
      names.querySelector("input").focus();
      return;
    }
    if (same === null && !candidate.answer) return;
    outbox.add({
      query_id: data.query.crop_id, gallery_id: candidate.crop_id, same, reviewer: data.reviewer,
      run: data.run, distance: candidate.distance,
    });
    const words = { true: "the same person", false: "another person", null: "answer taken back" };
    said.textContent = `Rank ${at + 1}, ${candidate.name}: ${words[String(same)]}.`;
    place = at;
    show();
    list.children[place].focus();
  }

  // What is on its way shows at once, as if the server had said it.
  function withWaiting(candidates) {
    const waiting = outbox.waiting().filter((each) => each.query_id === data.query.crop_id);
    return candidates.map((candidate) => {
      const last = waiting.filter((each) => each.gallery_id === candidate.crop_id).at(-1);
      if (!last) return candidate;
      return { ...candidate, answer: last.same === null ? null : last };
    });
  }

  function show() {
    data.candidates = withWaiting(data.candidates);
    query.replaceChildren(queryTile(data));
    list.replaceChildren(...data.candidates.map((candidate, at) =>
      candidateTile(candidate, at + 1, {
        confirms: data.confirms, focused: at === place, answer: (same) => answer(at, same),
      })));
  }

  return (news, setStateValue) => {
    const hadFocus = list.contains(parent.getRootNode().activeElement);
    data = { ...news };
    tell = setStateValue;
    outbox = openOutbox(data.outbox, (list) => setStateValue("outbox", list));
    if (keptReviewer() && !data.reviewer) tell("reviewer", keptReviewer());
    showReviewerForm(names, data.reviewer, (name) => {
      keepReviewer(name);
      tell("reviewer", name);
    });
    if (subject !== data.query.picture) place = 0;
    subject = data.query.picture;
    const refused = outbox.answers().filter((each) => each.refused).map((each) => each.said);
    trouble.textContent = [data.outbox.trouble, ...refused].filter(Boolean).join(" ");
    show();
    if (hadFocus) list.children[place]?.focus();
  };
}
