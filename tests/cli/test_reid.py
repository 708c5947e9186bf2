"""The rim of `touchline reid`: what is refused before any work."""

import pytest

from touchline.cli import main
from touchline.reid.sample import sample_crops


@pytest.mark.parametrize("verb", ["rank", "export"])
@pytest.mark.parametrize("dry", [(), ("--dry-run",)])
def test_a_folder_cannot_be_the_file(verb, dry, tmp_path, capsys):
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "config.yaml").write_text("data: x\n")
    run = str(tmp_path / "run")
    words = ["rank", str(sample_crops()), "--run", run] if verb == "rank" else ["export", run]
    assert main(["reid", *words, "--out", str(tmp_path), *dry]) == 2
    assert f"Wanted a file to write; found the folder {tmp_path}." in capsys.readouterr().err
