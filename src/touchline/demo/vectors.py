"""Directions in space: x to the right in the picture, y up, z towards the camera."""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def unit(vector: Floats) -> Floats:
    """The direction of a vector that is not zero, with length 1.

    >>> unit(np.array([0.0, 3.0, 4.0]))
    array([0. , 0.6, 0.8])
    """
    direction: Floats = vector / np.linalg.norm(vector)
    return direction


def cross(first: Floats, second: Floats) -> Floats:
    """The cross product of two vectors of shape (3,); `numpy.cross` costs ten times as much here.

    >>> cross(np.array([1.0, 0.0, 0.0]), np.array([0.0, 1.0, 0.0]))
    array([0., 0., 1.])
    """
    (a, b, c), (x, y, z) = first.tolist(), second.tolist()
    return np.array([b * z - c * y, c * x - a * z, a * y - b * x])


def turned_right(degrees: float) -> Floats:
    """The rotation that turns a player who faces the camera towards the picture's right edge.

    >>> turned_right(90.0) @ np.array([0.0, 0.0, 1.0])
    array([1.000000e+00, 0.000000e+00, 6.123234e-17])
    """
    cosine, sine = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    return np.array([[cosine, 0.0, sine], [0.0, 1.0, 0.0], [-sine, 0.0, cosine]])


def lifted(degrees: float) -> Floats:
    """The rotation that lifts a face which looks at the camera."""
    cosine, sine = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    return np.array([[1.0, 0.0, 0.0], [0.0, cosine, sine], [0.0, -sine, cosine]])


def leant(degrees: float) -> Floats:
    """The rotation, seen from the camera, against the clock."""
    cosine, sine = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    return np.array([[cosine, -sine, 0.0], [sine, cosine, 0.0], [0.0, 0.0, 1.0]])
