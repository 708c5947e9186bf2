"""The rim of the command line: exit codes and what is said."""

from pathlib import Path

import pytest

from touchline.cli import main


def test_an_unknown_command_is_a_usage_error(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["photos", "trian"]) == 2
    assert "trian" in capsys.readouterr().err


@pytest.mark.parametrize("words", [["--help"], ["photos", "--help"], ["archive", "sort", "--help"]])
def test_help_answers(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(words) == 0
    assert "Usage" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("raised", "code", "said"),
    [
        (KeyboardInterrupt(), 130, "touchline: interrupted; what was finished is kept."),
        (PermissionError(13, "Permission denied", "/archive"), 3, "found Permission denied: /arch"),
        (OSError(28, "No space left on device"), 3, "found No space left on device: no file named"),
        (ZeroDivisionError("oh"), 1, "touchline: this is a fault of Touchline; please report it."),
    ],
)
def test_what_escapes_a_command_ends_with_its_code(
    raised: BaseException, code: int, said: str,
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path,
) -> None:  # fmt: skip
    def fail(*_: object) -> None:
        raise raised

    monkeypatch.setattr("touchline.photos.reading.read_photos", fail)
    assert main(["photos", "train", str(tmp_path), "--dry-run"]) == code
    assert said in capsys.readouterr().err
