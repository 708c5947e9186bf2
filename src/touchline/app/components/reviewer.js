// Who decides: a name that the browser keeps.

const REVIEWER = "touchline.reviewer";

const keptReviewer = () => localStorage.getItem(REVIEWER) ?? "";
const keepReviewer = (name) => localStorage.setItem(REVIEWER, name);

// Shows in `form` who decides, or asks; `name` is called with what was typed.
function showReviewerForm(form, reviewer, name) {
  if (form.dataset.shown === reviewer && form.children.length) return;
  form.dataset.shown = reviewer;
  const input = element("input", {
    type: "text", maxlength: "80", required: true, value: reviewer, autocomplete: "nickname",
    "aria-label": "Your name",
  });
  form.onsubmit = (event) => {
    event.preventDefault();
    if (input.value.trim()) name(input.value.trim());
  };
  const words = reviewer ? "Deciding as " : "Who decides? Your name is kept with each decision. ";
  form.replaceChildren(
    element("label", {}, words, input),
    element("button", {}, reviewer ? "Change name" : "Start"),
  );
}
