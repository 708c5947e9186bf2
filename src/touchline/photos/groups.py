"""Which photos must stay together: groups that were given, joined with likenesses that were found.

Two photos are in one group where a chain of given groups and clusters leads from one to the other.
"""

from collections.abc import Iterable, Sequence

from touchline.photos.data import Photo


def groups_of(photos: Sequence[Photo], clusters: Iterable[Iterable[int]] = ()) -> tuple[str, ...]:
    """Each photo's group, in the order of `photos`, named by the first of its photos' names.

    Args:
        photos: photos, some perhaps with a `group` that was given.
        clusters: places in `photos` of near-duplicates or bursts; they may overlap.

    >>> from pathlib import Path
    >>> photos = [Photo(Path(name), name, group=g) for name, g in zip("abcd", ["", "x", "x", ""])]
    >>> groups_of(photos, clusters=[(0, 2)])
    ('a', 'a', 'a', 'd')
    """
    parent = list(range(len(photos)))

    def first(place: int) -> int:
        while parent[place] != place:
            parent[place] = parent[parent[place]]
            place = parent[place]
        return place

    def join(places: Iterable[int]) -> None:
        roots = sorted({first(place) for place in places}, key=lambda root: photos[root].name)
        for root in roots:
            parent[root] = roots[0]

    given: dict[str, list[int]] = {}
    for place, photo in enumerate(photos):
        if photo.group:
            given.setdefault(photo.group, []).append(place)
    for places in (*given.values(), *clusters):
        join(places)
    return tuple(photos[first(place)].name for place in range(len(photos)))
