// Long work under way, asked of the server once a second. The page itself is run again only when
// something ends: a page that is drawn anew all the time loses clicks, and what is being drawn.

const LOOK_PAUSE = 1000; // milliseconds
const PAGE_PATIENCE = 5000; // milliseconds that a page gets to be drawn before it is told again
const lists = new WeakMap();

export default function ({ parentElement, data, setTriggerValue }) {
  const root = parentElement.querySelector(".root");
  if (!lists.has(root)) lists.set(root, makeWorkList(root));
  lists.get(root).show(data, () => setTriggerValue("ended", Date.now()));
  return () => {
    lists.get(root)?.close();
    lists.delete(root);
  };
}

function makeWorkList(root) {
  const rows = new Map(); // by the job's id
  const list = element("ul", { "aria-label": "Work under way" });
  let drawn = []; // the ids that the page knew when it was last drawn
  let toldAt = -Infinity;
  let ended = () => {};
  let timer = setTimeout(look, LOOK_PAUSE);
  let isOpen = true;
  root.replaceChildren(list);

  async function look() {
    const jobs = await askedFor("/jobs");
    if (!isOpen) return;
    if (jobs) draw(jobs); // without an answer, what was known stays
    if (drawn.some((id) => !rows.has(id)) && performance.now() - toldAt > PAGE_PATIENCE) {
      toldAt = performance.now();
      ended();
    }
    timer = setTimeout(look, LOOK_PAUSE);
  }

  function draw(jobs) {
    const running = new Set(jobs.map((job) => job.id));
    for (const [id, row] of rows) {
      if (running.has(id)) continue;
      row.item.remove();
      rows.delete(id);
    }
    for (const job of jobs) {
      if (!rows.has(job.id)) rows.set(job.id, makeRow(list, job));
      rows.get(job.id).show(job);
    }
  }

  return {
    show(jobs, tell) {
      ended = tell;
      drawn = jobs.map((job) => job.id);
      draw(jobs);
    },
    close() {
      isOpen = false;
      clearTimeout(timer);
    },
  };
}

function makeRow(list, { id, title }) {
  const words = element("span");
  const bar = element("progress", { max: 1, "aria-label": title });
  const button = pressButton("Cancel", "", cancel, { "aria-label": `Cancel ${title}` });
  const item = element("li", {}, words, bar, button);
  let isAsked = false;
  list.append(item);

  async function cancel() {
    button.disabled = true;
    isAsked = (await askedFor(`/jobs/${id}/cancel`, { method: "POST" })) !== null;
    button.disabled = isAsked;
    if (isAsked) words.textContent = `${title}: asked to stop; it saves what it has`;
  }

  return {
    item,
    show({ line, share }) {
      if (!isAsked) words.textContent = `${title}: ${line || "starting"}`;
      if (share === null) bar.removeAttribute("value");
      else bar.value = share;
    },
  };
}

// What the server answers, or null where it does not.
async function askedFor(address, how = {}) {
  try {
    const answer = await fetch(address, how);
    return answer.ok ? await answer.json() : null;
  } catch {
    return null;
  }
}
