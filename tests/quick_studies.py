"""Settings of studies that end in a second or two."""

from pathlib import Path
from typing import Any

from touchline.synth.study.config import StudyConfig


def quick_config(data: Path, cache: Path, **changes: Any) -> StudyConfig:
    """A study of the smallest classifier; its generators learn nothing and take a moment."""
    return StudyConfig.model_validate({
        "data": data, "cache": cache, "device": "cpu", "precision": "fp32", "shots": 2, "rounds": 5,
        "ratios": (0.5, 2),
        "classifier": {
            "backbone": {"name": "test_resnet", "weights": "random"},
            "views": [{"framing": "letterbox", "size": 64}],
        },
        "training": {"images": 32, "batch_size": 16, "snapshot_every": 32, "score_samples": 16},
        **changes,
    })  # fmt: skip
