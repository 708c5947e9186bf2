"""What a prediction leaves behind in its folder, and how it is known to be finished."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from touchline.errors import UsageError
from touchline.files import write_atomically
from touchline.spotting.annotations.prediction_tables import write_csv
from touchline.spotting.annotations.results_file import RESULTS_FILE, write_results
from touchline.spotting.model import TrainedSpotter
from touchline.spotting.peaks.picking import SHOWN_FROM, shown_events
from touchline.spotting.predict import Prediction
from touchline.spotting.timeline.annotated import write_annotated
from touchline.spotting.timeline.page import write_timeline

FINISHED = "prediction.json"
"""What the results are of; written last."""
PARTIAL = "scores.part"
"""The file of score rows while the work lasts."""


def finished(folder: Path, identity: Mapping[str, Any]) -> dict[str, Any] | None:
    """What an earlier, finished prediction of the same video by the same run says of itself.

    Raises:
        UsageError: when the folder holds results of something else; nothing is overwritten.
    """
    path = folder / FINISHED
    if not path.is_file():
        if (folder / RESULTS_FILE).exists() and not (folder / PARTIAL).exists():
            raise _other(folder)
        return None
    try:
        facts: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise _other(folder) from error
    if any(facts.get(key) != value for key, value in identity.items()):
        raise _other(folder)
    return facts


def write_outputs(
    folder: Path, found: Prediction, spotter: TrainedSpotter, identity: Mapping[str, Any],
    annotate: bool,
) -> dict[str, Any]:  # fmt: skip
    """Write everything into `folder`: results, table, page, perhaps a video; then what it is.

    `results_spotting.json` has every event, for scorers count faint ones too; the table and the
    page have those at or above the threshold of their class.

    Returns:
        What `prediction.json` says: the identity, the number of events shown, and problems.
    """
    shown = shown_events(found.events, spotter.peaks)
    thresholds = {name: spotter.peaks.thresholds.get(name, SHOWN_FROM) for name in spotter.classes}
    write_results(folder / RESULTS_FILE, found.video.stem, found.events)
    write_csv(folder / "events.csv", {str(found.video): shown})
    write_timeline(
        folder / "timeline.html", found.video, found.events, spotter.classes, thresholds,
        found.seconds, title=found.video.name, note=f"Spotted by the run {spotter.name}.",
    )  # fmt: skip
    if annotate:
        write_annotated(found.video, shown, folder / "annotated.mp4")
    facts = {
        **identity, "annotated": annotate, "events": len(shown), "problems": list(found.problems),
    }  # fmt: skip
    write_atomically(folder / FINISHED, json.dumps(facts, indent=1) + "\n")
    (folder / PARTIAL).unlink(missing_ok=True)
    return facts


def _other(folder: Path) -> UsageError:
    return UsageError(
        "a folder without results of another video or run", f"some in {folder}",
        "Name another with --out.",
    )  # fmt: skip
