"""Keywords as three programs write them, and the union in which none hides another.

Lightroom writes `a|b` (`lr:hierarchicalSubject`), digiKam `a/b` (`digiKam:TagsList`), all of them
flat names (`dc:subject`). Readers such as Immich look at one of the lists only, so every keyword
must be in each. A `|` or `/` that is part of a name becomes the other one in the list that it would
break, as Immich reads it.
"""

from collections.abc import Iterable
from dataclasses import dataclass

KeywordPath = tuple[str, ...]  # from the root to the leaf, e.g. ("AI", "pose", "Kick-l")


@dataclass(frozen=True)
class Keywords:
    """The three lists, each in its own order: flat names, `a|b` paths, `a/b` paths."""

    flat: tuple[str, ...] = ()
    piped: tuple[str, ...] = ()
    slashed: tuple[str, ...] = ()

    def __add__(self, other: "Keywords") -> "Keywords":
        return Keywords(
            _distinct((*self.flat, *other.flat)),
            _distinct((*self.piped, *other.piped)),
            _distinct((*self.slashed, *other.slashed)),
        )


def keyword_path(text: str) -> KeywordPath:
    """The path a person means by `AI|pose`; empty levels are left out.

    >>> keyword_path("AI| pose |")
    ('AI', 'pose')
    """
    return tuple(level.strip() for level in text.split("|") if level.strip())


def piped(path: KeywordPath) -> str:
    """The path for `lr:hierarchicalSubject`.

    >>> piped(("AI", "Home|Away"))
    'AI|Home/Away'
    """
    return "|".join(level.replace("|", "/") for level in path)


def slashed(path: KeywordPath) -> str:
    """The path for `digiKam:TagsList`.

    >>> slashed(("AI", "Home/Away"))
    'AI/Home|Away'
    """
    return "/".join(level.replace("/", "|") for level in path)


def in_every_list(keywords: Keywords) -> Keywords:
    """The same keywords, each in all three lists; what was there keeps its place.

    A flat name that is a level of some path, or the whole of it, is that path's already.

    >>> in_every_list(Keywords(flat=("Oslo", "goal"), piped=("Place|Oslo",)))
    ... # doctest: +NORMALIZE_WHITESPACE
    Keywords(flat=('Oslo', 'goal'), piped=('Place|Oslo', 'goal'), slashed=('Place/Oslo', 'goal'))
    """
    paths = [*map(_from_piped, keywords.piped), *map(_from_slashed, keywords.slashed)]
    covered = {name for path in paths for name in (*path, "/".join(path))}
    paths += [(_name(flat),) for flat in keywords.flat if _name(flat) not in covered]
    names = set(map(_name, keywords.flat))
    leaves = [path[-1] for path in paths if path and path[-1] not in names]
    return keywords + Keywords(
        tuple(leaves), tuple(piped(path) for path in paths), tuple(slashed(path) for path in paths)
    )


def without_path(keywords: Keywords, path: KeywordPath, *, flat_too: bool) -> Keywords:
    """The lists without this path; its leaf stays where another path has it.

    Args:
        keywords: the lists.
        path: the keyword to take out.
        flat_too: whether the flat leaf came with the path, and so may go with it.
    """
    left = Keywords(
        keywords.flat,
        tuple(text for text in keywords.piped if text != piped(path)),
        tuple(text for text in keywords.slashed if text != slashed(path)),
    )
    others = [*map(_from_piped, left.piped), *map(_from_slashed, left.slashed)]
    leaf = _name(path[-1])
    if not flat_too or any(leaf in other for other in others):
        return left
    flat = tuple(text for text in left.flat if _name(text) != leaf)
    return Keywords(flat, left.piped, left.slashed)


def _name(text: str) -> str:
    """A name as both kinds of path agree on it: with `/` for either separator."""
    return text.replace("|", "/")


def _from_piped(text: str) -> KeywordPath:
    return tuple(level for level in text.split("|") if level)


def _from_slashed(text: str) -> KeywordPath:
    return tuple(_name(level) for level in text.split("/") if level)


def _distinct(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for name in names if name))
