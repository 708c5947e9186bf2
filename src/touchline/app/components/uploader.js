// Files sent one after another, each with its progress, straight to the disk of the server.

export default function ({ data, parentElement, setTriggerValue }) {
  const root = parentElement.querySelector(".root");
  if (root.dataset.address === data.address) return; // a rerun of the page: files may be under way
  root.dataset.address = data.address;

  const list = element("ul", { "aria-live": "polite" });
  const input = element("input", {
    type: "file", multiple: true, accept: data.accept, id: "files",
    onchange: () => sendAll([...input.files]),
  });
  const drop = element(
    "div", { class: "drop" },
    element("label", { for: "files" }, "Choose photos and videos, or drop them here"), input,
  );
  drop.addEventListener("dragover", (event) => event.preventDefault());
  drop.addEventListener("drop", (event) => {
    event.preventDefault();
    sendAll([...event.dataTransfer.files]);
  });
  root.replaceChildren(drop, list);

  async function sendAll(files) {
    const arrived = [];
    for (const file of files) {
      const name = await sendOne(file, data, list);
      if (name) arrived.push(name);
    }
    input.value = "";
    if (arrived.length) setTriggerValue("arrived", arrived);
  }
}

// The name under which the file has arrived, or null; the list says how it went.
function sendOne(file, data, list) {
  const bar = element("progress", { max: 1, value: 0, "aria-label": `Sending ${file.name}` });
  const words = element("span", {}, "waiting");
  list.append(element("li", {}, element("span", { class: "name" }, file.name), bar, words));
  if (file.size > data.limit) {
    words.textContent = "refused: it is larger than this app takes";
    return null;
  }
  return new Promise((done) => {
    const request = new XMLHttpRequest();
    request.open("POST", `${data.address}?name=${encodeURIComponent(file.name)}`);
    request.upload.onprogress = (event) => {
      bar.value = event.loaded / event.total;
      words.textContent = `${Math.floor((100 * event.loaded) / event.total)} %`;
    };
    request.onerror = () => {
      words.textContent = "refused: the connection was cut";
      done(null);
    };
    request.onload = () => {
      const answer = answerOf(request);
      words.textContent = answer.name ? `arrived as ${answer.name}` : `refused: ${answer.error}`;
      if (answer.name) bar.value = 1;
      done(answer.name ?? null);
    };
    request.send(file);
  });
}

function answerOf(request) {
  try {
    return JSON.parse(request.responseText);
  } catch {
    return { error: `the server answered ${request.status}` };
  }
}
