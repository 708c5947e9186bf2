from pathlib import Path

import pytest

from catalog_worlds import rows
from touchline.archive.catalog.indexing.events import EventRow, add_events
from touchline.archive.catalog.indexing.video_files import index_videos
from touchline.archive.catalog.opening import Catalog
from touchline.archive.catalog.tables import event_edits, event_sets, events, videos
from touchline.errors import UsageError
from video_world import write_video

PASS, SHOT = EventRow(2.5, 1, "PASS", "left", 0.5), EventRow(1.0, 2, "SHOT", visible=False)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two videos, the second of which cannot be played."""
    folder = tmp_path / "in"
    (folder / "deep").mkdir(parents=True)
    write_video(folder / "match.mp4", 50)
    (folder / "deep/broken.MKV").write_bytes(b"no video at all")
    return folder


@pytest.fixture
def video(catalog: Catalog, folder: Path) -> Path:
    """A video in the catalog."""
    index_videos(catalog, folder)
    return folder / "match.mp4"


def counts(catalog: Catalog, folder: Path) -> tuple[int, int, int, int]:
    done = index_videos(catalog, folder)
    return done.written, done.moved, done.gone, done.unchanged


def test_videos_are_opened_once(
    catalog: Catalog, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    done = index_videos(catalog, folder)
    assert (done.written, done.moved, done.gone, done.unchanged) == (2, 0, 0, 0)
    match, broken = rows(catalog, videos)
    assert (match.path, match.state) == (str((folder / "match.mp4").resolve()), "present")
    assert match.seconds == pytest.approx(2.0)
    assert (broken.state, broken.seconds) == ("unreadable", None)
    assert "which is no video" in broken.reason
    assert [fault.path.name for fault in done.unreadable] == ["broken.MKV"]
    monkeypatch.setattr("touchline.media.video.facts.probe", None)
    assert counts(catalog, folder) == (0, 0, 0, 2)


def test_a_moved_video_keeps_its_events(catalog: Catalog, folder: Path, video: Path) -> None:
    before = rows(catalog, videos)[0].id
    add_events(catalog, video, [PASS], name="model", kind="predicted")
    video.rename(folder / "deep/final.mp4")
    assert counts(catalog, folder) == (0, 1, 0, 1)
    moved = rows(catalog, videos)[0]
    assert (moved.id, Path(moved.path).name, moved.state) == (before, "final.mp4", "present")


def test_a_video_goes_comes_back_and_changes(catalog: Catalog, folder: Path, video: Path) -> None:
    video.rename(folder.parent / "match.mp4")
    assert counts(catalog, folder) == (0, 0, 1, 1)
    assert rows(catalog, videos)[0].state == "gone"
    (folder.parent / "match.mp4").rename(video)
    assert counts(catalog, folder) == (1, 0, 0, 1)
    write_video(video, 25)
    assert counts(catalog, folder) == (1, 0, 0, 1)
    (match, _) = rows(catalog, videos)
    assert (match.state, match.seconds) == ("present", pytest.approx(1.0))


def test_an_emptied_folder_of_videos_is_refused(catalog: Catalog, video: Path) -> None:
    folder = video.parent
    folder.rename(folder.parent / "away")
    folder.mkdir()
    with pytest.raises(UsageError, match="none, where the catalog knows 2"):
        index_videos(catalog, folder)
    assert index_videos(catalog, folder, emptied=True).gone == 2


def test_events_are_added_to_a_video(catalog: Catalog, video: Path) -> None:
    made = add_events(
        catalog, video, [PASS, SHOT], name="model", kind="predicted", source=video.parent / "e.json"
    )
    (found,) = rows(catalog, event_sets)
    assert (found.id, found.name, found.kind) == (made, "model", "predicted")
    assert found.source == str(video.parent.resolve() / "e.json")
    shot, pass_ = rows(catalog, events)
    assert (shot.seconds, shot.half, shot.label, shot.team) == (1.0, 2, "SHOT", "")
    assert (pass_.confidence, pass_.visible, shot.visible) == (0.5, True, False)


def test_the_same_events_keep_their_ids_and_others_replace_them(
    catalog: Catalog, video: Path
) -> None:
    video_id = rows(catalog, videos)[0].id
    made = add_events(catalog, video, [PASS, SHOT], name="model", kind="predicted")
    before = rows(catalog, events)
    assert add_events(catalog, video_id, [SHOT, PASS], name="model", kind="annotated") == made
    assert rows(catalog, events) == before
    assert rows(catalog, event_sets)[0].kind == "annotated"
    assert add_events(catalog, video_id, [SHOT], name="model", kind="predicted") == made
    assert [row.label for row in rows(catalog, events)] == ["SHOT"]
    other = add_events(catalog, video_id, [], name="truth", kind="annotated")
    assert other != made
    assert len(rows(catalog, events)) == 1


def test_corrected_events_are_not_replaced(catalog: Catalog, video: Path) -> None:
    made = add_events(catalog, video, [PASS], name="model", kind="predicted")
    with catalog.writing() as connection:
        edit = {"token": "t", "event_set_id": made, "event_id": 1, "reviewer": "me", "at": 1.0}
        connection.execute(event_edits.insert().values(**edit, action="delete"))
    with pytest.raises(UsageError, match="nobody has corrected; found 'model', corrected in"):
        add_events(catalog, video, [SHOT], name="model", kind="predicted")
    assert [row.label for row in rows(catalog, events)] == ["PASS"]


def test_a_video_that_is_not_in_the_catalog_is_refused(catalog: Catalog, tmp_path: Path) -> None:
    for video in (tmp_path / "x.mp4", 7):
        with pytest.raises(
            UsageError, match=r"a video of the catalog .*(7|x\.mp4), which it does not"
        ):
            add_events(catalog, video, [PASS], name="model", kind="predicted")
    assert rows(catalog, event_sets) == []


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"label": "\ud800"}, "a label in valid text"),
        ({"label": "a\0b"}, "a label in valid text"),
        ({"seconds": -1.0}, "seconds from 0 on; found -1.0 for the event 'PASS'"),
        ({"seconds": float("nan")}, "seconds from 0 on; found nan"),
        ({"confidence": 1.5}, "a confidence between 0 and 1; found 1.5"),
        ({"team": "home"}, "a team, left or right; found 'home'"),
    ],
)
def test_what_is_no_event_is_refused(values: dict[str, object], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        EventRow(**{"seconds": 0.0, "half": 1, "label": "PASS", **values})  # type: ignore[arg-type]
