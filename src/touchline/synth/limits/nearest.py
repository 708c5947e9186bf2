"""The nearest setting that fits: one thing after the other made smaller, until a rehearsal passes.

Memory: smaller batches, then lighter networks, then smaller photos. Disk: fewer snapshots kept,
then lighter networks and smaller photos. Time: fewer images.
"""

import shlex
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal

import yaml

from touchline.settings import Settings
from touchline.synth.config import SIZES, SynthConfig

Kind = Literal["memory", "disk", "time"]
FEWEST_PHOTOS = 4
"""A batch is not made smaller than this."""
FEWEST_CHANNELS = 16
"""Nor a layer than to this many feature maps."""
_SAVING = ("gradient_checkpointing", "attention_slicing", "vae_tiling", "cpu_offload",
           "eight_bit_optimiser")  # fmt: skip
"""What LoRA can do for less memory."""


def nearest_feasible(
    config: SynthConfig,
    missed: Callable[[SynthConfig], Sequence[Kind]],
    seconds: Callable[[SynthConfig], float],
) -> SynthConfig | None:
    """The first setting that fits on the way from a configuration down; None where none does.

    Args:
        config: one that does not fit.
        missed: which limits a configuration would pass; none of them where it fits.
        seconds: what a configuration's training takes; asked only where memory is enough.
    """
    smaller: SynthConfig | None = config
    while smaller is not None:
        kinds = missed(smaller)
        if not kinds:
            return smaller
        smaller = _eased(smaller, kinds[0], seconds)
    return None


def words_between(before: SynthConfig, after: SynthConfig) -> str:
    """The settings that lead from one configuration to another, as words for the command line.

    >>> from pathlib import Path
    >>> plain = SynthConfig(data=Path("photos"), size=128)
    >>> words_between(plain, changed(plain, {"training.batch_size": 4, "size": 64}))
    'size=64 training.batch_size=4'
    """
    return " ".join(_differences(before.model_dump(mode="json"), after.model_dump(mode="json")))


def changed(config: SynthConfig, values: Mapping[str, Any]) -> SynthConfig:
    """The configuration with other values, by dotted key."""
    for key, value in values.items():
        group, _, name = key.rpartition(".")
        inner: Settings = getattr(config, group) if group else config
        inner = inner.model_copy(update={name: value})
        config = config.model_copy(update={group: inner}) if group else inner  # type: ignore[assignment]
    return config


def _eased(
    config: SynthConfig, kind: Kind, seconds: Callable[[SynthConfig], float]
) -> SynthConfig | None:
    """The next smaller configuration that takes less of what was missed."""
    training = config.training
    if kind == "memory" and training.batch_size > FEWEST_PHOTOS:
        return changed(
            config, {"training.batch_size": max(FEWEST_PHOTOS, training.batch_size // 2)}
        )
    if kind == "disk" and training.keep > 1:
        return changed(config, {"training.keep": 1})
    if kind == "time" and (shorter := _shorter(config, seconds)) is not None:
        return shorter
    return _lighter(config) or _of_smaller_photos(config)


def _lighter(config: SynthConfig) -> SynthConfig | None:
    """Half the feature maps; of LoRA, which has none of its own, all that saves memory."""
    if config.generator == "lora":
        off = {f"lora.{name}": True for name in _SAVING if not getattr(config.lora, name)}
        return changed(config, off) if off else None
    if config.generator == "diffusion":
        channels = [channels // 2 for channels in config.diffusion.channels]
        few = min(channels) < FEWEST_CHANNELS
        return None if few else changed(config, {"diffusion.channels": tuple(channels)})
    style = config.stylegan
    if style.channel_max // 2 < FEWEST_CHANNELS or style.channel_base // 2 < 256:
        return None
    halves = {"channel_max": style.channel_max // 2, "channel_base": style.channel_base // 2}
    return changed(config, {f"stylegan.{name}": value for name, value in halves.items()})


def _of_smaller_photos(config: SynthConfig) -> SynthConfig | None:
    smaller = [size for size in SIZES if size < config.size]
    return changed(config, {"size": smaller[-1]}) if smaller else None


def _shorter(config: SynthConfig, seconds: Callable[[SynthConfig], float]) -> SynthConfig | None:
    """The most whole batches that fit the time; None where not one does."""
    limit, batch = config.limits.time, config.training.batch_size

    def of(steps: int) -> SynthConfig:
        return changed(config, {"training.images": steps * batch})

    fitting, too_many = 0, -(-config.training.images // batch)
    while too_many - fitting > 1:
        middle = (fitting + too_many) // 2
        if limit is None or seconds(of(middle)) <= limit:
            fitting = middle
        else:
            too_many = middle
    return of(fitting) if fitting else None


def _differences(before: Mapping[str, Any], after: Mapping[str, Any], above: str = "") -> list[str]:
    words = []
    for name, value in after.items():
        if isinstance(value, Mapping):
            words += _differences(before[name], value, f"{above}{name}.")
        elif value != before[name]:
            plain = yaml.safe_dump(value, default_flow_style=True).removesuffix("...\n").strip()
            words.append(shlex.quote(f"{above}{name}={plain}"))
    return words
