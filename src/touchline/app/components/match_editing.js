// The corrections that keys make: each is shown at once and goes out through the outbox.

// `state` is the view's: data, chosen, shown, label, outbox, reviewer. `draw` shows its events anew,
// `tell` says what was done, `ask` leads to the field for the name.
function makeEditing(state, film, { draw, tell, ask }) {
  const words = (each) => `${each.label} at ${clockTime(each.seconds)}`;

  function mayEdit(needsEvent) {
    if (!state.data.editable) tell(state.data.why_not);
    else if (!state.reviewer) ask();
    else if (needsEvent && !state.chosen) tell("Choose an event first: click one, or press , or .");
    else if (needsEvent && state.chosen.isReference) tell("That event is of the other set.");
    else return true;
    return false;
  }

  // To the millisecond, within the video.
  function inside(seconds) {
    const rounded = Math.round(Math.max(0, seconds) * 1000) / 1000;
    return Math.min(rounded, state.data.length);
  }

  function send(action, changes) {
    const { data, outbox, reviewer } = state;
    return outbox.add({ action, set: data.set, reviewer, ...changes });
  }

  // Let the chosen event say something else.
  function change(action, changes) {
    const { id, seconds, half, label, team } = { ...state.chosen, ...changes };
    state.chosen = { ...state.chosen, ...changes };
    send(action, { event: id, seconds, half, label, team });
    draw();
  }

  return {
    mayEdit,
    relabel(label) {
      if (!label || !mayEdit(true)) return;
      const before = words(state.chosen);
      state.label = label;
      change("relabel", { label });
      tell(`${before} is now ${label}.`);
    },
    turnTeam() {
      if (!mayEdit(true)) return;
      change("relabel", { team: NEXT_TEAM[state.chosen.team] });
      tell(`${words(state.chosen)}: ${TEAM_WORDS[state.chosen.team]}.`);
    },
    moveTo(seconds) {
      if (!mayEdit(true)) return;
      change("move", { seconds: inside(seconds) });
      film.seek(state.chosen.seconds);
      tell(`Moved: ${words(state.chosen)}.`);
    },
    remove() {
      if (!mayEdit(true)) return;
      const gone = state.chosen;
      state.chosen = neighbour(state.shown, gone, 0, 1) ?? neighbour(state.shown, gone, 0, -1);
      send("delete", { event: gone.id });
      draw();
      tell(`Deleted: ${words(gone)}. U takes it back.`);
    },
    add() {
      if (!mayEdit(false)) return;
      const { data, chosen, label } = state;
      const said = {
        seconds: inside(film.seconds()), half: data.half, team: "",
        label: label || chosen?.label || data.classes[0],
      };
      const { token } = send("add", said);
      state.chosen = { ...said, id: `new:${token}`, confidence: 1 };
      draw();
      tell(`Added: ${words(state.chosen)}. A number relabels it.`);
    },
    undo() {
      if (!mayEdit(false)) return;
      send("undo", {});
      draw();
      tell("Taking back your last correction.");
    },
  };
}
