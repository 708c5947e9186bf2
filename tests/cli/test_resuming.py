from pathlib import Path

import pytest

from touchline.cli.resuming import run_to_resume
from touchline.errors import UsageError


def test_without_a_folder_nothing_is_gone_on_with() -> None:
    assert run_to_resume(None, ["seed=1"], 3) is None


def test_the_interrupted_run_is_opened(tmp_path: Path) -> None:
    (tmp_path / "config.yaml").write_text("seed: 1\n")
    run = run_to_resume(tmp_path, None, [], None)
    assert run is not None
    assert run.folder == tmp_path


@pytest.mark.parametrize("beside", [["seed=1"], 0, Path("out")])
def test_nothing_may_stand_beside_it(tmp_path: Path, beside: object) -> None:
    (tmp_path / "config.yaml").write_text("seed: 1\n")
    with pytest.raises(UsageError, match="--resume alone"):
        run_to_resume(tmp_path, None, beside)


def test_a_folder_without_a_run_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="the folder of a run"):
        run_to_resume(tmp_path)
