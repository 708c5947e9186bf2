// A photo as large as there is room for, and the facts known of it.

export default function ({ data, parentElement }) {
  const facts = data.facts.flatMap(([name, value]) => [
    element("dt", {}, name),
    element("dd", {}, value),
  ]);
  parentElement
    .querySelector(".root")
    .replaceChildren(
      element("img", { src: data.picture, alt: data.alt }),
      element("dl", {}, ...facts),
    );
}
