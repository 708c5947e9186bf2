"""What a classifier taught in one arm answers to the real photos of its round."""

import io
from pathlib import Path

import numpy as np
import pandas as pd

from touchline.errors import UsageError
from touchline.files import write_atomically
from touchline.photos.scoring import calibration_of
from touchline.photos.split import group_of
from touchline.photos.study import Study
from touchline.photos.train import RECIPES
from touchline.synth.study.arms import Arm

COLUMNS = ("round", "kind", "ratio", "added", "photo", "group", "truth", "label", "confidence")


def answer(
    study: Study, round_number: int, arm: Arm, train: np.ndarray, test: np.ndarray, folder: Path
) -> pd.DataFrame:
    """Teach the classifier of an arm, and let it answer photos it has not seen.

    Args:
        study: the real photos, with what the arm adds as `study.extra`.
        round_number: for the table.
        arm: likewise.
        train: `(n,)` places of the real photos learnt from.
        test: `(m,)` places of those that score.
        folder: where the training keeps what it needs to be resumed.

    Returns:
        A row for each photo that scores, with the columns `COLUMNS`.
    """
    learnt = RECIPES[study.config.recipe](study, train, folder)
    logits, _ = study.score(learnt.network, test)
    probabilities = calibration_of(study, learnt).probabilities(logits)
    classes, photos = np.array(study.classes), [study.photos[place] for place in test]
    return pd.DataFrame({
        "round": round_number, "kind": arm.kind, "ratio": float(arm.ratio),
        "added": len(study.extra.sources),
        "photo": [photo.name for photo in photos], "group": [group_of(photo) for photo in photos],
        "truth": classes[study.labels[test]], "label": classes[logits.argmax(axis=1)],
        "confidence": probabilities.max(axis=1).astype(np.float32),
    })[list(COLUMNS)]  # fmt: skip


def keep_answers(answers: pd.DataFrame, path: Path) -> None:
    """Write answers as Parquet, whole or not at all.

    Raises:
        OSError: the folder cannot be written.
    """
    stream = io.BytesIO()
    answers.to_parquet(stream, index=False)
    write_atomically(path, stream.getvalue())


def read_answers(path: Path) -> pd.DataFrame:
    """Answers as they were kept.

    Raises:
        UsageError: the file is missing or broken.
    """
    try:
        answers = pd.read_parquet(path)
        return answers[list(COLUMNS)]
    except (OSError, ValueError, KeyError) as error:  # ArrowInvalid is a ValueError
        raise UsageError(
            "answers of a study", f"{type(error).__name__} at {path}",
            "Remove that file and go on with --resume, which makes it again.",
        ) from error  # fmt: skip
