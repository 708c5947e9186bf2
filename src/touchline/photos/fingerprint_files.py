"""Fingerprints of many files, read in threads; unchanged files are not read a second time.

Pictures that a generator made get none where photos are asked for: whatever is learnt from, split,
scored or audited comes by here.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from itertools import islice
from pathlib import Path

from touchline.archive.sidecar_names import Siblings
from touchline.media.images import UnreadableImageError, read_bytes
from touchline.media.prefetch import prefetch
from touchline.media.provenance import provenance_beside
from touchline.photos.data import Rejected
from touchline.photos.fingerprint import Fingerprint, fingerprint
from touchline.photos.fingerprint_cache import FileState, FingerprintCache, file_state
from touchline.reporting.progress import track

MADE_BY_A_GENERATOR = (
    "made by a generator ({}): synthetic photos are never scored or sorted; learn from them with "
    "--synthetic FOLDER"
)
_FILES_AT_ONCE = 256


def fingerprint_photos(
    paths: Iterable[Path], cache: Path | None = None
) -> tuple[dict[Path, Fingerprint], tuple[Rejected, ...]]:
    """Fingerprint photos, several at a time; what cannot be decoded, or is no photo, is named.

    A picture that carries the mark of a generator, in its file or a sidecar beside it, is none.

    Args:
        paths: the files; each is read once.
        cache: the folder where fingerprints are kept between runs; None keeps none. A file whose
            size or time of change is another than before is read anew.

    Returns:
        The fingerprints by path, in the order of `paths`, and the files that have none.

    Raises:
        EnvironmentMissingError: when the cache cannot be opened or written.
    """
    prints, broken = fingerprint_pictures(paths, cache)
    siblings = Siblings()
    makers = {path: each.made_by or _maker_beside(path, siblings) for path, each in prints.items()}
    made = (Rejected(path, MADE_BY_A_GENERATOR.format(by)) for path, by in makers.items() if by)
    return {path: each for path, each in prints.items() if not makers[path]}, (*broken, *made)


def fingerprint_pictures(
    paths: Iterable[Path], cache: Path | None = None
) -> tuple[dict[Path, Fingerprint], tuple[Rejected, ...]]:
    """As `fingerprint_photos`, whoever made them."""
    unique = list(dict.fromkeys(paths))
    prints: dict[Path, Fingerprint] = {}
    broken: list[Rejected] = []
    with closing(FingerprintCache(cache)) as kept:
        for path, found in track(stream_fingerprints(unique, kept), "Reading photos", len(unique)):
            if isinstance(found, str):
                broken.append(Rejected(path, found))
            else:
                prints[path] = found
    return prints, tuple(broken)


def stream_fingerprints(
    paths: Sequence[Path], cache: FingerprintCache
) -> Iterator[tuple[Path, Fingerprint | str]]:
    """Each path in order with its fingerprint, or with the reason why it has none, in words.

    What is made anew is kept in the cache some hundred files at a time.
    """
    rest = iter(paths)
    while some := list(islice(rest, _FILES_AT_ONCE)):
        known = cache.get(some)
        new: dict[FileState, Fingerprint] = {}
        made = prefetch(_make, [path for path in some if path not in known])
        for path in some:
            if path in known:
                yield path, known[path]
                continue
            state, result = next(made)
            if state and not isinstance(result, str):
                new[state] = result
            yield path, result
        cache.put(new)


def _maker_beside(path: Path, siblings: Siblings) -> str:
    """Who made the picture by its sidecars; not cached, since they change and it does not."""
    found = provenance_beside(path, siblings)
    return found.maker if found else ""


def _make(path: Path) -> tuple[FileState | None, Fingerprint | str]:
    state = file_state(path)  # before reading: a file that changes meanwhile is read again later
    try:
        return state, fingerprint(read_bytes(path))
    except UnreadableImageError as error:
        return state, str(error)
