// The events in words: one list box, in which up and down choose and Enter plays.

// Fills a <ul>. `choose(event)` is called when an event is chosen with the arrows, `play(event)`
// when it is pressed or taken with Enter.
function makeEventList(list, { choose, play }) {
  let events = [];
  let chosen = null;

  list.addEventListener("keydown", (event) => {
    const steps = { ArrowDown: 1, ArrowUp: -1 };
    if (event.key === "Enter" && chosen) play(chosen);
    else if (event.key in steps) {
      const place = events.findIndex((each) => each.id === chosen?.id);
      const next = events[place < 0 ? 0 : place + steps[event.key]];
      if (next) choose(next);
    } else return;
    event.preventDefault();
    event.stopPropagation();
  });

  function row(each, place) {
    const cells = [
      element("span", { class: "time" }, clockTime(each.seconds)),
      element("span", { class: "label" }, each.label),
      element("span", { class: "team" }, TEAM_SHORT[each.team] ?? ""),
      element("span", { class: "confidence" }, `${Math.round(each.confidence * 100)} %`),
      element("span", { class: "verdict" }, each.verdict ?? ""),
    ];
    return element(
      "li",
      {
        id: `event-${place}`, role: "option", "data-event": each.id,
        "aria-selected": String(each.id === chosen?.id), onclick: () => play(each),
      },
      ...cells,
    );
  }

  return {
    draw(shown, taken) {
      events = shown;
      chosen = taken;
      list.replaceChildren(...events.map(row));
      this.mark(taken);
    },
    // Show which event is chosen, without making the list again.
    mark(taken) {
      chosen = taken;
      const place = events.findIndex((each) => each.id === taken?.id);
      for (const each of list.querySelectorAll("[aria-selected=true]")) {
        each.setAttribute("aria-selected", "false");
      }
      list.setAttribute("aria-activedescendant", place < 0 ? "" : `event-${place}`);
      const row = list.children[place];
      if (!row) return;
      row.setAttribute("aria-selected", "true");
      const above = row.offsetTop - list.offsetTop - list.clientHeight / 2;
      list.scrollTop = above; // not scrollIntoView, which would move the page as well
    },
  };
}
