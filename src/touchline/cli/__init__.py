"""The command line: arguments only, no logic. Each task has a module here with its verbs.

Modules of this package import nothing heavy at the top, so that help answers at once.
"""

import sys
import traceback

import typer
from typer.main import get_command

from touchline.cli import archive, demo, photos
from touchline.errors import EXIT_FINE, EXIT_INTERRUPTED, EXIT_OUR_FAULT, TouchlineError

app = typer.Typer(
    name="touchline",
    help="Turns football photos and match video into labels that people can trust.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.add_typer(photos.app, name="photos")
app.add_typer(archive.app, name="archive")
app.add_typer(demo.app, name="demo")


def main(arguments: list[str] | None = None) -> int:
    """Run one command line and return its exit code (see `touchline.errors`).

    Args:
        arguments: the words after `touchline`; the process's own when None.
    """
    try:
        get_command(app)(arguments, prog_name="touchline")
    except SystemExit as ending:
        return ending.code if isinstance(ending.code, int) else EXIT_OUR_FAULT
    except TouchlineError as error:
        print(f"touchline: {error}", file=sys.stderr)
        return error.exit_code
    except KeyboardInterrupt:
        print("touchline: interrupted; what was finished is kept.", file=sys.stderr)
        return EXIT_INTERRUPTED
    except Exception:  # our fault, so the whole story is wanted
        traceback.print_exc()
        print("touchline: this is a fault of Touchline; please report it.", file=sys.stderr)
        return EXIT_OUR_FAULT
    return EXIT_FINE


def run() -> None:
    """The `touchline` command."""
    sys.exit(main())
