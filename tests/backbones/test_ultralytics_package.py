"""How ultralytics is imported: what is said, what is switched off, what is put back."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch

from optional_packages import needs_ultralytics
from touchline.backbones import ultralytics_package
from touchline.backbones.ultralytics_package import import_ultralytics, read_checkpoint
from touchline.errors import EnvironmentMissingError, UsageError


@pytest.fixture
def never_imported() -> Iterator[None]:
    ultralytics_package._say_licence_once.cache_clear()
    yield
    ultralytics_package._say_licence_once.cache_clear()


@pytest.mark.usefixtures("never_imported")
def test_without_the_extra_the_way_to_it_and_its_licence_are_said(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "ultralytics", None)
    monkeypatch.setenv("YOLO_CONFIG_DIR", "the person's own")
    with pytest.raises(EnvironmentMissingError, match=r"pip install touchline\[yolo\].*AGPL-3\.0"):
        import_ultralytics("ultralytics.nn.tasks")
    assert os.environ["YOLO_CONFIG_DIR"] == "the person's own"
    assert capsys.readouterr().err == ""


WATCHED = """
import builtins, os, socket, sys, warnings
warnings.simplefilter("error")
import numpy, PIL.Image, torch
def refuse(*arguments, **_): raise AssertionError(f"the network: {arguments}")
socket.getaddrinfo = socket.socket.connect = refuse
from touchline.backbones.ultralytics_package import import_ultralytics
before = dict(os.environ), numpy.get_printoptions(), torch.get_num_threads()
opening, saving = PIL.Image.open, torch.save
one, other = import_ultralytics(), import_ultralytics("ultralytics.nn.tasks")
from ultralytics.utils import AUTOINSTALL, ONLINE, SAFE_LOAD
assert (AUTOINSTALL, ONLINE, SAFE_LOAD) == (False, False, True)
left = {k: v for k, v in os.environ.items() if before[0].get(k) != v}
assert left.keys() == {"YOLO_OFFLINE", "YOLO_AUTOINSTALL", "YOLO_VERBOSE",
                       "ULTRALYTICS_SAFE_LOAD"}, left
assert (numpy.get_printoptions(), torch.get_num_threads()) == before[1:]
assert (PIL.Image.open, torch.save) == (opening, saving)
"""


@needs_ultralytics
def test_it_stays_offline_and_leaves_no_trace(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("YOLO", "ULTRA"))}
    environment |= {"HOME": str(home), "XDG_CONFIG_HOME": str(home), "TMPDIR": str(tmp_path)}
    found = subprocess.run(
        [sys.executable, "-c", WATCHED], capture_output=True, text=True, cwd=tmp_path,
        env=environment, check=False,
    )  # fmt: skip
    assert found.returncode == 0, found.stderr
    assert found.stdout == ""
    assert found.stderr.count("AGPL-3.0") == 1
    assert [path for path in tmp_path.rglob("*") if path != home] == []


def test_a_missing_file_is_named_before_anything_is_imported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "ultralytics", None)
    with pytest.raises(EnvironmentMissingError, match=r"nothing at .*yolov8n\.pt.*no weights are"):
        read_checkpoint(tmp_path / "yolov8n.pt")


@needs_ultralytics
def test_a_pickle_that_runs_code_is_not_run(tmp_path: Path) -> None:

    class Evil:
        def __reduce__(self) -> tuple[object, tuple[str]]:
            return (Path.touch, (str(tmp_path / "ran"),))

    torch.save({"model": Evil()}, tmp_path / "evil.pt")
    (tmp_path / "text.pt").write_text("no weights")
    for name in ("evil.pt", "text.pt"):
        with pytest.raises(UsageError, match=rf"a network of ultralytics and nothing .*{name}"):
            read_checkpoint(tmp_path / name)
    assert not (tmp_path / "ran").exists()
