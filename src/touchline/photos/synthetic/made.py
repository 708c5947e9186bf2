"""A folder of synthetic photos, as its `synthetic.json` describes it: who made them, from what.

The folder holds a folder of marked files for each class (`touchline.media.provenance`). What the
generator has seen is kept as fingerprints, so that copies of it are known again wherever they lie.
"""

import json
import re
from base64 import b64decode, b64encode
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from touchline.errors import UsageError
from touchline.files import sha256_of_bytes, write_atomically
from touchline.photos.fingerprint import CHROMA_SIDE, HASH_SIDE, LUMA_SIDE, Fingerprint
from touchline.photos.gather import Gathered
from touchline.photos.split import group_of

DESCRIPTION = "synthetic.json"

_BYTES = {"hash": HASH_SIDE**2 // 8, "luma": LUMA_SIDE**2, "chroma": 2 * CHROMA_SIDE**2}
_SHA256 = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class Made:
    """What a folder of synthetic photos is.

    Attributes:
        generator: the kind of generator, such as `stylegan`.
        run: of its training.
        weights_sha256: hash of its weights.
        seed: of the samples.
        counts: how many photos of each class were made.
        seen: fingerprints of the photos it has learnt from, and of those that belong to them
            (`seen_photos`).
    """

    generator: str
    run: str
    weights_sha256: str
    seed: int
    counts: Mapping[str, int]
    seen: tuple[Fingerprint, ...]

    @property
    def training_set(self) -> str:
        """Names what the generator has seen: SHA-256 over the sorted content hashes."""
        return sha256_of_bytes("\n".join(sorted(each.sha256 for each in self.seen)).encode())


def seen_photos(gathered: Gathered, learnt: Sequence[int] | np.ndarray) -> tuple[Fingerprint, ...]:
    """The photos that a generator learns from, and all others of their groups.

    Twins and shots of one burst show nearly the same: who has learnt from one has seen all.

    Args:
        gathered: the photos.
        learnt: places of those learnt from.
    """
    photos = gathered.photo_set.photos
    groups = {group_of(photos[place]) for place in learnt}
    pairs = zip(photos, gathered.fingerprints, strict=True)
    found = {print_.sha256: print_ for photo, print_ in pairs if group_of(photo) in groups}
    return tuple(found.values())


def seen_as_rows(seen: Iterable[Fingerprint]) -> list[dict[str, Any]]:
    """Fingerprints for JSON, about 2 kB each."""
    return [
        {
            "sha256": each.sha256, "width": each.width, "height": each.height, "time": each.time,
            **{name: b64encode(getattr(each, name)).decode() for name in _BYTES},
        }
        for each in seen
    ]  # fmt: skip


def seen_from_rows(rows: Iterable[Mapping[str, Any]]) -> tuple[Fingerprint, ...]:
    """The inverse of `seen_as_rows`.

    Raises:
        ValueError, TypeError, KeyError: a row is damaged.
    """
    return tuple(_fingerprint_of(row) for row in rows)


def write_made(folder: Path, made: Made) -> Path:
    """Write the `synthetic.json` of a folder, whole or not at all.

    Raises:
        OSError: the folder cannot be written.
    """
    values = {
        "generator": made.generator, "run": made.run, "weights_sha256": made.weights_sha256,
        "seed": made.seed, "counts": dict(made.counts), "training_set": made.training_set,
        "seen": seen_as_rows(made.seen),
    }  # fmt: skip
    path = folder / DESCRIPTION
    write_atomically(path, json.dumps(values, indent=1) + "\n")
    return path


def read_made(folder: Path) -> Made:
    """What a folder of synthetic photos is.

    Raises:
        UsageError: there is no `synthetic.json`, or it is damaged or was edited.
    """
    path = folder / DESCRIPTION
    try:
        values = json.loads(path.read_bytes())
        made = Made(
            str(values["generator"]), str(values["run"]), str(values["weights_sha256"]),
            int(values["seed"]), {str(name): int(n) for name, n in values["counts"].items()},
            seen_from_rows(values["seen"]),
        )  # fmt: skip
        if values["training_set"] != made.training_set:
            raise ValueError("its list of photos was changed")
    except OSError as error:
        raise _no_description(folder, error.strerror or type(error).__name__) from error
    except (
        ValueError, TypeError, KeyError, AttributeError, OverflowError, RecursionError
    ) as error:  # fmt: skip
        raise _no_description(folder, f"which is damaged: {error}") from error
    return made


def _fingerprint_of(row: Mapping[str, Any]) -> Fingerprint:
    if not _SHA256.fullmatch(row["sha256"]):
        raise ValueError(f"{row['sha256']!r} is no SHA-256")
    copies = {name: b64decode(row[name], validate=True) for name in _BYTES}
    wrong = [name for name, size in _BYTES.items() if len(copies[name]) != size]
    if wrong:
        raise ValueError(f"{wrong[0]} of {row['sha256']} has a wrong length")
    time = None if row["time"] is None else float(row["time"])
    return Fingerprint(
        sha256=row["sha256"], hash=copies["hash"], luma=copies["luma"], chroma=copies["chroma"],
        width=int(row["width"]), height=int(row["height"]), time=time,
    )  # fmt: skip


def _no_description(folder: Path, reason: str) -> UsageError:
    return UsageError(
        "a folder of synthetic photos, as `touchline synth sample` makes it",
        f"{folder / DESCRIPTION}, {reason[:1].lower()}{reason[1:]}",
        "Name that folder, or sample it again.",
    )
