"""The package ultralytics, where the person has it: offline, quiet, and unpickling nothing else.

It is under the AGPL-3.0, which is why it is an extra (`touchline[yolo]`) and is imported only here,
when something asks for it. Left to itself it looks for newer versions, reports its use, installs
packages, fetches files and writes settings into the home folder; here it does none of these.
"""

import functools
import importlib.util
import os
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import torch
from PIL import Image

from touchline.errors import EnvironmentMissingError, UsageError
from touchline.reporting.progress import say

LICENCE = (
    "ultralytics is under the AGPL-3.0, not under Touchline's Apache-2.0: whoever passes on, or "
    "offers over a network, what uses it must offer the source code too."
)
SWITCHES = {
    "YOLO_OFFLINE": "true",
    "YOLO_AUTOINSTALL": "false",
    "YOLO_VERBOSE": "false",
    "ULTRALYTICS_SAFE_LOAD": "true",
}
"""What ultralytics reads from the environment while it is imported."""


def import_ultralytics(module: str = "ultralytics") -> Any:
    """A module of ultralytics; its licence is said on stderr before the first one.

    Args:
        module: the dotted name.

    Raises:
        EnvironmentMissingError: when it is not installed, or cannot be imported.
    """
    _say_licence_once()
    with _nothing_else_changed(), tempfile.TemporaryDirectory(prefix="touchline-") as folder:
        # It writes its settings while it is imported, and never again unless they are changed.
        os.environ.update(SWITCHES, YOLO_CONFIG_DIR=folder)
        try:
            return importlib.import_module(module)
        except ImportError as error:
            raise EnvironmentMissingError(
                "the package ultralytics", f"that it cannot be imported ({error})",
                f"Install it with `pip install touchline[yolo]`. Mind its licence: {LICENCE}",
            ) from error  # fmt: skip


@contextmanager
def _nothing_else_changed() -> Iterator[None]:
    """Undo what an import changes for the rest of the program, but for the switches.

    Ultralytics puts functions of its own in the place of Pillow's `open` and torch's `save`, and
    sets environment, warnings, threads and the way numbers are printed.
    """
    before, threads = dict(os.environ), torch.get_num_threads()
    opening, saving = Image.open, torch.save
    with np.printoptions(), warnings.catch_warnings():
        try:
            yield
        finally:
            Image.open, torch.save = opening, saving
            for name in os.environ.keys() - before.keys() - SWITCHES.keys():
                del os.environ[name]
            os.environ.update({k: v for k, v in before.items() if k not in SWITCHES})
            torch.set_printoptions(profile="default")  # type: ignore[no-untyped-call]
            torch.set_num_threads(threads)


@functools.cache
def _say_licence_once() -> None:
    if importlib.util.find_spec("ultralytics") is not None:
        say(f"Using ultralytics. {LICENCE}")


def read_checkpoint(path: Path) -> dict[str, Any]:
    """What lies in a `.pt` file of ultralytics, with its `ema` or `model` an ultralytics network.

    Such a file is a pickle. It is read by torch's `weights_only` reader, which makes nothing but
    tensors and the networks and layers that ultralytics itself lists, and runs no other code.

    Args:
        path: a file on this machine; nothing is fetched.

    Raises:
        EnvironmentMissingError: when there is no such file, or no ultralytics.
        UsageError: when the file is damaged or asks for anything else.
    """
    if not path.is_file():
        raise EnvironmentMissingError(
            "a file of weights", f"nothing at {path}",
            "Check the path; no weights are fetched, so download them yourself.",
        )  # fmt: skip
    tasks = import_ultralytics("ultralytics.nn.tasks")
    try:
        checkpoint, _ = tasks.torch_safe_load(str(path), safe_only=True)
    except Exception as error:  # ultralytics, torch and pickle raise many kinds on a broken file
        raise UsageError(
            "a .pt file that holds a network of ultralytics and nothing else",
            f"{type(error).__name__} in {path}", "Give a file that ultralytics has saved.",
        ) from error  # fmt: skip
    return dict(checkpoint)
