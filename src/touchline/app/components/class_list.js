// A list of classes that is narrowed by typing: for the label that is not among the keys.

const CLASSES_SHOWN = 50;

// The classes that fit what was typed: those that begin with it, then those that hold it.
function fittingClasses(classes, typed) {
  const wanted = typed.trim().toLowerCase();
  const places = classes.map((name) => name.toLowerCase().indexOf(wanted));
  const first = classes.filter((_, place) => places[place] === 0);
  return [...first, ...classes.filter((_, place) => places[place] > 0)].slice(0, CLASSES_SHOWN);
}

// A dialog with the list. `open(classes)` shows it; `choose(label)` is called with what was taken,
// `closed()` whenever it has gone.
function makeClassList(choose, closed) {
  let classes = [];
  let offered = [];
  let chosen = 0;
  const list = element("ul", { id: "classes", role: "listbox", "aria-label": "Classes" });
  const input = element("input", {
    type: "text", role: "combobox", autocomplete: "off", spellcheck: "false", maxlength: "200",
    "aria-label": "Class", "aria-expanded": "true", "aria-controls": "classes",
    oninput: () => offer(0), onkeydown: pressed,
  });
  const dialog = element(
    "dialog", { "aria-label": "Change the class", onclose: closed },
    element("p", {}, "Type a part of the class; up and down choose, Enter takes, Escape leaves."),
    input, list,
  );

  function offer(place) {
    const typed = input.value.trim();
    offered = fittingClasses(classes, typed).map((label) => ({ label, words: label }));
    if (typed && !classes.includes(typed)) {
      offered.push({ label: typed, words: `New class: ${typed}` });
    }
    chosen = Math.max(0, Math.min(place, offered.length - 1));
    list.replaceChildren(...offered.map(option));
    input.setAttribute("aria-activedescendant", offered.length ? `class-${chosen}` : "");
    list.children[chosen]?.scrollIntoView({ block: "nearest" });
  }

  function option({ words }, place) {
    return element(
      "li",
      {
        id: `class-${place}`, role: "option", "aria-selected": String(place === chosen),
        onclick: () => take(place),
      },
      words,
    );
  }

  function take(place) {
    if (!offered[place]) return;
    dialog.close();
    choose(offered[place].label);
  }

  function pressed(event) {
    const steps = { ArrowDown: 1, ArrowUp: -1 };
    if (event.key in steps) offer(chosen + steps[event.key]);
    else if (event.key === "Enter") take(chosen);
    else return;
    event.preventDefault();
  }

  return {
    dialog,
    open(names) {
      classes = names;
      input.value = "";
      dialog.showModal();
      offer(0);
      input.focus();
    },
  };
}
