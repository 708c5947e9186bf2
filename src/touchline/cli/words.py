"""What the commands share: options spelt once, and `key=value` words told apart from paths."""

import os
import re
from pathlib import Path
from typing import Annotated, Literal

import typer

_OVERRIDE = re.compile(r"[a-z_]+(\.[a-z_0-9]+)*=", re.ASCII)

RunName = Annotated[
    str, typer.Argument(metavar="RUN", help="The folder of a run, or `sample` for the one shipped.")
]
Out = Annotated[Path | None, typer.Option(help="Folder of the run; must be new.")]
Seed = Annotated[int | None, typer.Option(help="Decides all that is random.")]
Resume = Annotated[Path | None, typer.Option(help="Go on with this interrupted run.")]
ConfigFile = Annotated[
    Path | None, typer.Option("--config", help="YAML file of settings, e.g. a run's config.yaml.")
]
PrintConfig = Annotated[
    bool, typer.Option("--print-config", help="Print the resolved settings and stop.")
]
DryRun = Annotated[
    bool, typer.Option("--dry-run", "-n", help="Say what would be done; write nothing.")
]
Json = Annotated[bool, typer.Option("--json", help="Print JSON on stdout, for programs.")]
Device = Annotated[
    Literal["auto", "cpu", "cuda", "mps"] | None, typer.Option(help="Where the network runs.")
]
Precision = Annotated[
    Literal["auto", "fp32", "bf16"] | None, typer.Option(help="How the network computes.")
]


def split_words(words: list[str]) -> tuple[list[str], list[str]]:
    """Paths, and `key=value` words; a word that names something that exists is a path.

    >>> split_words(["photos", "seed=1", "probe.inner_folds=3"])
    (['photos'], ['seed=1', 'probe.inner_folds=3'])
    """
    # A long word is no path; `Path.exists` would raise an error instead of saying so.
    overrides = [w for w in words if _OVERRIDE.match(w) and not os.path.exists(w)]  # noqa: PTH110
    return [word for word in words if word not in overrides], overrides
