"""A decision as a browser sends it, checked and written down."""

from collections.abc import Mapping
from typing import Any

from touchline.archive.catalog.opening import Catalog
from touchline.archive.review.decisions import Decided, Decision, decide
from touchline.archive.review.undoing import Undone, undo
from touchline.errors import UsageError


def apply_decision(catalog: Catalog, sent: Mapping[str, Any]) -> str:
    """Write down what a key press decided, once however often it is sent.

    Args:
        catalog: where it is written.
        sent: `token`, `action` (accept, change, skip or undo), `reviewer` and, but for an undo,
            `photo_ids`, `sha256s` and `label`; anything at all, since a browser sends it.

    Returns:
        What to say of it; empty where nothing is out of the ordinary.

    Raises:
        UsageError: it is no decision, or cannot be written down.
        EnvironmentMissingError: the catalog cannot be written now.
    """
    token, action = _text(sent, "token"), _text(sent, "action")
    reviewer = _text(sent, "reviewer")
    if action == "undo":
        return _told_undone(undo(catalog, reviewer, token))
    photo_ids = tuple(_list(sent, "photo_ids", int))
    sha256s = tuple(_list(sent, "sha256s", str))
    decision = Decision(token, photo_ids, action, _text(sent, "label"), reviewer, sha256s)  # type: ignore[arg-type]  # `decide` refuses other actions
    return _told(decide(catalog, decision))


def _told(done: Decided) -> str:
    parts = []
    if done.changed:
        parts.append(
            f"{len(done.changed)} of {len(done.photo_ids)} photos have changed on the disk since; "
            "the decision does not stand for them."
        )
    parts += [
        f"Before, {each.reviewer} called it {each.label}; your decision stands now."
        for each in done.overruled[:1]
    ]
    return " ".join(parts)


def _told_undone(done: Undone) -> str:
    if not done.photo_ids:
        return "There is nothing left to take back."
    count = "1 photo" if len(done.photo_ids) == 1 else f"{len(done.photo_ids)} photos"
    kept = f" {len(done.kept)} stay as others have decided since." if done.kept else ""
    said = f"{done.action} {done.label}".strip()
    return f"Took back: {said}, of {count}.{kept}"


def _text(sent: Mapping[str, Any], name: str) -> str:
    value = sent.get(name, "")
    if not isinstance(value, str):
        raise _no_decision(name)
    return value


def _list(sent: Mapping[str, Any], name: str, kind: type[Any]) -> list[Any]:
    values = sent.get(name, [])
    if not isinstance(values, list) or any(type(each) is not kind for each in values):
        raise _no_decision(name)
    return values


def _no_decision(name: str) -> UsageError:
    return UsageError("a decision of this page", f"something else as its {name}", "Reload it.")
