"""Many videos into a folder, killed and taken up again, and one live source."""

import io
import json
import os
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

from random_spotters import remuxed
from touchline.cli import main
from touchline.errors import UsageError
from touchline.runs import Run, open_run
from touchline.spotting import predict as prediction
from touchline.spotting.model import load_spotter
from touchline.spotting.outputs import FINISHED, PARTIAL
from touchline.spotting.predict import predict
from touchline.spotting.predicting import Tally, folders_for, predict_files, predict_stream
from touchline.spotting.score_store import ScoreStore
from video_world import spoil

RESULTS = ("results_spotting.json", "events.csv", "timeline.html")
BLOCK = 20
CPU: dict[str, Any] = {"device": "cpu", "precision": "fp32"}


@pytest.fixture(scope="module")
def run(spotter_run: Path) -> Run:
    return open_run(spotter_run)


@pytest.fixture(scope="module")
def video(matches: Path) -> Path:
    return matches / "game d" / "224p.mp4"


@pytest.fixture(autouse=True)
def small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    """The 150 steps of a match are kept in eight parts."""
    monkeypatch.setattr(prediction, "BLOCK", BLOCK)


def spotted(run: Run, videos: list[Path], out: Path | None, *, annotate: bool = False) -> Tally:
    return predict_files(run, videos, out, io.StringIO(), annotate, **CPU)


def lines_of(run: Run, video: Path, *, everything: bool = True) -> str:
    stdout = io.StringIO()
    tally = predict_files(run, [video], None, stdout, annotate=False, everything=everything, **CPU)
    assert tally == Tally((), 0, ())
    return stdout.getvalue()


def written(folder: Path) -> dict[str, bytes]:
    return {name: (folder / name).read_bytes() for name in RESULTS}


@pytest.fixture(scope="module")
def uninterrupted(
    run: Run, video: Path, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, bytes]:
    """What prediction in one go writes."""
    folder = tmp_path_factory.mktemp("whole")
    spotted(run, [video], folder)
    return written(folder)


class Killed(BaseException):
    """Nobody catches it."""


def interrupted(run: Run, video: Path, folder: Path, blocks: int) -> bytes:
    """The file that a prediction killed after some blocks leaves."""
    append, calls = ScoreStore.append, []

    def dying(self: ScoreStore, rows: object) -> None:
        append(self, rows)  # type: ignore[arg-type]
        calls.append(rows)
        if len(calls) == blocks:
            raise Killed

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ScoreStore, "append", dying)
        with pytest.raises(Killed):
            spotted(run, [video], folder)
    return (folder / PARTIAL).read_bytes()


@pytest.mark.parametrize("blocks", [1, 3, 8])
def test_killed_and_taken_up_again_it_writes_the_same(
    blocks: int, run: Run, video: Path, tmp_path: Path, uninterrupted: dict[str, bytes],
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    interrupted(run, video, tmp_path, blocks)
    assert not any((tmp_path / name).exists() for name in (*RESULTS, FINISHED))
    capsys.readouterr()
    tally = spotted(run, [video], tmp_path)
    assert f"going on after {min(BLOCK * blocks, 150) / 12.5:.0f} s" in capsys.readouterr().err
    assert written(tmp_path) == uninterrupted
    assert tally.problems == ()
    assert not (tmp_path / PARTIAL).exists()


@pytest.mark.parametrize("share", [0, 0.001, 0.05, 0.13, 0.5, 0.777, 0.999, 1])
def test_cut_at_any_byte_it_goes_on_to_the_same_results(
    share: float, run: Run, video: Path, tmp_path: Path, uninterrupted: dict[str, bytes]
) -> None:
    rows = interrupted(run, video, tmp_path, 6)
    (tmp_path / PARTIAL).write_bytes(rows[: int(share * len(rows))])
    spotted(run, [video], tmp_path)
    assert written(tmp_path) == uninterrupted


def test_rows_that_are_there_are_not_worked_out_again(
    run: Run, video: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    interrupted(run, video, tmp_path, 6)
    begun: list[float] = []
    stream_frames = prediction.stream_frames

    def watched(*arguments: object) -> object:
        begun.append(arguments[5])  # type: ignore[arg-type]
        return stream_frames(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(prediction, "stream_frames", watched)
    spotted(run, [video], tmp_path)
    # 120 of 150 steps are there; windows of 25 with as much context begin at step 75.
    assert begun == [pytest.approx((75 - 75 % 8) / 12.5)]


def test_a_crash_while_writing_is_made_good(
    run: Run, video: Path, tmp_path: Path, uninterrupted: dict[str, bytes]
) -> None:
    interrupted(run, video, tmp_path, 8)
    (tmp_path / "results_spotting.json").write_text("half of it")
    spotted(run, [video], tmp_path)
    assert written(tmp_path) == uninterrupted


def test_what_was_done_before_is_left_alone(
    run: Run, video: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    first = spotted(run, [video], tmp_path)
    stamps = {path: path.stat().st_mtime_ns for path in tmp_path.iterdir()}
    assert set(stamps) == {tmp_path / name for name in (*RESULTS, FINISHED)}
    assert spotted(run, [video], tmp_path) == first
    assert f"{video}: done before, in {tmp_path}" in capsys.readouterr().err
    assert {path: path.stat().st_mtime_ns for path in tmp_path.iterdir()} == stamps


def test_the_annotated_video_can_be_asked_for_later(
    run: Run, video: Path, tmp_path: Path, uninterrupted: dict[str, bytes]
) -> None:
    spotted(run, [video], tmp_path)
    spotted(run, [video], tmp_path, annotate=True)
    assert (tmp_path / "annotated.mp4").stat().st_size > 0
    assert written(tmp_path) == uninterrupted
    assert json.loads((tmp_path / FINISHED).read_text())["annotated"] is True


def test_results_of_another_video_are_never_overwritten(
    run: Run, video: Path, matches: Path, tmp_path: Path
) -> None:
    spotted(run, [video], tmp_path)
    before = written(tmp_path)
    with pytest.raises(UsageError, match=f"without results of another video or run; .* {tmp_path}"):
        spotted(run, [matches / "game c" / "224p.mp4"], tmp_path)
    assert written(tmp_path) == before


def test_results_that_somebody_else_wrote_are_never_overwritten(
    run: Run, video: Path, tmp_path: Path
) -> None:
    (tmp_path / "results_spotting.json").write_text("theirs")
    with pytest.raises(UsageError, match=r"Name another with --out"):
        spotted(run, [video], tmp_path)
    assert (tmp_path / "results_spotting.json").read_text() == "theirs"
    assert len(list(tmp_path.iterdir())) == 1


def test_several_videos_have_a_folder_each_and_a_bad_one_is_named(
    run: Run, matches: Path, tmp_path: Path
) -> None:
    text = tmp_path / "notes.mp4"
    text.write_text("no video")
    good = [matches / f"game {letter}" / "224p.mp4" for letter in "cd"]
    tally = spotted(run, [good[0], text, tmp_path / "gone.mp4", good[1]], tmp_path / "out")
    assert tally.folders == (tmp_path / "out" / "game c-224p", tmp_path / "out" / "game d-224p")
    assert [(Path(name).name, reason.partition(", ")[2]) for name, reason in tally.problems] == [
        ("notes.mp4", "which is no video (Invalid data found when processing input)"),
        ("gone.mp4", ""),
    ]
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == [
        "game c-224p", "game d-224p",
    ]  # fmt: skip
    assert tally.as_dict()["events"] == tally.events > 0
    assert "events in 2 videos; look at" in tally.describe()


def test_a_spoilt_video_is_spotted_and_what_is_wrong_with_it_is_kept(
    run: Run, video: Path, tmp_path: Path
) -> None:
    spoilt = spoil(Path(shutil.copy(video, tmp_path / "spoilt.mp4")), 0.5, 2000)
    tally = spotted(run, [spoilt], tmp_path / "out")
    assert tally.folders == (tmp_path / "out",)
    assert {name for name, _ in tally.problems} == {str(spoilt)}
    assert "Packets left out" in tally.problems[0][1]
    again = spotted(run, [spoilt], tmp_path / "out")
    assert again == tally


def test_without_a_folder_events_are_lines(
    run: Run, video: Path, uninterrupted: dict[str, bytes]
) -> None:
    lines = [json.loads(line) for line in lines_of(run, video).splitlines()]
    results = json.loads(uninterrupted["results_spotting.json"])["predictions"]
    assert [(line["label"], round(1000 * line["seconds"])) for line in lines] == [
        (item["label"], item["position"]) for item in results
    ]
    shown = [json.loads(line) for line in lines_of(run, video, everything=False).splitlines()]
    table = uninterrupted["events.csv"].decode().splitlines()[1:]
    assert [line["confidence"] for line in shown] == [float(row.split(",")[3]) for row in table]
    assert 0 < len(shown) < len(lines)


def test_the_task_predicts_what_the_command_writes(
    run: Run, video: Path, uninterrupted: dict[str, bytes]
) -> None:
    (found,) = predict(run, [video])
    assert (found.video, found.seconds, found.problems) == (video, 12.0, ())
    results = json.loads(uninterrupted["results_spotting.json"])["predictions"]
    # The task computes in bf16 where that is native: faint events may come and go.
    sure = [e.label for e in found.events if e.confidence > 0.1]
    assert sure == [item["label"] for item in results if item["confidence"] > 0.1]
    with pytest.raises(UsageError, match="no file nowhere"):
        list(predict(run, [Path("nowhere.mp4")]))


def test_a_stream_has_the_events_of_the_file(run: Run, video: Path) -> None:
    spotter = load_spotter(run, "cpu", "fp32")
    assert spotter.scorer.network.time.reach is None
    for everything in (True, False):
        live = io.StringIO()
        assert predict_stream(run, str(video), live, everything, **CPU) == []
        assert live.getvalue() == lines_of(run, video, everything=everything) != ""


def test_a_stream_says_its_delay_and_what_was_wrong(
    run: Run, video: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    spoilt = spoil(Path(shutil.copy(video, tmp_path / "spoilt.mp4")), 0.5, 2000)
    problems = predict_stream(run, str(spoilt), io.StringIO(), **CPU)
    assert {name for name, _ in problems} == {str(spoilt)}
    err = capsys.readouterr().err
    assert "Events come at most " in err
    with pytest.raises(UsageError, match="no file"):
        predict_stream(run, str(tmp_path / "gone.ts"), io.StringIO(), **CPU)


def test_from_standard_input_the_events_are_those_of_the_file(
    run: Run, video: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    streamable = remuxed(video, tmp_path / "live.mkv")
    expected = lines_of(run, streamable, everything=False)
    words = ["spotting", "predict", str(run.folder), "-", "--stream"]
    with standard_input_from(streamable.read_bytes()):
        assert main([*words, "--device", "cpu", "--precision", "fp32"]) == 0
    assert capsys.readouterr().out == expected.replace(str(streamable), "standard input") != ""


def test_a_pipe_that_is_no_video_is_refused(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    with standard_input_from(b"no video at all\n" * 400):
        assert main(["spotting", "predict", str(run.folder), "-", "--stream"]) == 2
    assert "found standard input, " in capsys.readouterr().err


@contextmanager
def standard_input_from(content: bytes) -> Iterator[None]:
    """The process reads `content` from a pipe of the operating system."""
    before, (reading, writing) = os.dup(0), os.pipe()

    def send() -> None:
        with suppress(BrokenPipeError), os.fdopen(writing, "wb") as pipe:
            pipe.write(content)

    os.dup2(reading, 0)
    os.close(reading)
    sender = threading.Thread(target=send)
    sender.start()
    try:
        yield
    finally:
        os.dup2(before, 0)  # closes the pipe, so that the sender ends
        os.close(before)
        sender.join()


def names_for(*videos: str) -> list[str]:
    found = folders_for([Path(video) for video in videos], Path("out"))
    return [str(folder.relative_to("out")) for folder in found if folder is not None]


def test_folders_are_named_after_the_videos() -> None:
    assert folders_for([Path("a/x.mp4")], Path("out")) == [Path("out")]
    assert folders_for([Path("x.mp4"), Path("y.mp4")], None) == [None, None]
    assert folders_for([], Path("out")) == []
    assert names_for("a/x.mp4", "a/y.mp4") == ["x", "y"]
    assert names_for("a/x.mp4", "b/x.mp4") == ["a-x", "b-x"]
    assert names_for("/c/a/x.mp4", "/d/a/x.mp4", "/b/y.mp4") == ["c-a-x", "d-a-x", "b-y"]
    assert names_for("x.mp4", "x.mp4") == ["x", "x"]


@pytest.mark.parametrize(
    "videos", [("a/x.mp4", "a/x.mkv"), ("/a-b/x.mp4", "/a/b-x.mp4"), ("/a-x.mp4", "/a/x.mp4")]
)
def test_videos_of_one_name_up_to_the_root_are_told_apart(videos: tuple[str, str]) -> None:
    names = names_for(*videos)
    assert len(set(names)) == 2
