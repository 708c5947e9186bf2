// An element with its attributes, its listeners (`on…`) and its children. Texts from files and
// people come in as children or attributes, and so as text; nothing here takes HTML.
function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else if (value !== false && value != null) made.setAttribute(name, value === true ? "" : value);
  }
  made.append(...children);
  return made;
}

// A button that a finger can hit; its key, if any, is shown beside its words.
function pressButton(words, key, press, attributes = {}) {
  const shown = key ? [words, " ", element("kbd", {}, key)] : [words];
  return element("button", { type: "button", onclick: press, ...attributes }, ...shown);
}

// Whether keys pressed there are for writing, or for pressing the button that has the focus.
function takesKey(event) {
  const target = event.composedPath()[0];
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return true;
  if (target.matches?.("input, textarea, select")) return true;
  return target.matches?.("button, a, summary") && (event.key === "Enter" || event.key === " ");
}
