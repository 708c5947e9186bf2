// A query and its candidates as tiles; right and wrong differ by sign, word and edge.

const VERDICTS = {
  true: ["✓", "same person", "right"],
  false: ["✗", "another person", "wrong"],
  null: ["?", "not known", "open"],
};

function queryTile({ query, confidence, note }) {
  return element(
    "figure", { class: "query" },
    element("img", { src: query.picture, alt: `Searched for: ${query.name}` }),
    element(
      "figcaption", {}, element("strong", {}, "Searched for"), element("br"), query.name,
      element("br"), `First candidate: ${Math.round(100 * confidence)} % sure. ${note}`,
    ),
  );
}

// `answer(same)` is called with true, false or null; buttons only where identities can be confirmed.
function candidateTile(candidate, rank, { confirms, focused, answer }) {
  const [sign, words, kind] = VERDICTS[String(candidate.right)];
  const said = saidOf(candidate.answer);
  const buttons = confirms
    ? element(
        "div", { class: "buttons" },
        pressButton("Same", "Y", () => answer(true), { tabindex: "-1" }),
        pressButton("Not", "N", () => answer(false), { tabindex: "-1" }),
        candidate.answer
          ? pressButton("Take back", "U", () => answer(null), { tabindex: "-1" }) : "",
      )
    : "";
  return element(
    "li",
    {
      class: kind, tabindex: focused ? "0" : "-1",
      "aria-label": `Rank ${rank}: ${candidate.name}, ${words}, distance ${candidate.distance}. ${said}`,
    },
    element("img", { src: candidate.picture, alt: "" }),
    element("span", { class: "verdict" }, `${sign} ${words}`),
    element("span", { class: "distance" }, `${rank}. distance ${candidate.distance.toFixed(3)}`),
    element("span", { class: "answer" }, said),
    buttons,
  );
}

function saidOf(answer) {
  if (!answer) return "";
  return `${answer.same ? "Confirmed same" : "Confirmed not"} by ${answer.reviewer}`;
}
