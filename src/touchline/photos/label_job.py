"""A labelling job that survives interruption: labels are appended as they come, then made a file.

While it runs, `<out>.partial` holds one JSON line a photo under a first line that names the job.
The same command again goes on behind the last whole line; at the end the partial file becomes the
table that `out`'s ending names.
"""

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from touchline.archive.label_files import append_label, form_of, from_row, write_labels
from touchline.archive.labels import LabelledPhoto
from touchline.errors import InterruptedRunError, UsageError
from touchline.files import write_atomically

Labeller = Callable[[Iterable[Path]], Iterator[LabelledPhoto]]


@dataclass
class Tally:
    """How a job went: photos by decision, and the unreadable ones by name with the reason."""

    accept: int = 0
    review: int = 0
    unreadable: int = 0
    problems: list[tuple[str, str]] = field(default_factory=list)

    def as_dict(self) -> dict[str, object]:
        """For `--json`."""
        problems = [{"path": path, "reason": reason} for path, reason in self.problems]
        return {
            "accept": self.accept, "review": self.review, "unreadable": self.unreadable,
            "problems": problems,
        }  # fmt: skip

    def describe(self, out: Path) -> str:
        """For people, in one line."""
        total = self.accept + self.review + self.unreadable
        return (
            f"{total} photos: {self.accept} labelled, {self.review} to review, "
            f"{self.unreadable} unreadable; written to {out}"
        )

    def count(self, photo: LabelledPhoto) -> None:
        """Add one photo."""
        setattr(self, photo.decision, getattr(self, photo.decision) + 1)
        if photo.decision == "unreadable":
            self.problems.append((photo.path, photo.reason))


def label_to_file(label: Labeller, paths: Iterable[Path], out: Path, job: str) -> Tally:
    """Label photos into `out`, going on where an interrupted job stopped.

    Args:
        label: turns paths into labelled photos, in order.
        paths: the photos; those already labelled are passed over by path.
        out: a `.parquet`, `.csv` or `.jsonl` file.
        job: names the classifier and its settings; a partial file of another job is refused.

    Raises:
        UsageError: `out` has another ending, or a partial file of another job is in the way.
        InterruptedRunError: stopped by the person; what is labelled is kept.
    """
    form_of(out)  # refuse a wrong ending before the work, not after it
    partial = out.with_name(out.name + ".partial")
    done = _begin(partial, job)
    tally = Tally()
    rest = (path for path in paths if str(path) not in done)
    with partial.open("a", encoding="utf-8") as stream:
        try:
            for photo in label(rest):
                append_label(stream, photo)
        except KeyboardInterrupt:
            stream.flush()
            raise InterruptedRunError(
                "to finish labelling", f"an interruption; what is labelled is in {partial}",
                "Give the same command again to go on.",
            ) from None  # fmt: skip
    write_labels(_counted(_kept(partial), tally), out)
    partial.unlink()
    return tally


def _begin(partial: Path, job: str) -> set[str]:
    """Start or take up a partial file; gives the paths already labelled in it."""
    header = (json.dumps({"job": job}) + "\n").encode()
    if not partial.exists():
        write_atomically(partial, header)
        return set()
    with partial.open("rb") as stream:
        first = stream.readline()
    if first != header:
        raise UsageError(
            "a partial file of this very job", f"another job's at {partial}",
            "Give that job's command again to finish it, or remove the file.",
        )  # fmt: skip
    _cut_torn_line(partial)
    return {photo.path for photo in _kept(partial)}


def _cut_torn_line(partial: Path) -> None:
    """Drop a last line that a crash left without its end."""
    content_end = 0
    with partial.open("rb+") as stream:
        for line in stream:
            if line.endswith(b"\n"):
                content_end += len(line)
        stream.truncate(content_end)


def _kept(partial: Path) -> Iterator[LabelledPhoto]:
    with partial.open(encoding="utf-8") as stream:
        next(stream, None)
        for line in stream:
            yield from_row(json.loads(line), partial)


def _counted(photos: Iterable[LabelledPhoto], tally: Tally) -> Iterator[LabelledPhoto]:
    for photo in photos:
        tally.count(photo)
        yield photo
