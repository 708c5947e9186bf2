"""The audit as a command: photos in, a page and a table of what would spoil a training out."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from touchline.errors import UsageError
from touchline.files import default_cache
from touchline.photos.audit import Audit, AuditSettings, audit, write_audit_csv
from touchline.photos.audit_report import write_audit_page
from touchline.photos.config import PhotosConfig
from touchline.photos.gather import Gathered, gather, mirror_of, prepare
from touchline.photos.probe import learn_probe
from touchline.photos.scoring import calibration_of
from touchline.reporting.progress import say
from touchline.runs import create_run


class AuditConfig(PhotosConfig):
    """What is audited, and the probe that judges the labels."""

    audit: AuditSettings = AuditSettings()
    """What counts as a burst, a small class, an imbalance."""
    judge_labels: bool = True
    """Judge the labels by a probe that did not learn from the photo it judges."""


@dataclass(frozen=True)
class AuditFiles:
    """An audit and where it is written."""

    audit: Audit
    page: Path
    table: Path

    def as_dict(self) -> dict[str, Any]:
        """For `--json`."""
        findings = [vars(finding) for finding in self.audit.findings]
        return {"passed": self.audit.passed, "findings": findings, "page": str(self.page)}

    def describe(self) -> str:
        """For a terminal: what needs a person's eye, then where to see it."""
        lines = [
            f"{finding.severity}: {finding.message} {finding.suggestion}"
            for finding in self.audit.findings
            if finding.severity != "note"
        ]
        return "\n".join(
            [*lines, f"Findings with thumbnails: {self.page}; as a table: {self.table}"]
        )


def audit_photos(config: AuditConfig, out: Path | None = None) -> AuditFiles:
    """Audit a photo set and write `audit.html` and `audit.csv`.

    Args:
        config: the photos and what is asked of them.
        out: a new folder for the two files; `runs/photos/<date and time>` when None.

    Raises:
        UsageError: when no photo can be read, or pairs of classes are stated wrongly.
    """
    gathered = gather(config.data, config.cache or default_cache())
    mirror, _ = mirror_of(config.mirror, gathered.photo_set.classes)
    probabilities = _judge(config, gathered) if config.judge_labels else None
    found = audit(
        gathered.photo_set, gathered.fingerprints, mirror, probabilities, settings=config.audit
    )
    folder = create_run("photos", out).folder
    write_audit_csv(found, folder / "audit.csv")
    return AuditFiles(found, write_audit_page(found, folder / "audit.html"), folder / "audit.csv")


def _judge(config: AuditConfig, gathered: Gathered) -> np.ndarray | None:
    """Out-of-fold probabilities of every photo; None, with the reason told, where none can be had.

    Photos are shown both ways where classes have sides, so that what the model says of a mirrored
    photo is what it says of the photo, mirrored: asking it again would tell nothing new.
    """
    try:
        study = prepare(config, gathered)
        learnt = learn_probe(study, np.arange(len(study.photos)), Path())
    except UsageError as error:
        say(f"The labels are not judged. {error}")
        return None
    return calibration_of(study, learnt).probabilities(learnt.logits)
