"""The process of a rehearsal: a request on stdin, what was measured on stdout, both as JSON."""

import json
import pkgutil
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import redirect_stdout
from dataclasses import asdict, replace
from typing import Any

import torch
from safetensors.torch import save as as_safetensors
from torch import Tensor

from touchline.errors import TouchlineError, UsageError
from touchline.synth.config import SynthConfig
from touchline.synth.generators import GENERATORS, Generator, Trainee, make_trainee
from touchline.synth.limits.failures import of_memory
from touchline.synth.limits.memory_wall import CODE_ALLOWANCE, Tighten, driver_memory, memory_wall
from touchline.synth.limits.process_memory import LINUX, footprint, peak_memory
from touchline.synth.limits.quantities import shown_bytes
from touchline.synth.limits.rehearsal import Rehearsal
from touchline.synth.snapshots import as_checkpoint
from touchline.training.devices import choose_device, choose_precision

Score = Callable[[Tensor, SynthConfig], object]
FEWEST_STEPS, MOST_STEPS = 3, 20
LONGEST = 60.0
"""Seconds after which no further step is begun."""
SAMPLED = 16
"""Photos sampled; generators make them in portions of no more."""


def answer_to(request: Mapping[str, Any]) -> dict[str, Any]:
    """Rehearse, and say what came of it: the rehearsal, a refusal, or that memory ran out."""
    config = SynthConfig.model_validate(request["config"])
    # The asking process may know a generator that this one's table does not have.
    GENERATORS[config.generator] = Generator(**request["generator"])
    torch.set_num_threads(request["threads"])
    device, limit = choose_device(config.device), request["memory"]
    score = pkgutil.resolve_name(request["scoring"]) if request["scoring"] else None
    beyond = _held_beyond(request["held"], device)
    try:
        _require_room_for_libraries(limit, beyond, device)
        with memory_wall(None if limit is None else limit - beyond, device) as tighten:
            found = _rehearsed(config, request, device, tighten, score)
        return {"rehearsal": asdict(replace(found, memory=found.memory + beyond))}
    except TouchlineError as error:
        said = {"wanted": error.wanted, "found": error.found, "next_step": error.next_step}
        return {"refused": {"kind": type(error).__name__, **said}}
    except (MemoryError, RuntimeError, OSError) as error:
        if not of_memory(error):
            raise
        return {"no_memory": True}


def period(config: SynthConfig) -> int:
    """Steps after which each kind of step has come by once.

    >>> from pathlib import Path
    >>> period(SynthConfig(data=Path("photos")))
    16
    """
    if config.generator != "stylegan":
        return 1
    settings = config.stylegan
    path = settings.path_interval if settings.path_weight else 1
    return max(settings.r1_interval, path, settings.ada_interval)


def _held_beyond(held: int, device: torch.device) -> int:
    """Bytes that the asking process holds beyond this one, which has few libraries loaded."""
    if device.type == "cuda" or not LINUX:
        return 0
    return max(0, held - footprint().resident)


def _require_room_for_libraries(limit: int | None, beyond: int, device: torch.device) -> None:
    if limit is None or device.type == "cuda" or not LINUX:
        return
    held = footprint().resident + beyond + CODE_ALLOWANCE
    if held >= limit:
        raise UsageError(
            f"more memory than the {shown_bytes(held)} that the libraries alone take",
            f"{shown_bytes(limit)} for learning", "Allow more, such as --memory 4GB.",
        )  # fmt: skip


def _rehearsed(
    config: SynthConfig, request: Mapping[str, Any], device: torch.device, tighten: Tighten,
    score: Score | None,
) -> Rehearsal:  # fmt: skip
    classes, batch = request["classes"], config.training.batch_size
    photos = torch.randint(
        0, 256, (max(request["photo_count"], batch), 3, config.size, config.size),
        dtype=torch.uint8,
    )  # fmt: skip
    trainee = make_trainee(config, classes, device, choose_precision(config.precision, device))
    step_seconds, steps = _step(trainee, config, photos, len(classes), tighten)
    start = time.monotonic()
    places = [number % len(classes) for number in range(SAMPLED)]
    sampled = trainee.sample(places, range(SAMPLED))
    sample_seconds = (time.monotonic() - start) / SAMPLED
    tighten()
    once, each = _score(score, sampled, config)
    tighten()
    start = time.monotonic()
    state = len(as_checkpoint(0, trainee.state()))
    weights = len(as_safetensors(trainee.weights()))
    pack_seconds = time.monotonic() - start
    tighten()
    return Rehearsal(
        _peak(device), step_seconds, sample_seconds, once, each, pack_seconds, weights, state,
        request["photo_count"], len(classes), steps, steps > period(config),
    )  # fmt: skip


def _step(
    trainee: Trainee, config: SynthConfig, photos: Tensor, classes: int, tighten: Tighten
) -> tuple[float, int]:
    """Seconds a step, averaged over a whole period after the first step, and the steps taken.

    The first, in which much is set up, counts only where there was no time for a period: every
    kind of step falls on it, so that the average is rather too high.
    """
    batch, lasted = config.training.batch_size, list[float]()
    wanted = min(MOST_STEPS, max(FEWEST_STEPS, period(config) + 1))
    chance = torch.Generator().manual_seed(0)
    begun = time.monotonic()
    while len(lasted) < wanted and (not lasted or time.monotonic() - begun < LONGEST):
        start = time.monotonic()
        pixels = photos[torch.randint(len(photos), (batch,), generator=chance)]
        labels = torch.randint(classes, (batch,), generator=chance)
        trainee.step(pixels, labels, len(lasted))
        tighten()
        lasted.append(time.monotonic() - start)
    counted = lasted[1:] if len(lasted) > period(config) else lasted
    return sum(counted) / len(counted), len(lasted)


def _score(score: Score | None, photos: Tensor, config: SynthConfig) -> tuple[float, float]:
    """Seconds before the first photo is scored, and seconds for each."""
    if score is None:
        return 0.0, 0.0
    lasted = []
    for some in (photos[:1], photos):
        start = time.monotonic()
        score(some, config)
        lasted.append(time.monotonic() - start)
    once, all_of_them = lasted
    return once, max(0.0, all_of_them - once) / (len(photos) - 1)


def _peak(device: torch.device) -> int:
    if device.type != "cuda":
        return peak_memory()
    return int(torch.cuda.max_memory_reserved(device)) + driver_memory(device)


def main() -> None:
    """Answer the request on stdin; only the answer goes to stdout."""
    request = json.load(sys.stdin)
    with redirect_stdout(sys.stderr):
        answer = answer_to(request)
    sys.stdout.write(json.dumps(answer))


if __name__ == "__main__":
    main()
