"""Events of a match to files and back: exports, imports, and the results of spotting."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from match_on_disk import EVENTS, FOUND, TRUTH, MatchOnDisk
from touchline.app.jobs.records import Job, State
from touchline.app.match.event_sets import (
    catalogued_videos,
    stored_events,
)
from touchline.app.match.exporting import FORMATS, save_for_training
from touchline.app.match.heat import heat_of
from touchline.app.match.importing import files_beside
from touchline.app.match.provider_events import provider_json
from touchline.app.match.spotting import RESULTS, import_results, spot, spotting_runs
from touchline.app.roots import Roots
from touchline.app.workspace import Workspace
from touchline.errors import EnvironmentMissingError, UsageError
from touchline.spotting.annotations.classes import ANY_CLASS
from touchline.spotting.annotations.labels_file import read_labels
from touchline.spotting.annotations.labels_json import labels_json
from touchline.spotting.annotations.predictions import read_predictions
from touchline.spotting.annotations.reading import read_matches
from touchline.spotting.annotations.results_file import RESULTS_FILE
from touchline.spotting.events import Event
from touchline.spotting.video_events import read_events


class TestExport:
    @given(st.lists(EVENTS, max_size=20))
    def test_annotations_are_read_back_as_they_were(
        self, tmp_path_factory: pytest.TempPathFactory, events: list[Event]
    ) -> None:
        file = tmp_path_factory.mktemp("labels") / "Labels-ball.json"
        file.write_bytes(labels_json("a match", events))
        read = read_labels(file, ANY_CLASS)
        assert not read.faults
        assert read.name == "a match"
        # Of events that differ in nothing but whether they are shown the last is kept.
        once = {(e.half, e.seconds, e.label, e.team): e for e in sorted(events)}
        assert set(read.events) == set(once.values())

    @pytest.mark.parametrize("words", ["SoccerNet predictions (JSON)", "Table (CSV)"])
    def test_predictions_are_read_back(self, tmp_path: Path, words: str) -> None:
        name, _, export = FORMATS[words]
        file = tmp_path / name
        file.write_bytes(export("final", FOUND))
        assert read_predictions(file) == {"final": FOUND}

    def test_providers_events_claim_no_places(self) -> None:
        told = json.loads(provider_json("final", [*TRUTH, Event(9.0, "GOAL", half=2)]))
        assert told["metadata"]["coordinate_system"] is None
        assert [each["event_type"] for each in told["events"]] == ["PASS", "CARRY", "SHOT", "SHOT"]
        assert told["events"][3] == {
            "event_id": "4", "event_type": "SHOT", "result": "GOAL", "qualifiers": [],
            "period_id": 2, "timestamp": 9.0, "side": None, "player_id": None,
            "coordinates": None, "label": "GOAL", "confidence": 1.0,
        }  # fmt: skip

    def test_saved_games_can_be_trained_on(self, tmp_path: Path, match: MatchOnDisk) -> None:
        second = [Event(3.0, "PASS", half=2)]
        for events in (TRUTH, second):  # saved again, the later stands
            save_for_training(tmp_path / "games", match.video, match.video_id, events)
        (found,) = read_matches(tmp_path / "games").matches
        assert found.events == (Event(3.0, "PASS"),)
        assert found.videos[0].resolve() == match.video.resolve()

    def test_a_folder_that_cannot_be_written_is_named(self, tmp_path: Path) -> None:
        (tmp_path / "games").write_text("a file")
        with pytest.raises(EnvironmentMissingError, match=r"games.*download"):
            save_for_training(tmp_path / "games", Path("a.mp4"), 1, TRUTH)

    def test_heat_has_a_column_a_minute(self) -> None:
        assert heat_of([], 0.0)[1].shape == (0, 1)
        assert heat_of([Event(0.0, "PASS")], 120.0)[1].tolist() == [[1, 0]]
        assert heat_of([Event(121.0, "PASS")], 60.0)[1].tolist() == [[0, 0, 1]]


class TestImport:
    def test_confidences_make_predictions(self, tmp_path: Path) -> None:
        for words in ("SoccerNet predictions (JSON)", "Table (CSV)"):
            name, _, export = FORMATS[words]
            file = tmp_path / name
            file.write_bytes(export("final", FOUND))
            found = read_events(file, tmp_path / "final.mp4")
            assert (found.kind, found.events) == ("predicted", FOUND)

    def test_files_beside_are_found_beneath_the_roots_only(self, tmp_path: Path) -> None:
        game = tmp_path / "root" / "game"
        game.mkdir(parents=True)
        for path in (game / "b.csv", game / "a.json", tmp_path / "root" / "c.jsonl", game / "x.txt",
                     tmp_path / "outside.json"):  # fmt: skip
            path.touch()
        named = files_beside(game / "b.mp4", Roots((tmp_path / "root",)))
        assert [path.name for path in named] == ["b.csv", "a.json", "c.jsonl"]
        assert [p.name for p in files_beside(game / "b.mp4", Roots((game,)))] == ["b.csv", "a.json"]


class TestSpotting:
    def job(self, folder: Path, match: MatchOnDisk, state: State) -> Job:
        facts = {"video_id": match.video_id, "run": "a run"}
        return Job(folder, "Spot", ("spotting", "predict"), 0.0, 1.0, state, facts)

    def test_results_become_a_set_of_events_once(self, tmp_path: Path, match: MatchOnDisk) -> None:
        workspace = Workspace(match.catalog, Roots((match.video.parent,)), tmp_path, tmp_path)
        running, finished = (self.job(tmp_path, match, state) for state in ("running", "finished"))
        assert import_results(workspace, finished) is None  # there is nothing yet
        (tmp_path / RESULTS).mkdir()
        (tmp_path / RESULTS / RESULTS_FILE).write_bytes(
            FORMATS["SoccerNet predictions (JSON)"][2]("final", FOUND)
        )
        assert import_results(workspace, running) is None
        set_id = import_results(workspace, finished)
        assert set_id is not None
        assert [each.event for each in stored_events(match.catalog, set_id)] == sorted(FOUND)
        assert import_results(workspace, finished) is None

    def test_only_known_runs_are_started(self, tmp_path: Path, match: MatchOnDisk) -> None:
        workspace = Workspace(match.catalog, Roots((match.video.parent,)), tmp_path, tmp_path)
        assert spotting_runs(workspace) == ["sample"]
        (video,) = catalogued_videos(match.catalog)
        with pytest.raises(UsageError, match="Wanted a finished spotting run"):
            spot(workspace, "--out", video)
        elsewhere = Workspace(match.catalog, Roots((tmp_path,)), tmp_path, tmp_path)
        with pytest.raises(UsageError, match="leads outside"):
            spot(elsewhere, "sample", video)
