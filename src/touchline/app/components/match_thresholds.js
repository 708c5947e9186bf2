// A slider for each class: from which confidence on its events count, and how many then do.

// Fills a box. `changed(thresholds)` is called with all of them while one is moved.
function makeThresholds(box, changed) {
  let thresholds = {};
  let told = null;

  function row(label, events, standard) {
    const own = events.filter((each) => each.label === label);
    const count = element("output", { class: "count" });
    const slider = element("input", {
      type: "range", min: "0", max: "1", step: "0.01", "aria-label": `Threshold of ${label}`,
      "data-class": label,
      oninput: () => {
        thresholds = { ...thresholds, [label]: Number(slider.value) };
        tell();
        changed(thresholds);
      },
    });
    slider.value = String(thresholds[label] ?? standard);
    function tell() {
      const from = Number(slider.value);
      const left = countedEvents(own, {}, from).length;
      count.textContent = `${from.toFixed(2)}: ${left} of ${own.length}`;
    }
    tell();
    return element("label", { class: "threshold" }, element("span", {}, label), slider, count);
  }

  return {
    // Make the sliders again when the events or the thresholds are others, not while one is held.
    draw(classes, events, chosen, standard) {
      const found = JSON.stringify([classes, events.map((each) => [each.label, each.confidence])]);
      const same = JSON.stringify(thresholds) === JSON.stringify(chosen);
      if (found === told && same) return;
      told = found;
      thresholds = chosen;
      box.replaceChildren(...classes.map((label) => row(label, events, standard)));
    },
  };
}
