// What waits for this person, as the page has it before the server has heard of the last key.

const PAUSE = 120000; // a longer gap between two decisions is no work

// The queue after news from the server: what is on show stays, what is decided here goes.
function mergedQueue(queue, items, decided) {
  const open = (item) => !decided.has(item.photo_id);
  const kept = queue.slice(0, 1).filter(open);
  const rest = items.filter((item) => open(item) && item.photo_id !== kept[0]?.photo_id);
  return [...kept, ...rest];
}

// The photos that decisions on their way have decided. One that is taken back on its way decides
// nothing: what is on show again must stay there until the server has heard of both.
function decidedPhotos(waiting) {
  const standing = [];
  for (const each of waiting) {
    if (each.action === "undo") standing.pop();
    else standing.push(each);
  }
  return new Set(standing.flatMap((each) => each.photo_ids ?? []));
}

// Decisions an hour while at work, from when (milliseconds) they were made; null for too few.
function hourlyRate(times) {
  let worked = 0;
  let counted = 0;
  for (let place = 1; place < times.length; place += 1) {
    const gap = times[place] - times[place - 1];
    if (gap > PAUSE) continue;
    worked += gap;
    counted += 1;
  }
  return counted < 3 || worked <= 0 ? null : Math.round((counted * 3600000) / worked);
}

// Pictures fetched ahead of their turn, so that the next photo is there when its turn comes.
function makePictures(most) {
  const kept = new Map();
  return {
    of(address) {
      if (!kept.has(address)) {
        const picture = new Image();
        picture.src = address;
        kept.set(address, picture);
        if (kept.size > most) kept.delete(kept.keys().next().value);
      }
      return kept.get(address);
    },
  };
}
