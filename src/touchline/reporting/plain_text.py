"""Text from outside (file names, class names) made safe to show on one line anywhere."""

UNKNOWN = "\N{REPLACEMENT CHARACTER}"
ELLIPSIS = "\N{HORIZONTAL ELLIPSIS}"


def printable(text: str) -> str:
    r"""The text with every character that cannot be shown replaced by the sign for that.

    Line breaks, escape sequences of terminals, characters that turn the direction of writing and
    bytes of a file name that are no UTF-8 all go; white space becomes a space.

    >>> printable("rugby\x1b[2J\n1.jpg")
    'rugby�[2J 1.jpg'
    """
    if text.isprintable():
        return text
    return "".join(
        mark if mark.isprintable() else " " if mark.isspace() else UNKNOWN for mark in text
    )


def shortened(text: str, length: int) -> str:
    """The printable text in at most `length` characters, the middle left out where it is longer.

    Both ends stay, for names often differ only at their end.

    >>> shortened("HandsOnHips-90deg-l", 12)
    'HandsO…deg-l'
    """
    shown = printable(text)
    if len(shown) <= length:
        return shown
    end = (length - 1) // 2
    return shown[: length - 1 - end] + ELLIPSIS + shown[len(shown) - end :]
