"""The network that turns frames into features, by the name of its kind."""

from typing import Literal, TypeAlias

import torch

from touchline.backbones.loading import load_backbone
from touchline.backbones.squeeze_excitation import Squeeze
from touchline.backbones.x3d_weights import load_x3d
from touchline.errors import UsageError
from touchline.spotting.networks.frame_encoder import Colour, FrameEncoder
from touchline.spotting.networks.gate_shift import Shift
from touchline.spotting.networks.stack_encoder import Blocks, SpacePooling, StackEncoder
from touchline.spotting.networks.x3d_encoder import X3DEncoder

Kind = Literal["frames", "stacks", "x3d"]

Encoder: TypeAlias = FrameEncoder | StackEncoder | X3DEncoder
"""Each is a `SequenceModel` and a `torch.nn.Module`, and says the `channels` of a frame."""


def build_encoder(
    kind: Kind,
    name: str,
    weights: str,
    *,
    shift: Shift = "none",
    shifted_stages: int = 2,
    colour: Colour = "rgb",
    blocks: Blocks = "inverted",
    pooling: SpacePooling = "gem",
    squeeze: Squeeze = "frame",
    stage: int | None = None,
    grid: tuple[int, int] = (7, 13),
    seed: int = 0,
) -> Encoder:
    """Make an encoder of frames; the same arguments and seed give the same weights.

    Args:
        kind: `frames` (a picture network on each), `stacks` (three gray frames at once, then 3-D
            blocks) or `x3d`.
        name: a timm model name; `x3d_s` or `x3d_m` for x3d.
        weights: `packaged`, `hub`, `random`, or the path of a file.
        shift: of `FrameEncoder`; the other kinds never shift.
        shifted_stages: of `FrameEncoder`.
        colour: of `FrameEncoder`; stacks are gray and x3d is RGB whatever it says.
        blocks: of `StackEncoder`.
        pooling: of `StackEncoder`.
        squeeze: of `X3D`. `clip` is as published, but then no window of a video, however wide,
            gives what the whole video gives; `frame` has a finite reach with the same weights.
        stage: of `FrameEncoder`.
        grid: of `FrameEncoder`.
        seed: of all random weights.

    Raises:
        UsageError: for names and combinations that cannot be.
        EnvironmentMissingError: for weights that cannot be had on this machine.
    """
    if kind != "frames" and shift != "none":
        raise UsageError(
            "no shift for encoders of kind stacks and x3d, which join frames by 3-D convolutions",
            f"shift {shift} for {kind}", "Choose the kind frames, or the shift none.",
        )  # fmt: skip
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        match kind:
            case "frames":
                backbone = load_backbone(name, weights, seed)
                return FrameEncoder(backbone, colour, shift, shifted_stages, stage, grid)
            case "stacks":
                return StackEncoder(load_backbone(name, weights, seed), blocks, pooling)
            case "x3d":
                return X3DEncoder(load_x3d(name, weights, squeeze, seed))
