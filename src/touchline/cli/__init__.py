"""The command line: arguments only, no logic. Each task has a module here with its verbs.

Modules of this package import nothing heavy at the top, so that help answers at once.
"""

import sys
import traceback

import typer
from typer.main import get_command

from touchline.cli import archive, demo, photos, reid, run_commands, spotting, synth
from touchline.cli.app import app_command
from touchline.errors import (
    EXIT_ENVIRONMENT,
    EXIT_FINE,
    EXIT_INTERRUPTED,
    EXIT_OUR_FAULT,
    EnvironmentMissingError,
    TouchlineError,
)

app = typer.Typer(
    name="touchline",
    help="Turns football photos and match video into labels that people can trust.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.add_typer(photos.app, name="photos")
app.add_typer(spotting.app, name="spotting")
app.add_typer(reid.app, name="reid")
app.add_typer(synth.app, name="synth")
app.add_typer(archive.app, name="archive")
app.add_typer(run_commands.app, name="runs")
app.add_typer(demo.app, name="demo")
app.command("app")(app_command)


def main(arguments: list[str] | None = None) -> int:
    """Run one command line and return its exit code (see `touchline.errors`).

    Args:
        arguments: the words after `touchline`; the process's own when None.
    """
    try:
        get_command(app)(arguments, prog_name="touchline")
    except SystemExit as ending:
        if ending.code == EXIT_INTERRUPTED:  # typer has caught the Ctrl-C
            print("touchline: interrupted; what was finished is kept.", file=sys.stderr)
        return ending.code if isinstance(ending.code, int) else EXIT_OUR_FAULT
    except TouchlineError as error:
        print(f"touchline: {error}", file=sys.stderr)
        return error.exit_code
    except OSError as error:
        print(f"touchline: {_story(error)}", file=sys.stderr)
        return EXIT_ENVIRONMENT
    except Exception:  # our fault, so the whole story is wanted
        traceback.print_exc()
        print("touchline: this is a fault of Touchline; please report it.", file=sys.stderr)
        return EXIT_OUR_FAULT
    return EXIT_FINE


def _story(error: OSError) -> str:
    """What the operating system refused, in our three parts."""
    reason = error.strerror or str(error)
    return str(EnvironmentMissingError(
        "to read or write a file", f"{reason}: {error.filename or 'no file named'}",
        "Check that it is there, that it may be written, and that the disk has room.",
    ))  # fmt: skip


def run() -> None:
    """The `touchline` command."""
    sys.exit(main())
