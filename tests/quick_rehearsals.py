"""Trainings that begin without the seconds of a rehearsal; tests/synth/limits has real ones."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from touchline.synth.config import SynthConfig
from touchline.synth.limits import promises
from touchline.synth.limits.rehearsal import Rehearsal


def small(config: SynthConfig, classes: Any, photo_count: int = 0, **_: Any) -> Rehearsal:  # noqa: ARG001
    """What a tiny generator takes."""
    return Rehearsal(
        memory=10**9, step_seconds=0.01, sample_seconds=0.001, scoring_seconds=0.1,
        score_seconds=0.01, pack_seconds=0.01, weights_bytes=10**6, state_bytes=10**6,
        photo_count=photo_count, classes=len(classes), steps=17, whole=True,
    )  # fmt: skip


@contextmanager
def quick_rehearsals() -> Iterator[None]:
    """Every training takes what a tiny generator takes, for the length of a `with` block."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(promises, "rehearse", small)
        yield
