"""What goes wrong with a catalog, said with what to do next."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, InterfaceError, ProgrammingError

from touchline.errors import EnvironmentMissingError, TouchlineError, UsageError

_OURS = (IntegrityError, ProgrammingError, DataError, InterfaceError)
_DAMAGED = ("malformed", "corrupt", "disk image")


@contextmanager
def said_plainly(shown: str) -> Iterator[None]:
    """Turn what the database reports of the place it lies in into an error for people.

    Mistakes in our own statements (a broken constraint, a wrong column) pass through: they are our
    fault.

    Args:
        shown: the file or the address of the catalog.

    Raises:
        UsageError: the file is no catalog.
        EnvironmentMissingError: locked, damaged, full, read-only, or the server does not answer.
    """
    try:
        yield
    except DBAPIError as error:
        reason = str(error.orig).strip().splitlines()[0] if str(error.orig).strip() else "nothing"
        if isinstance(error, _OURS) or reason.lower().startswith("no such"):
            raise
        raise _error_for(shown, reason.lower(), reason) from error


def no_catalog(shown: str) -> UsageError:
    """What to say of a file that holds something else."""
    return UsageError(
        "the file of a catalog", f"something else in {shown}",
        "Name another file with --catalog; that one is left as it is.",
    )  # fmt: skip


def _error_for(shown: str, lowered: str, reason: str) -> TouchlineError:
    if "file is not a database" in lowered:
        return no_catalog(shown)
    if any(word in lowered for word in _DAMAGED):
        return EnvironmentMissingError(
            "a whole catalog", f"a damaged one at {shown} ({reason})",
            "Put back a copy of the file, or save what can be read with"
            " `sqlite3 FILE .recover`; no photo was touched.",
        )  # fmt: skip
    if "locked" in lowered or "lock timeout" in lowered or "lock_not_available" in lowered:
        return EnvironmentMissingError(
            f"to write to the catalog {shown}", "another process that holds it",
            "Wait until that one has ended, then run the same command again; nothing is lost.",
        )  # fmt: skip
    if any(word in lowered for word in ("full", "no space", "i/o error", "readonly", "read-only")):
        return EnvironmentMissingError(
            f"to write to the catalog {shown}", reason,
            "Make room or make it writable, then run the same command again; nothing is lost.",
        )  # fmt: skip
    return EnvironmentMissingError(
        f"the catalog at {shown}", reason,
        "Check the path or the address, the password, and that the server runs.",
    )  # fmt: skip
