// The decisions of a page on their way to the catalog. A decision gets its token where the key is
// pressed, and stays in the tab's storage until the server says that this token is settled: what is
// not, is sent again, after a reload too. Always the whole list goes out, so that a later sending
// takes nothing away, and the server counts a token once however often it comes.

const OUTBOX_PATIENCE = 4000; // milliseconds after which an unanswered list is sent again
const outboxes = new Map();

// The outbox of a component. Call it again whenever the component gets data:
//   data  what the server says: {key, settled: [{token, said, refused}], trouble}
//   send  puts a list of decisions, oldest first, into the state of the component
function openOutbox(data, send) {
  if (!outboxes.has(data.key)) outboxes.set(data.key, makeOutbox(data.key));
  const outbox = outboxes.get(data.key);
  outbox.connect(send, data.settled ?? []);
  return outbox;
}

function makeOutbox(key) {
  const place = `touchline.outbox.${key}`;
  let waiting = keptOutbox(place);
  let send = () => {};
  let answers = [];
  let timer = 0;
  const sent = new Set(); // tokens

  function keep() {
    try {
      sessionStorage.setItem(place, JSON.stringify(waiting));
    } catch {
      // A full or forbidden storage: the list lives as long as the page.
    }
  }

  function dispatch() {
    clearTimeout(timer);
    if (!waiting.length) return;
    for (const each of waiting) sent.add(each.token);
    timer = setTimeout(dispatch, OUTBOX_PATIENCE);
    send(waiting);
  }

  addEventListener("beforeunload", (event) => {
    if (waiting.length) event.preventDefault();
  });

  return {
    connect(sender, settled) {
      send = sender;
      const tokens = new Set(waiting.map((each) => each.token));
      answers = settled.filter((each) => tokens.has(each.token));
      if (answers.length) {
        const done = new Set(answers.map((each) => each.token));
        waiting = waiting.filter((each) => !done.has(each.token));
        keep();
      }
      if (!waiting.length) clearTimeout(timer);
      if (waiting.some((each) => !sent.has(each.token))) dispatch(); // kept over a reload
    },
    // Put a decision into the outbox and send it; gives the decision with its token.
    add(decision) {
      const kept = { ...decision, token: newToken() };
      waiting = [...waiting, kept];
      keep();
      dispatch();
      return kept;
    },
    // What is not yet settled, oldest first.
    waiting: () => waiting,
    // What the server said of decisions that it has settled since it was last heard.
    answers: () => answers,
  };
}

function keptOutbox(place) {
  try {
    const kept = JSON.parse(sessionStorage.getItem(place) ?? "[]");
    return Array.isArray(kept) ? kept.filter((each) => typeof each?.token === "string") : [];
  } catch {
    return [];
  }
}

// Random and made here: crypto.randomUUID exists on pages from the own machine or by HTTPS only.
function newToken() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
