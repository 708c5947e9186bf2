"""What must be known before a decision is written down: who made it, and which key press it was."""

import unicodedata

from touchline.errors import UsageError

LONGEST_REVIEWER = 80
LONGEST_LABEL = 200
LONGEST_TOKEN = 200


def checked_reviewer(name: str) -> str:
    r"""The name of a reviewer, composed and without space around it, so that it is always the same.

    Raises:
        UsageError: it is empty, longer than 80 characters, or holds control characters.

    >>> checked_reviewer(" Zoe\u0301 ")
    'Zoé'
    """
    return _checked(name, "a reviewer's name", LONGEST_REVIEWER, "Say who reviews.")


def checked_label(label: str) -> str:
    """A label as a person typed it, composed and without space around it: any text on one line.

    Raises:
        UsageError: it is empty, longer than 200 characters, or holds control characters.
    """
    return _checked(label, "a label", LONGEST_LABEL, "Choose a class or type one.")


def checked_token(token: str) -> str:
    """The token of a key press.

    Raises:
        UsageError: it is empty, longer than 200 characters, or holds control characters.
    """
    return _checked(token, "the token of a key press", LONGEST_TOKEN, "Send one with each.")


def foreign_token(token: str) -> UsageError:
    """The error for a token under which something else is written down."""
    return UsageError(
        "a new token for a new key press", f"{token!r}, which another decision has",
        "Make a token, such as a UUID, for each key press.",
    )  # fmt: skip


def _checked(text: str, wanted: str, longest: int, next_step: str) -> str:
    clean = unicodedata.normalize("NFC", text).strip()
    # Control and formatting characters, halves of pairs: none can be told apart on a screen.
    odd = next((sign for sign in clean if unicodedata.category(sign).startswith("C")), None)
    if not clean or len(clean) > longest or odd is not None:
        found = (
            "an empty one" if not clean
            else f"the character {odd!a} in it" if odd is not None
            else f"{len(clean)} characters"
        )  # fmt: skip
        raise UsageError(f"{wanted} of 1 to {longest} plain characters", found, next_step)
    return clean
