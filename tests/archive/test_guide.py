"""The commands of the guide do what it says, in its order."""

import re
import shlex
from pathlib import Path

from archive_on_disk import picture_of, small_world
from touchline.archive.label_files import write_labels
from touchline.cli import main

GUIDE = Path(__file__).parents[2] / "docs" / "archive.md"


def test_the_commands_run_and_leave_no_trace(tmp_path, monkeypatch, capsys):
    world = small_world(tmp_path / "w")
    (world.base / "in/b/4.jpg.xmp").unlink()
    write_labels(world.photos, tmp_path / "labels.parquet")
    before = picture_of(world.base)
    monkeypatch.chdir(tmp_path)
    block = re.search(r"```\n(touchline.*?)```", GUIDE.read_text(encoding="utf-8"), re.DOTALL)
    assert block
    commands = [shlex.split(line, comments=True)[1:] for line in block[1].splitlines()]
    assert len(commands) == 5
    assert [main(words) for words in commands] == [0] * 5
    assert picture_of(world.base) == before
    assert not (tmp_path / "sorted").exists()
    assert "11 files placed by symlink" in capsys.readouterr().out
