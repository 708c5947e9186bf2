"""Bodies as many small four-cornered patches: tubes, balls, and marks that lie on a surface.

Everything drawn is a `Patches`; `touchline.demo.camera` projects, shades and paints them.
Corners are in metres (x right, y up, z towards the camera) and run so that the normal
(`corner 1 - corner 0` x `corner 3 - corner 0`) points outwards.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from touchline.demo.vectors import Floats, cross, unit

Surface = Callable[[Floats, Floats], Floats]
"""Two coordinates on a surface (across, up), arrays of one shape, to places: shape (..., 3)."""


@dataclass(frozen=True)
class Patches:
    """Many patches.

    Attributes:
        corners: shape (n, 4, 3), metres.
        colours: shape (n, 3), red, green and blue from 0 to 255, before the light falls on them.
        lift: shape (n,), metres by which a patch counts as nearer when deciding what hides what.
    """

    corners: Floats
    colours: Floats
    lift: Floats


def join(parts: Iterable[Patches]) -> Patches:
    """All patches of at least one part, in order."""
    corners, colours, lift = zip(*((p.corners, p.colours, p.lift) for p in parts), strict=True)
    return Patches(np.concatenate(corners), np.concatenate(colours), np.concatenate(lift))


def sheet(places: Floats, colours: ArrayLike, lift: float = 0.0) -> Patches:
    """A grid of places, shape (rows, columns, 3), as patches.

    Rows run up and columns anticlockwise seen from outside, so that normals point outwards.

    Args:
        places: the grid.
        colours: one colour, or one a patch: shape (rows - 1, columns - 1, 3).
        lift: see `Patches`.
    """
    low, high = places[:-1], places[1:]
    corners = np.stack([low[:, :-1], low[:, 1:], high[:, 1:], high[:, :-1]], axis=2)
    count = corners.shape[0] * corners.shape[1]
    tints = np.broadcast_to(np.asarray(colours, float), (*corners.shape[:2], 3))
    return Patches(corners.reshape(count, 4, 3), tints.reshape(count, 3), np.full(count, lift))


def tube(
    path: ArrayLike,
    radii: ArrayLike,
    colours: ArrayLike,
    front: ArrayLike | None = None,
    sides: int = 18,
    lift: float = 0.0,
) -> Patches:
    """A straight tube with an elliptical section.

    Args:
        path: the middle of each ring, shape (rings, 3); the tube runs from the first to the last.
        radii: of each ring, sideways and to the front: shape (rings, 2), or (rings,) when round.
        colours: one colour, or one a patch: shape (rings - 1, sides, 3).
        front: where the front of a flat tube points; None for a round one.
        sides: patches around; even, so that a mirrored tube has mirrored patches.
        lift: see `Patches`.
    """
    middle, radius = np.asarray(path, float), np.asarray(radii, float)
    if radius.ndim == 1:
        radius = np.stack([radius, radius], axis=1)
    side, forward = _frame(middle[-1] - middle[0], front)
    angles = np.linspace(-np.pi, np.pi, sides + 1)
    across = radius[:, :1] * np.sin(angles)
    ahead = radius[:, 1:] * np.cos(angles)
    places = middle[:, None] + across[..., None] * side + ahead[..., None] * forward
    return sheet(places, colours, lift)


def limb(
    start: Floats,
    end: Floats,
    profile: ArrayLike,
    colour: ArrayLike,
    front: ArrayLike | None = None,
    flat: float = 1.0,
    lift: float = 0.0,
) -> Patches:
    """A tube with round ends around a bone from `start` to `end`.

    Args:
        start: one end of the bone.
        end: the other.
        profile: radii in metres at even steps along the bone.
        colour: of the whole limb.
        front: where the front of a flat limb points; None for a round one.
        flat: the radius to the front in shares of the radius sideways.
        lift: see `Patches`.
    """
    radii = np.asarray(profile, float)
    bone = end - start
    length = float(np.linalg.norm(bone))
    caps = np.radians([1.0, 30.0, 60.0])
    along = np.concatenate(
        [
            -radii[0] * np.cos(caps) / length,
            np.linspace(0.0, 1.0, len(radii)),
            1.0 + radii[-1] * np.cos(caps[::-1]) / length,
        ]
    )
    widths = np.concatenate([radii[0] * np.sin(caps), radii, radii[-1] * np.sin(caps[::-1])])
    both = np.stack([widths, widths * flat], axis=1)
    return tube(start + along[:, None] * bone, both, colour, front, sides=16, lift=lift)


def ball(
    centre: Floats, radius: float, colours: Callable[[Floats], Floats], rows: int = 25
) -> Patches:
    """A ball whose colour follows the direction from its centre: shapes (..., 3) to (..., 3)."""
    heights = np.radians(np.linspace(-89.0, 89.0, rows))
    angles = np.linspace(-np.pi, np.pi, 2 * rows + 1)
    outward = np.stack(
        np.broadcast_arrays(
            np.cos(heights)[:, None] * np.sin(angles),
            np.sin(heights)[:, None],
            np.cos(heights)[:, None] * np.cos(angles),
        ),
        axis=-1,
    )
    middles = outward[:-1, :-1] + outward[1:, 1:]
    middles = middles / np.linalg.norm(middles, axis=-1, keepdims=True)
    return sheet(centre + radius * outward, colours(middles))


def spot(
    surface: Surface,
    centre: tuple[float, float],
    radii: tuple[float, float],
    colour: ArrayLike,
    lift: float,
) -> Patches:
    """An ellipse lying on a surface; `centre` and `radii` in the surface's own coordinates."""
    turns = np.linspace(-np.pi / 2, np.pi / 2, 9)
    across = np.broadcast_to(centre[0] + radii[0] * np.sin(turns), (2, 9))
    up = centre[1] + radii[1] * np.stack([-np.cos(turns), np.cos(turns)])
    return sheet(surface(across, up), colour, lift)


def bar(
    surface: Surface,
    start: tuple[float, float],
    end: tuple[float, float],
    colour: ArrayLike,
    lift: float,
) -> Patches:
    """A rectangle lying on a surface, from its lower left corner to its upper right one."""
    across, up = np.meshgrid(np.linspace(start[0], end[0], 4), np.linspace(start[1], end[1], 3))
    return sheet(surface(across, up), colour, lift)


def _frame(axis: Floats, front: ArrayLike | None) -> tuple[Floats, Floats]:
    """The sideways and forward directions of a tube along `axis`: right-handed with it."""
    if front is None:  # any will do; the world axis least along the tube is never parallel to it
        front = np.eye(3)[int(np.argmin(np.abs(axis)))]
    side = unit(cross(axis, np.asarray(front, float)))
    return side, unit(cross(side, axis))
