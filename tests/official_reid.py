"""The `SoccerNet` package's re-identification scorer, asked what our own scorer answers."""

import contextlib
import io
import json
from pathlib import Path

import numpy as np

# Importing the package switches numpy's warnings off for the whole process; here it may not.
with np.errstate():
    from SoccerNet.Evaluation import ReIdentification


def evaluate(truth: object, ranking: object, folder: Path) -> dict[str, float]:
    """`mAP` and `rank-1` (a float32) of a ranking; raises what the package raises."""
    paths = folder / "bbox_info.json", folder / "ranking.json"
    for path, content in zip(paths, (truth, ranking), strict=True):
        path.write_text(content if isinstance(content, str) else json.dumps(content))
    return evaluate_files(*paths)


def evaluate_files(truth: Path, ranking: Path) -> dict[str, float]:
    with contextlib.redirect_stdout(io.StringIO()):
        return ReIdentification.evaluate(str(truth), str(ranking))
