"""The package diffusers and what it brings, where the person has it: quiet, and reporting nothing.

It is an extra (`touchline[synth]`), because importing it takes seconds and most people make no
photos; it is imported only here, when something asks for it. Importing it fetches nothing.
"""

import importlib
import os
import warnings
from typing import Any

from touchline.errors import EnvironmentMissingError

SWITCHES = {"HF_HUB_DISABLE_TELEMETRY": "1", "HF_HUB_DISABLE_PROGRESS_BARS": "1"}
"""What the hub's client reads from the environment while it is imported."""
NOISY = ("diffusers", "transformers")
"""Packages with advice and progress bars of their own, and one way to silence both."""


def from_diffusers(name: str, package: str = "diffusers") -> Any:
    """A class, function or module of diffusers, or of a package that `touchline[synth]` brings.

    Filters of warnings are afterwards as they were before; of what these packages say, only
    errors are heard from then on.

    Args:
        name: as the package offers it, such as `UNet2DModel`.
        package: diffusers, transformers or accelerate, or a module in one.

    Raises:
        EnvironmentMissingError: when the package is not installed, cannot be imported, or is of
            a version without that name.
    """
    for switch, value in SWITCHES.items():
        os.environ.setdefault(switch, value)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            # What a name stands for is imported when it is asked for, which can fail as well.
            found = getattr(importlib.import_module(package), name)
            if package in NOISY:
                _silence(package)
        except (ImportError, AttributeError, RuntimeError) as error:
            raise EnvironmentMissingError(
                f"{name} of the package {package}", f"that it cannot be imported ({error})",
                "Install it with `pip install --upgrade touchline[synth]`.",
            ) from error  # fmt: skip
    return found


def _silence(package: str) -> None:
    logging = importlib.import_module(f"{package}.utils.logging")
    logging.set_verbosity_error()
    logging.disable_progress_bar()
