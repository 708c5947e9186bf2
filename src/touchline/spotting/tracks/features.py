"""Numbers for every step of a video that say where the players and the ball are.

Positions are shares of the frame from its top left. Velocities are in frame widths a second in
both directions, at most 1. What is not known has the value that a mirror leaves alone: the middle
for a position, 0 for a velocity.
"""

from typing import TypeVar

import numpy as np
from torch import Tensor

from touchline.spotting.tracks.ball import ball_path, ball_sightings
from touchline.spotting.tracks.bytetrack import NOBODY
from touchline.spotting.tracks.kinematics import means, velocities
from touchline.spotting.tracks.table import Tracks

FEATURE_NAMES = (
    "mean_x", "mean_y", "ball_seen", "players",
    "ball_x", "ball_y", "ball_known", "ball_age", "ball_velocity_x", "ball_velocity_y",
    "nearest_distance", "nearest_velocity_x", "nearest_velocity_y",
    "spread_x", "spread_y", "players_velocity_x", "players_velocity_y",
)  # fmt: skip
"""The columns in order. The first four are those of Team 8's classifier (seed 003, week 5):

- `mean_x`, `mean_y`: the mean centre of all boxes; `ball_seen`: 1 where a ball is detected;
  `players`: a tenth of their number.
- `ball_x`, `ball_y`: the ball, also through short gaps; `ball_known`: 1 where that is known;
  `ball_age`: time since it was last seen as a share of the longest gap bridged, at most 1.
- `nearest_distance`: from the ball to the box of the player nearest to it, as a share of five
  heights of that box, at most 1 and 1 where unknown; `nearest_velocity_*`: that player's.
- `spread_*`: twice the standard deviation of the players' centres.
- `players_velocity_*`: the mean of the players', which mostly shows how the camera turns.
"""

HEIGHTS_AWAY = 5.0
"""From how many of his heights on a player counts as far from the ball."""

PLACES = [FEATURE_NAMES.index(name) for name in ("mean_x", "ball_x")]
VELOCITIES = [FEATURE_NAMES.index(f"{who}_velocity_x") for who in ("ball", "nearest", "players")]

Features = TypeVar("Features", np.ndarray, Tensor)


def track_features(
    tracks: Tracks, ball_gap: float = 0.5, ball_confidence: float = 0.2
) -> np.ndarray:
    """The features of every step, `(steps, 17)` float32 in the order of `FEATURE_NAMES`.

    Args:
        tracks: of one video. Players without a track are left out.
        ball_gap: seconds without a ball that are bridged.
        ball_confidence: the surest ball of a frame counts from this confidence on.
    """
    balls = ball_sightings(tracks, ball_confidence)
    players = np.flatnonzero(~tracks.balls & (tracks.ids != NOBODY))
    seen = np.full((tracks.steps, 2), np.nan)
    seen[tracks.step[balls]] = _centres(tracks, balls)
    path, age = ball_path(seen, max(1, round(ball_gap * tracks.rate)))
    known = ~np.isnan(path[:, 0])
    velocity = _player_velocities(tracks, players)
    counted = np.concatenate([players, balls])
    columns = (
        _known(means(tracks.step[counted], _centres(tracks, counted), tracks.steps), 0.5),
        ~np.isnan(seen[:, 0]),
        np.bincount(tracks.step[players], minlength=tracks.steps) / 10,
        _known(path, 0.5), known, age, _ball_velocity(tracks, path, known),
        _nearest(tracks, players, velocity, path),
        _spread(tracks, players),
        _mean_velocity(tracks, players, velocity),
    )  # fmt: skip
    return np.column_stack(columns).astype(np.float32)


def mirror_features(features: Features) -> Features:
    """The features of the mirror image; twice gives them back but for rounding.

    Args:
        features: `(..., 17)`, an array or a tensor; left as it is.
    """
    mirrored = features * 1
    mirrored[..., PLACES] = 1 - features[..., PLACES]
    mirrored[..., VELOCITIES] = -features[..., VELOCITIES]
    return mirrored


def _known(values: np.ndarray, otherwise: float) -> np.ndarray:
    filled: np.ndarray = np.nan_to_num(values, nan=otherwise)
    return filled


def _centres(tracks: Tracks, rows: np.ndarray) -> np.ndarray:
    """Centres of boxes `(rows, 2)` as shares of the frame."""
    boxes = tracks.boxes[rows].astype(np.float64)
    centres: np.ndarray = (boxes[:, :2] + boxes[:, 2:]) / 2 / (tracks.width, tracks.height)
    return centres


def _in_widths(tracks: Tracks, places: np.ndarray) -> np.ndarray:
    """Shares of the frame `(rows, 2)` with both axes in frame widths."""
    scaled: np.ndarray = places * (1, tracks.height / tracks.width)
    return scaled


def _player_velocities(tracks: Tracks, players: np.ndarray) -> np.ndarray:
    """Frame widths a second `(players, 2)`; NaN for a player seen at one step only."""
    places = _in_widths(tracks, _centres(tracks, players))
    return velocities(tracks.step[players], tracks.ids[players], places, tracks.rate)


def _ball_velocity(tracks: Tracks, path: np.ndarray, known: np.ndarray) -> np.ndarray:
    step = np.flatnonzero(known)
    places = _in_widths(tracks, path[step])
    result = np.zeros((tracks.steps, 2))
    result[step] = _known(velocities(step, np.zeros_like(step), places, tracks.rate), 0)
    return result.clip(-1, 1)


def _nearest(
    tracks: Tracks, players: np.ndarray, velocity: np.ndarray, path: np.ndarray
) -> np.ndarray:
    """Distance from the ball to the nearest player's box and his velocity `(steps, 3)`."""
    step, boxes = tracks.step[players], tracks.boxes[players].astype(np.float64)
    ball = path[step] * (tracks.width, tracks.height)
    away = np.maximum(boxes[:, :2] - ball, ball - boxes[:, 2:]).clip(min=0)
    distance = np.hypot(away[:, 0], away[:, 1])
    near = np.lexsort((distance, step))
    near = near[~np.isnan(distance[near])]
    where, first = np.unique(step[near], return_index=True)
    chosen = near[first]
    heights = np.maximum(boxes[chosen, 3] - boxes[chosen, 1], 1)
    result = np.tile([1.0, 0.0, 0.0], (tracks.steps, 1))
    result[where, 0] = (distance[chosen] / heights / HEIGHTS_AWAY).clip(max=1)
    result[where, 1:] = _known(velocity[chosen], 0).clip(-1, 1)
    return result


def _spread(tracks: Tracks, players: np.ndarray) -> np.ndarray:
    step, centres = tracks.step[players], _centres(tracks, players)
    middle = means(step, centres, tracks.steps)
    variance = means(step, (centres - middle[step]) ** 2, tracks.steps)
    spread: np.ndarray = 2 * np.sqrt(_known(variance, 0))
    return spread


def _mean_velocity(tracks: Tracks, players: np.ndarray, velocity: np.ndarray) -> np.ndarray:
    moving = ~np.isnan(velocity[:, 0])
    step = tracks.step[players[moving]]
    return _known(means(step, velocity[moving], tracks.steps), 0).clip(-1, 1)
