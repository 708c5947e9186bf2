"""Names that hold on every file system: class names as folders, and collisions suffixed.

Two names are the same here when a case-insensitive or accent-composing file system (macOS, Windows,
most network shares) would take them for one.
"""

import unicodedata
from collections.abc import Callable, Iterable

LONGEST_NAME_BYTES = 240  # of the usual 255, so that a suffix and `.xmp` still fit
_NOT_IN_NAMES = frozenset('/\\:*?"<>|')
_DEVICES = frozenset(
    ["CON", "PRN", "AUX", "NUL", *(f"{port}{n}" for port in ("COM", "LPT") for n in range(1, 10))]
)
_OPENS_AS_SOMETHING_ELSE = ("-", "=", "+", "@", ".", "~")  # an option, a formula, a hidden folder


def name_key(name: str) -> str:
    """What two names have in common when some file system would take them for one.

    >>> name_key("Kick-L") == name_key("kick-l")
    True
    """
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold())


def folder_name(label: str) -> str:
    r"""A class name as the name of one folder: no separators, control characters or devices.

    The name is never empty, `.` or `..`, never starts like an option, a formula or a hidden file,
    and never ends in a dot or a space.

    >>> [folder_name(label) for label in ("Kick-l", "../etc", "a/b", "aux", "", "-rf", "x. ")]
    ['Kick-l', '_.._etc', 'a_b', 'aux_', '_', '_-rf', 'x']
    """
    name = "".join(
        "_" if sign in _NOT_IN_NAMES or unicodedata.category(sign).startswith("C") else sign
        for sign in unicodedata.normalize("NFC", label)
    )
    name = shortened(name.strip(), LONGEST_NAME_BYTES // 2).rstrip(". ")
    if not name:
        return "_"
    if name.split(".")[0].rstrip().upper() in _DEVICES:
        return f"{name}_"
    return f"_{name}" if name.startswith(_OPENS_AS_SOMETHING_ELSE) else name


def folder_names(labels: Iterable[str], taken: Iterable[str] = ()) -> dict[str, str]:
    """A folder for each class, a different one for each, none of them in `taken`.

    Classes are served in sorted order, so that the same classes always get the same folders.

    >>> folder_names(["Kick", "kick", "Review"], taken=["review"])
    {'Kick': 'Kick', 'Review': 'Review (2)', 'kick': 'kick (2)'}
    """
    used = {name_key(name) for name in taken}
    found: dict[str, str] = {}
    for label in sorted(set(labels)):
        found[label] = free_name(folder_name(label), lambda name: name_key(name) not in used)
        used.add(name_key(found[label]))
    return found


def free_name(name: str, is_free: Callable[[str], bool]) -> str:
    """`name`, or the first of `name (2)`, `name (3)`, … that `is_free` accepts.

    >>> free_name("a.jpg", lambda name: name not in {"a.jpg", "a (2).jpg"})
    'a (3).jpg'
    """
    number, candidate = 1, name
    while not is_free(candidate):
        number += 1
        candidate = suffixed(name, number)
    return candidate


def suffixed(name: str, number: int) -> str:
    """The `number`-th file of one name; the first is `name` itself.

    >>> suffixed("IMG_1.jpg", 2), suffixed(".hidden", 2), suffixed("a.b.jpg", 1)
    ('IMG_1 (2).jpg', '.hidden (2)', 'a.b.jpg')
    """
    if number == 1:
        return name
    stem, ending = stem_and_ending(name)
    addition = f" ({number}){ending}"
    return shortened(stem, LONGEST_NAME_BYTES - len(_bytes(addition))) + addition


def stem_and_ending(name: str) -> tuple[str, str]:
    """The name before its last dot, and the rest with the dot; a leading dot ends nothing.

    >>> stem_and_ending("a.b.jpg"), stem_and_ending(".hidden")
    (('a.b', '.jpg'), ('.hidden', ''))
    """
    stem, dot, ending = name.rpartition(".")
    return (stem, dot + ending) if stem else (name, "")


def printable(text: str) -> str:
    r"""A name as any terminal shows it: control characters and broken bytes spelt out.

    >>> printable("a\x1b[2J\udcff Ø")
    'a\\x1b[2J\\udcff Ø'
    """
    return "".join(
        sign if sign.isprintable() else sign.encode("unicode_escape").decode() for sign in text
    )


def shortened(text: str, longest: int) -> str:
    """The beginning of `text` that fits into `longest` bytes of UTF-8, whole characters only."""
    while len(_bytes(text)) > longest:
        text = text[:-1]
    return text


def _bytes(text: str) -> bytes:
    """The name as the file system stores it; names that are no UTF-8 keep their bytes."""
    return text.encode("utf-8", "surrogateescape")
