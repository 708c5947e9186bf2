"""The parts of a Stable Diffusion pipeline, each read from its folder; never from a pickle."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from touchline.errors import EnvironmentMissingError, UsageError
from touchline.synth.diffusers_package import from_diffusers
from touchline.synth.lora.folders import INDEX, find_folder

KINDS = ("StableDiffusionPipeline",)
PREDICTIONS = ("epsilon", "v_prediction")


@dataclass(frozen=True)
class Pipeline:
    """What makes pictures from words, frozen and on the CPU.

    Attributes:
        tokenizer: words to numbers.
        text_encoder: numbers to embeddings.
        unet: noise in latents, from latents, a time and embeddings.
        vae: pictures to latents and back.
        scheduler: the schedule of noise, and how a sample steps along it.
    """

    tokenizer: Any
    text_encoder: Any
    unet: Any
    vae: Any
    scheduler: Any


def load_pipeline(name: str, precision: torch.dtype) -> Pipeline:
    """Read a pipeline of Stable Diffusion 1 or 2.

    Args:
        name: a folder, or `owner/name` on the hub.
        precision: of all weights; bfloat16 takes half the memory of float32.

    Raises:
        UsageError: it is of another kind.
        EnvironmentMissingError: diffusers or the pipeline is missing, damaged, or only there as
            pickles, which could run any code when they are read.
    """
    folder = find_folder(name)
    _check_kind(folder)
    scheduler = _read(folder / "scheduler", _scheduler)
    if (kind := scheduler.config.get("prediction_type", "epsilon")) not in PREDICTIONS:
        raise UsageError(
            f"a pipeline that predicts {' or '.join(PREDICTIONS)}", f"{kind!r} in {name}",
            "Choose another one as lora.pipeline.",
        )  # fmt: skip

    def read(part: str, kind: Any) -> Any:
        network = _read(folder / part, lambda place: _network(kind, place, precision))
        return network.requires_grad_(False).eval()

    tokenizer = from_diffusers("CLIPTokenizer", "transformers")
    return Pipeline(
        tokenizer=_read(folder / "tokenizer", tokenizer.from_pretrained),
        text_encoder=read("text_encoder", from_diffusers("CLIPTextModel", "transformers")),
        unet=read("unet", from_diffusers("UNet2DConditionModel")),
        vae=read("vae", from_diffusers("AutoencoderKL")),
        scheduler=scheduler,
    )


def _check_kind(folder: Path) -> None:
    index = _read(folder, lambda place: json.loads((place / INDEX).read_text(encoding="utf-8")))
    kind = index.get("_class_name") if isinstance(index, dict) else None
    if kind not in KINDS:
        raise UsageError(
            f"a pipeline of the kind {KINDS[0]} (Stable Diffusion 1 or 2)",
            f"{kind} in {folder / INDEX}", "Choose another one as lora.pipeline.",
        )  # fmt: skip


def _read(place: Path, reader: Callable[[Path], Any]) -> Any:
    """What a reader makes of a folder; whatever goes wrong there becomes one kind of error."""
    try:
        if not place.is_dir():
            raise FileNotFoundError("no such folder")
        return reader(place)
    except EnvironmentMissingError:
        raise
    except Exception as error:  # JSON, safetensors, torch and both libraries raise many kinds
        reason = (str(error).strip() or type(error).__name__).splitlines()[0]
        raise _damaged(place, reason) from error


def _scheduler(place: Path) -> Any:
    settings = json.loads((place / "scheduler_config.json").read_text(encoding="utf-8"))
    kind = from_diffusers(str(settings["_class_name"]))
    if not issubclass(kind, from_diffusers("SchedulerMixin")):
        raise ValueError(f"{settings['_class_name']!r} is no scheduler")
    # As diffusers' own pipeline corrects the schedulers of its early days.
    return kind.from_config(settings | {"clip_sample": False, "steps_offset": 1})


def _network(kind: Any, place: Path, precision: torch.dtype) -> Any:
    names = sorted(file.name for file in place.glob("*.safetensors"))
    pickles = sorted(file.name for file in place.glob("*.bin"))
    if pickles and not names:
        raise EnvironmentMissingError(
            "weights as safetensors", f"only {pickles[0]} in {place}",
            "Such a file is a pickle, which can run any code when it is read: take a pipeline "
            "saved with safe_serialization=True, or convert this one where you trust it.",
        )  # fmt: skip
    half = names and all(".fp16." in name for name in names)
    network, found = kind.from_pretrained(
        place, use_safetensors=True, local_files_only=True, dtype=precision,
        variant="fp16" if half else None, output_loading_info=True,
    )  # fmt: skip
    # Both libraries fill in at random what is not there, and only mention it.
    if lacking := sorted(found["missing_keys"]):
        raise _damaged(place, f"{len(lacking)} tensors are missing, {lacking[0]} first")
    return network


def _damaged(place: Path, reason: str) -> EnvironmentMissingError:
    return EnvironmentMissingError(
        "a whole pipeline", f"a damaged one: {reason} ({place})",
        "Download it anew, or check lora.pipeline.",
    )  # fmt: skip
