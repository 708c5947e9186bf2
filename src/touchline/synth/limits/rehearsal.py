"""A training measured before it begins: a few of its steps, in a process of its own.

The process runs under the memory limit, so what does not fit dies there and not hours later. The
rehearsal is of the thing itself: the same generator, batch and size, photos in memory, some more
sampled and scored, weights and state packed as they will be written. What the asking process, in
which the training will run, holds beyond the libraries of the rehearsing one is added.
"""

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import torch

from touchline import errors
from touchline.errors import UsageError
from touchline.synth.config import SynthConfig
from touchline.synth.generators import GENERATORS
from touchline.synth.limits.failures import tells_of_memory
from touchline.synth.limits.process_memory import LINUX, footprint
from touchline.synth.limits.quantities import shown_bytes, shown_seconds

PATIENCE = 1800.0
"""Seconds after which a rehearsal is given up."""


@dataclass(frozen=True)
class Rehearsal:
    """What a few steps of a training took.

    Attributes:
        memory: the most bytes held at once, of the process or on a GPU of its memory.
        step_seconds: a step of training, on average over all kinds of them.
        sample_seconds: one photo sampled.
        scoring_seconds: what scoring takes once, before the first photo.
        score_seconds: one photo scored.
        pack_seconds: weights and state copied and packed for the disk.
        weights_bytes, state_bytes: their files.
        photo_count: photos held in memory.
        classes: how many there are.
        steps: steps taken.
        whole: whether each kind of step was among them; too slow ones are not waited for.
    """

    memory: int
    step_seconds: float
    sample_seconds: float
    scoring_seconds: float
    score_seconds: float
    pack_seconds: float
    weights_bytes: int
    state_bytes: int
    photo_count: int
    classes: int
    steps: int
    whole: bool


class DoesNotFitError(UsageError):
    """A rehearsal ran into the memory limit."""


def rehearse(
    config: SynthConfig,
    classes: Sequence[str],
    photo_count: int = 0,
    scoring: str = "",
    memory: int | None = None,
) -> Rehearsal:
    """Measure a training by its first steps, on photos of random pixels.

    Args:
        config: of the training.
        classes: the names of its classes.
        photo_count: photos that the training will hold in memory, as uint8 `(n, 3, size, size)`.
        scoring: `module:name` of a function of (such photos, config), which a snapshot's score is
            computed by; empty for none.
        memory: bytes that the process (or its memory on a GPU) may take; None takes the limit of
            the configuration, if it has one.

    Raises:
        DoesNotFitError: the memory is not enough.
        TouchlineError: what the generator itself refuses.
        RuntimeError: the process failed; its last words are told.
    """
    limit = memory if memory is not None else config.limits.memory
    request = {
        "config": config.model_dump(mode="json"),
        "classes": list(classes),
        "generator": asdict(GENERATORS[config.generator]),
        "photo_count": photo_count,
        "scoring": scoring,
        "memory": limit,
        "held": _held() - photo_count * 3 * config.size**2,
        "threads": torch.get_num_threads(),
    }
    answer = _answer_of_child(request, limit)
    if refused := answer.get("refused"):
        raise getattr(errors, refused.pop("kind"))(**refused)
    if answer.get("no_memory"):
        raise _does_not_fit(limit)
    return Rehearsal(**answer["rehearsal"])


def _answer_of_child(request: dict[str, Any], limit: int | None) -> dict[str, Any]:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    try:
        child = subprocess.run(
            [sys.executable, "-m", "touchline.synth.limits.rehearsing"],
            input=json.dumps(request), capture_output=True, text=True, errors="replace",
            env=environment, timeout=PATIENCE, check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired as error:
        raise UsageError(
            f"a rehearsal of some steps within {shown_seconds(PATIENCE)}", "one that goes on",
            "Choose a smaller size or training.batch_size, or a faster device.",
        ) from error  # fmt: skip
    if child.returncode == 0:
        answer: dict[str, Any] = json.loads(child.stdout)
        return answer
    # A library that cannot allocate may end the process by itself, and the kernel may kill it.
    if child.returncode < 0 or tells_of_memory(child.stderr):
        raise _does_not_fit(limit)
    raise RuntimeError(f"the rehearsal failed:\n{child.stderr[-4000:]}")


def _held() -> int:
    """What this process, which will train, holds already: its libraries and its photos."""
    return footprint().resident if LINUX else 0


def _does_not_fit(limit: int | None) -> DoesNotFitError:
    allowed = "the machine's memory" if limit is None else f"{shown_bytes(limit)} of memory"
    return DoesNotFitError(
        f"a training within {allowed}", "one that needs more",
        "Choose a smaller training.batch_size or size, or allow more.",
    )  # fmt: skip
