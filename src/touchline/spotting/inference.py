"""Scores for every step of a video of any length: each frame decoded once and encoded once.

Frames go through the encoder, and features through the time model and the heads, in windows with
as much context on either side as the part sees (`reach`), so that where the windows lie changes
nothing. Windows stand on a grid counted from the start of the video: neither the batch size, nor
where a resumed prediction begins, nor whether the video is a file or live moves them.
"""

import copy
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import cast

import numpy as np
import torch
from torch import Tensor

from touchline.backbones.folding import fold_batch_normalisation
from touchline.spotting.config import SpottingConfig
from touchline.spotting.networks.encoder import Encoder
from touchline.spotting.networks.frame_encoder import PICTURES_AT_ONCE
from touchline.spotting.networks.heads import Outputs
from touchline.spotting.networks.spotter import Spotter
from touchline.spotting.networks.time_model import TimeModel
from touchline.spotting.windows import round_up, windowed

STEPS_OF_A_FILE, STEPS_LIVE = 500, 12
"""Steps decided at once when the video is a file, and when it is live."""


@dataclass(frozen=True)
class Columns:
    """What the columns of a score row mean: class probabilities, then offset, then team.

    Attributes:
        classes: how many classes.
        offset: whether a column holds the offset to the event, in steps.
        team: whether two columns hold the probabilities of the left and the right team.
    """

    classes: int
    offset: bool
    team: bool

    @property
    def count(self) -> int:
        """The length of a row."""
        return self.classes + int(self.offset) + 2 * int(self.team)

    def split(self, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray | None, np.ndarray | None]:
        """Class probabilities, offsets and team probabilities of rows `(time, columns)`."""
        offset = rows[:, self.classes] if self.offset else None
        return rows[:, : self.classes], offset, rows[:, -2:] if self.team else None


@dataclass(frozen=True)
class StepScorer:
    """A spotter made ready to run, in evaluation mode.

    Attributes:
        network: encoder folded and in its precision; time model and heads in float32.
        columns: what it says of a step.
        device: where it runs.
        precision: of the encoder.
        context: steps of context on either side for parts that see without limit.
        encoded_at_once: frames a window of the encoder.
    """

    network: Spotter
    columns: Columns
    device: torch.device
    precision: torch.dtype
    context: int
    encoded_at_once: int

    def features(self, frames: Iterable[Tensor], first: int = 0) -> Iterator[Tensor]:
        """Features `(features,)` of frames `(channels, height, width)`, one by one.

        Args:
            frames: uint8, from step `first_row(...)` on.
            first: the first step wanted, on the grid of the encoder's windows.
        """
        encoder = self.network.encoder
        return windowed(
            frames, self._encode, core=self.encoded_at_once, halo=self.reach_of(encoder),
            multiple=encoder.multiple, first=first,
        )  # fmt: skip

    def rows(
        self, features: Iterable[Tensor], first: int = 0, *, live: bool = False
    ) -> Iterator[Tensor]:
        """Score rows `(columns,)` of features (joined with tracks where the spotter has them)."""
        return windowed(
            features, self._decide, core=self.decided_at_once(live), halo=self.decided_reach,
            multiple=self.network.time.multiple, first=first,
        )  # fmt: skip

    def decided_at_once(self, live: bool) -> int:
        """Steps a window of the time model: many where the video is a file, few where it is live.

        Where the time model sees without limit, the windows themselves show in its scores, so they
        are the same for both.
        """
        if self.network.time.reach is None:
            return self.context
        return STEPS_LIVE if live else STEPS_OF_A_FILE

    @property
    def live_delay(self) -> int:
        """After how many further steps the scores of a live video's step are there, at most."""
        encoder, time = self.network.encoder, self.network.time
        return sum(
            round_up(core, part.multiple) + round_up(halo, part.multiple)
            for core, halo, part in (
                (self.encoded_at_once, self.reach_of(encoder), encoder),
                (self.decided_at_once(live=True), self.decided_reach, time),
            )
        )

    @property
    def decided_reach(self) -> int:
        """Steps of context that time model and heads together take on either side."""
        return self.reach_of(self.network.time) + self.network.head.reach

    def reach_of(self, part: Encoder | TimeModel) -> int:
        """Steps of context that a part takes on either side."""
        return self.context if part.reach is None else part.reach

    def _encode(self, frames: Tensor) -> Tensor:
        with torch.inference_mode(), torch.autocast(self.device.type, enabled=False):
            return self.network.encode(frames[None].to(self.device))[0].float().cpu()

    def _decide(self, rows: Tensor) -> Tensor:
        width = self.network.encoder.features
        with torch.inference_mode(), torch.autocast(self.device.type, enabled=False):
            batch = rows[None].to(self.device, torch.float32)
            tracks = batch[..., width:] if self.network.tracks is not None else None
            return score_rows(self.network.decide(batch[..., :width], tracks))[0].cpu()


def prepare_scorer(
    network: Spotter, config: SpottingConfig, device: torch.device, precision: torch.dtype,
    encoded_at_once: int | None = None,
) -> StepScorer:  # fmt: skip
    """Make a spotter ready to run; the network given is left as it is.

    Args:
        network: the spotter.
        config: what it was taught with.
        device: where it is to run.
        precision: of the encoder; the rest runs in float32.
        encoded_at_once: frames a window of the encoder; what suits it and the device when None.
    """
    ready = copy.deepcopy(network).eval().requires_grad_(False)
    encoder = ready.encoder
    home = next(ready.parameters()).device
    side = (encoder.multiple * 2, encoder.channels, config.frames.height, config.frames.width)
    with torch.autocast(home.type, enabled=False):
        example = torch.zeros(1, *side, dtype=torch.uint8, device=home)
        ready.encoder = cast(Encoder, fold_batch_normalisation(encoder, example))
    ready.encoder.to(precision)
    context = config.clips.steps
    reach = context if encoder.reach is None else encoder.reach
    return StepScorer(
        network=ready.to(device),
        columns=Columns(
            ready.head.classes.out_features - 1, ready.head.offset is not None,
            ready.head.team is not None,
        ),
        device=device,
        precision=precision,
        context=context,
        encoded_at_once=encoded_at_once or _fitting_window(reach, device),
    )  # fmt: skip


def _fitting_window(reach: int, device: torch.device) -> int:
    """Frames a window of the encoder: little of it context, but not so long that live video waits.

    >>> [_fitting_window(reach, torch.device("cpu")) for reach in (0, 1, 14, 33)]
    [8, 14, 64, 66]
    """
    if device.type != "cpu":
        return max(16 * PICTURES_AT_ONCE, 2 * reach)
    return max(2 * reach, min(14 * reach, 64)) or PICTURES_AT_ONCE


def score_rows(outputs: Outputs) -> Tensor:
    """Score rows `(batch, time, columns)`: probabilities without the background, offset, team."""
    parts = [outputs.classes.float().softmax(dim=-1)[..., 1:]]
    if outputs.offset is not None:
        parts.append(outputs.offset.float()[..., None])
    if outputs.team is not None:
        parts.append(outputs.team.float().softmax(dim=-1))
    return torch.cat(parts, dim=-1)
