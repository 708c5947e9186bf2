"""How diffusers is imported: quietly, without the network, and by the extra that brings it."""

import subprocess
import sys

import pytest

from optional_packages import needs_diffusers
from touchline.errors import EnvironmentMissingError
from touchline.synth.diffusers_package import from_diffusers


@pytest.mark.parametrize("package", ["diffusers", "transformers", "accelerate"])
def test_a_missing_package_is_named_with_the_extra_that_brings_it(
    package: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(
        EnvironmentMissingError, match=rf"package {package};.*pip install.*touchline\[synth\]"
    ):
        from_diffusers("Anything", package)


@needs_diffusers
def test_a_version_without_the_name_is_said_to_be_one() -> None:
    with pytest.raises(EnvironmentMissingError, match=r"NoSuchModel of the package diffusers"):
        from_diffusers("NoSuchModel")


WATCHED = """
import socket, warnings
warnings.simplefilter("error")
import torch
def refuse(*arguments, **_): raise AssertionError(f"the network: {arguments}")
socket.getaddrinfo = socket.socket.connect = refuse
from touchline.synth.diffusers_package import from_diffusers
filters, threads = list(warnings.filters), torch.get_num_threads()
network = from_diffusers("UNet2DModel")
assert (warnings.filters, torch.get_num_threads()) == (filters, threads)
logging = from_diffusers("logging", "diffusers.utils")
logging.get_logger("diffusers.models").warning("advice")
assert not logging.is_progress_bar_enabled()
"""


@needs_diffusers
def test_it_is_quiet_and_asks_no_hub() -> None:
    found = subprocess.run(
        [sys.executable, "-c", WATCHED], capture_output=True, text=True, check=False
    )
    assert (found.returncode, found.stdout, found.stderr) == (0, "", "")
