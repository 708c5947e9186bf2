"""The commands that pages may start; anything else is refused."""

from collections.abc import Sequence

from touchline.errors import UsageError

VERBS = frozenset({
    ("photos", "audit"), ("photos", "train"), ("photos", "predict"), ("photos", "evaluate"),
    ("photos", "learn"),
    ("archive", "index"), ("archive", "sort"), ("archive", "tag"), ("archive", "untag"),
    ("archive", "review"), ("archive", "alike"), ("spotting", "predict"), ("spotting", "prepare"),
    ("spotting", "train"), ("reid", "index"), ("reid", "match"), ("reid", "rank"),
})  # fmt: skip


def require_verb(words: Sequence[str]) -> None:
    """Let a command through that pages may start.

    Args:
        words: what stands behind `touchline` on the command line.

    Raises:
        UsageError: it is another, or a word cannot be passed to a program.
    """
    if tuple(words[:2]) not in VERBS:
        raise UsageError(
            "a command that pages may start", repr(" ".join(words[:2])),
            "Run it in a terminal.",
        )  # fmt: skip
    if any("\0" in word for word in words):
        raise UsageError("words without a zero byte", repr(words), "Rename that file.")
