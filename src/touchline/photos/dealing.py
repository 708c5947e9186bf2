"""Groups that must stay whole in, a fair choice among them out.

A group is known by its name and how many photos of each class it holds. Groups are taken in the
order of the SHA-256 of a salt and their name, never by a random generator: a salt means the same
choice on every machine, with every version of every library.
"""

import hashlib
from collections import Counter
from collections.abc import Mapping

Groups = Mapping[str, Counter[str]]
"""By the group's name: how many photos of each class it holds."""


def nearest(groups: Groups, wanted: Mapping[str, int], salt: str) -> set[str]:
    """Groups whose photos of each class come near to the numbers wanted.

    Greedy: a group is taken where that brings the numbers nearer, so groups of one photo each give
    exactly the numbers wanted. Every class gets one group at least and leaves one at least, where
    its groups allow that.

    >>> singles = {name: Counter({"hero": 1}) for name in "abcde"}
    >>> len(nearest(singles, {"hero": 3}, salt="0"))
    3
    """
    order = _in_hash_order(groups, salt)
    missing = Counter(wanted)
    left = Counter(label for classes in groups.values() for label in classes)
    chosen: set[str] = set()

    def growth(group: str) -> int:
        """By how much taking the group moves the numbers away from those wanted."""
        return sum(abs(missing[c] - n) - abs(missing[c]) for c, n in groups[group].items())

    def leaves_some(group: str) -> bool:
        return all(left[label] > 1 for label in groups[group])

    def take(group: str) -> None:
        chosen.add(group)
        missing.subtract(groups[group])
        left.subtract(groups[group].keys())

    for group in order:
        if growth(group) < 0 and leaves_some(group):
            take(group)
    for label in sorted(wanted):
        if missing[label] == wanted[label]:  # none taken: each is larger than twice the number
            possible = [g for g in order if label in groups[g] and leaves_some(g)]
            if possible:
                take(min(possible, key=growth))
    return chosen


def dealt(groups: Groups, hands: int, salt: str) -> dict[str, int]:
    """Each group's hand, from 0: hands that are alike in their numbers of each class.

    The largest group first, equals in hash order, each to the hand where the sum over hands and
    classes of squared shares of a class grows least; among equals to the hand of fewest photos.
    Scikit-learn's `StratifiedGroupKFold` deals alike, by the spread of the shares. Groups of one
    photo each give hands whose numbers of a class differ by one at most; no hand is empty where
    there are as many groups as hands.
    """
    totals = Counter[str]()
    for classes in groups.values():
        totals.update(classes)
    held = [Counter[str]() for _ in range(hands)]
    sizes = [0] * hands
    result = {}
    for group in sorted(_in_hash_order(groups, salt), key=lambda name: -groups[name].total()):
        numbers = sorted(groups[group].items())
        # Twice this, plus what is the same for every hand, is the growth of the squared shares.
        growth = [sum(n * hand[c] / totals[c] ** 2 for c, n in numbers) for hand in held]
        _, _, hand = min(zip(growth, sizes, range(hands), strict=True))
        held[hand].update(groups[group])
        sizes[hand] += groups[group].total()
        result[group] = hand
    return result


def _in_hash_order(groups: Groups, salt: str) -> list[str]:
    return sorted(groups, key=lambda group: hashlib.sha256(f"{salt}/{group}".encode()).digest())
