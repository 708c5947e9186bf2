"""Crops of an epoch as visits: up to K crops of one person, shown together once."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

Integers = NDArray[np.int64]


@dataclass(frozen=True)
class Visits:
    """Some crops of each person, in no order that means anything.

    Attributes:
        crops: indices of crops, those of one visit side by side.
        firsts: where in `crops` each visit begins, `(visits,)`.
        sizes: its number of crops, from 1 to K.
        actions: the action it is from, counted from 0.
        rounds: the round of the epoch it is in; nobody has two visits in one round.
    """

    crops: NDArray[np.intp]
    firsts: Integers
    sizes: Integers
    actions: Integers
    rounds: Integers

    def __len__(self) -> int:
        return len(self.firsts)

    @property
    def paired(self) -> NDArray[np.bool_]:
        """Which visits hold a positive pair."""
        return self.sizes >= 2

    def take(self, chosen: NDArray[np.intp] | NDArray[np.bool_]) -> "Visits":
        """Some of the visits."""
        return Visits(
            self.crops, self.firsts[chosen], self.sizes[chosen],
            self.actions[chosen], self.rounds[chosen],
        )  # fmt: skip


def draw_visits(
    identities: Integers, actions: Integers, crops_each: int, rng: np.random.Generator
) -> Visits:
    """The visits of an epoch, shuffled.

    The crops of a person are shuffled and cut into visits of `crops_each`; the last may be smaller.
    The first visit is of round 0, the second of round 1, and so on. A person with one crop teaches
    only as somebody else, so it comes in any round in which its action has a pair. What is in a
    round where its action has no pair, or nobody else, rests for this epoch: it has nothing to
    teach. Chance decides anew in every epoch which crops these are.

    Args:
        identities: who is on each crop; crops of -1 are left out, for nobody knows who they are.
        actions: the action of each crop; -1 is one like the others.
        crops_each: K, at least 2.
        rng: decides everything.
    """
    order = rng.permutation(np.flatnonzero(identities >= 0))
    order = order[np.lexsort((identities[order], actions[order]))]
    who, where = identities[order], actions[order]
    place, count = places_in_runs(who, where)
    firsts = np.flatnonzero(place % crops_each == 0)
    visits = Visits(
        crops=order,
        firsts=firsts,
        sizes=np.diff(firsts, append=len(order)),
        actions=np.unique(where[firsts], return_inverse=True)[1],
        rounds=place[firsts] // crops_each,
    )
    visits = _with_lone_people_dealt(visits, count[firsts] == 1, rng)
    return visits.take(rng.permutation(np.flatnonzero(can_teach(visits))))


def can_teach(visits: Visits) -> NDArray[np.bool_]:
    """Which visits are in a round of their action that holds a pair and at least two people."""
    actions = int(visits.actions.max(initial=-1)) + 1
    hand = visits.rounds * actions + visits.actions
    people = np.unique(hand, return_inverse=True)[1]
    pairs = np.bincount(people, weights=visits.paired)
    return np.asarray((np.bincount(people)[people] >= 2) & (pairs[people] >= 1))


def places_in_runs(*columns: Integers) -> tuple[Integers, Integers]:
    """For sorted rows: the place of each among its equals, from 0, and how many equals there are.

    >>> places_in_runs(np.array([7, 7, 9, 9, 9]))
    (array([0, 1, 0, 1, 2]), array([2, 2, 3, 3, 3]))
    """
    changes = np.zeros(len(columns[0]), dtype=bool)
    changes[:1] = True
    for column in columns:
        changes[1:] |= column[1:] != column[:-1]
    starts = np.flatnonzero(changes)
    lengths = np.diff(starts, append=len(changes))
    return np.arange(len(changes)) - np.repeat(starts, lengths), np.repeat(lengths, lengths)


def _with_lone_people_dealt(
    visits: Visits, lone: NDArray[np.bool_], rng: np.random.Generator
) -> Visits:
    """People with one crop, dealt to the rounds in which their action has a pair."""
    rounds_with_pairs = np.zeros(int(visits.actions.max(initial=-1)) + 1, dtype=np.int64)
    paired = visits.paired
    np.maximum.at(rounds_with_pairs, visits.actions[paired], visits.rounds[paired] + 1)
    rounds = visits.rounds.copy()
    chances = rng.random(int(lone.sum()))
    rounds[lone] = (chances * rounds_with_pairs[visits.actions[lone]]).astype(np.int64)
    return replace(visits, rounds=rounds)
