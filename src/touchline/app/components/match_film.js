// The video, or where the browser cannot play it, its single frames as the server decodes them.

const CANNOT_PLAY =
  "This browser cannot play this video, so its frames are shown one by one; all keys but Space work.";

// Around a <video> and an <img>. `moved(seconds)` is called as the playhead moves, `failed(words)`
// when the video cannot be played, and with nothing when another is opened.
function makeFilm(video, still, { moved, failed }) {
  let facts = { url: "", frames: "", rate: 25, length: 1 };
  let stillAt = null; // seconds, once frames stand for the video

  const clamped = (seconds) => Math.max(0, Math.min(seconds, facts.length));
  video.addEventListener("timeupdate", () => moved(video.currentTime));
  video.addEventListener("seeked", () => moved(video.currentTime));
  video.addEventListener("error", () => {
    if (stillAt !== null || !video.getAttribute("src")) return;
    stillAt = 0;
    video.hidden = true;
    still.hidden = false;
    failed(CANNOT_PLAY);
    film.seek(0);
  });

  const film = {
    // Show a video: url, frames (the address of a frame up to its milliseconds), rate, length.
    open(next) {
      const isOther = next.url !== facts.url;
      facts = next;
      if (!isOther) return;
      stillAt = null;
      video.hidden = false;
      still.hidden = true;
      failed("");
      video.src = next.url;
    },
    seconds: () => stillAt ?? video.currentTime,
    seek(seconds) {
      const to = clamped(seconds);
      if (stillAt === null) video.currentTime = to;
      else {
        stillAt = to;
        still.src = `${facts.frames}${Math.round(to * 1000)}.jpg`;
        still.alt = `Frame at ${clockTime(to)}`;
      }
      moved(to);
    },
    play() {
      // A refusal (the browser wants a press first) leaves the video paused at its place.
      if (stillAt === null) video.play().catch(() => {});
    },
    toggle() {
      if (video.paused) film.play();
      else video.pause();
    },
    // So many frames on; to the middle of the frame, which no rounding can miss.
    step(frames) {
      video.pause();
      const frame = Math.floor(film.seconds() * facts.rate + 1e-3) + frames;
      film.seek((Math.max(0, frame) + 0.5) / facts.rate);
    },
    frameSeconds: () => 1 / facts.rate,
    stop: () => video.pause(),
  };
  return film;
}
