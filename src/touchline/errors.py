"""What goes wrong, said so that a person can act: what was wanted, what was found, what to do next.

The command line prints any `TouchlineError` as one paragraph, without a traceback, and ends with
its `exit_code`. Anything else that escapes is our fault (exit code 1).
"""

EXIT_FINE = 0
EXIT_OUR_FAULT = 1
EXIT_USAGE = 2
EXIT_ENVIRONMENT = 3
EXIT_GATE = 4
EXIT_PARTIAL = 5
EXIT_INTERRUPTED = 130


class TouchlineError(Exception):
    """The root of every error we raise on purpose.

    Args:
        wanted: what the program needed, as a noun phrase.
        found: what it met instead, with the value and the file.
        next_step: what the person can do about it, as a sentence.

    >>> print(UsageError("a folder of photos", "the file a.txt", "Name a folder."))
    Wanted a folder of photos; found the file a.txt. Name a folder.
    """

    exit_code = EXIT_OUR_FAULT

    def __init__(self, wanted: str, found: str, next_step: str) -> None:
        super().__init__(f"Wanted {wanted}; found {found}. {next_step}")
        self.wanted, self.found, self.next_step = wanted, found, next_step


class UsageError(TouchlineError):
    """The command, its configuration or its input cannot be used as given (exit code 2)."""

    exit_code = EXIT_USAGE


class EnvironmentMissingError(TouchlineError):
    """A program, package, weight file or permission is missing on this machine (exit code 3)."""

    exit_code = EXIT_ENVIRONMENT


class GateFailedError(TouchlineError):
    """A check the person asked for did not hold (exit code 4)."""

    exit_code = EXIT_GATE


class InterruptedRunError(TouchlineError):
    """Long work was stopped by the person; what was done is saved (exit code 130)."""

    exit_code = EXIT_INTERRUPTED
