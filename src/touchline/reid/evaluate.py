"""Score a run on crops that it has not learnt from."""

from pathlib import Path

from touchline.reid.galleries import embed_gallery, gallery_of
from touchline.reid.model import load_reidentifier
from touchline.reid.records import write_records
from touchline.reid.report import write_report
from touchline.reporting.telling import tell
from touchline.runs import Run, create_run
from touchline.training.devices import DeviceName, PrecisionName


def evaluate(
    run: Run, data: Path, split: str = "test", out: Path | None = None,
    device: DeviceName = "auto", precision: PrecisionName = "auto",
) -> Run:  # fmt: skip
    """Score a run on one split of a data set, at the size it was taught at.

    Args:
        run: a finished run.
        data: named crops.
        split: `test` or `valid`.
        out: folder for the scores and the report; `runs/reid/<date and time>` when None.
        device: where the network runs.
        precision: how it computes.

    Raises:
        UsageError: there is no such split, or no query of it can be scored.
    """
    found = load_reidentifier(run, device, precision)
    gallery = gallery_of(data, split)
    result = create_run("reid", out)
    embedded = embed_gallery(found.extractor, gallery)
    tell(embedded.faults)
    scores = embedded.score()
    result.config.write_bytes(run.config.read_bytes())
    write_records(result, {"test": (gallery, scores)})
    result.write_json("manifest.json", {
        "of_run": str(run.folder), "data": str(data), "split": split,
        "faults": [fault.as_row() for fault in embedded.faults],
    })  # fmt: skip
    write_report(result)
    return result
