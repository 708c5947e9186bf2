"""How long an epoch's order takes at the size of SoccerNet's training crops, and what it is like.

    python benchmarks/reid_sampler.py [--identities 161000]

Identities have 1, 2, 3 or 4 crops with probabilities .548, .335, .087 and .03, each in one of
9,181 actions (in proportion for the smaller sizes), 30 actions a match. Times are of several epochs
on one core; the peak of memory is that above the crops' own codes.
"""

import argparse
import statistics
import time
import tracemalloc

import numpy as np

from touchline.reid.crops import Codes
from touchline.reid.sampling.action_batches import action_batches

SIZES, CHANCES = (1, 2, 3, 4), (0.548, 0.335, 0.087, 0.03)
PEOPLE_AN_ACTION, ACTIONS_A_MATCH = 161_000 / 9_181, 30
EPOCHS = 5


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--identities", type=int, default=161_000)
    parser.add_argument("--people", type=int, default=16, help="P")
    parser.add_argument("--crops", type=int, default=2, help="K")
    arguments = parser.parse_args()
    for identities in (arguments.identities // 4, arguments.identities // 2, arguments.identities):
        crops, matches = soccernet_like(identities)
        seconds = []
        for epoch in range(EPOCHS):
            start = time.perf_counter()
            action_batches(crops, matches, arguments.people, arguments.crops, 0, epoch)
            seconds.append(time.perf_counter() - start)
        print(
            f"{identities} identities, {len(crops)} crops: {statistics.median(seconds):.2f} s an "
            f"epoch ({min(seconds):.2f} to {max(seconds):.2f})"
        )
    tracemalloc.start()
    batches = action_batches(crops, matches, arguments.people, arguments.crops, 0, 0)
    print(f"peak memory {tracemalloc.get_traced_memory()[1] / 2**20:.0f} MiB")
    tracemalloc.stop()
    describe(batches, crops, matches, arguments.people)


def soccernet_like(identities: int) -> tuple[Codes, np.ndarray]:
    """Codes of crops with SoccerNet's distribution, shuffled, and their matches."""
    rng = np.random.default_rng(0)
    actions = rng.integers(round(identities / PEOPLE_AN_ACTION), size=identities)
    counts = rng.choice(SIZES, size=identities, p=np.array(CHANCES) / sum(CHANCES))
    who = rng.permutation(np.repeat(np.arange(identities), counts))
    where = actions[who]
    return Codes(who, where, np.full(len(who), -1)), where // ACTIONS_A_MATCH


def describe(batches: list[np.ndarray], crops: Codes, matches: np.ndarray, people: int) -> None:
    """How many crops are used, how pure the batches are and what their crops are compared with."""
    used = np.concatenate(batches)
    print(
        f"{len(batches)} batches, {len(used)} crops: {1 - len(np.unique(used)) / len(used):.1%} "
        f"repeats, {len(used) / len(crops):.1%} of all crops used"
    )
    sizes = [len(np.unique(crops.identities[batch])) for batch in batches]
    print(f"of {people} people: {np.mean(np.array(sizes) == people):.1%} of the batches")
    actions = [len(np.unique(crops.actions[batch])) for batch in batches]
    spans = [len(np.unique(matches[batch])) for batch in batches]
    for most in (1, 2, 3):
        print(f"at most {most} actions: {np.mean(np.array(actions) <= most):.1%} of the batches")
    print(f"one match: {np.mean(np.array(spans) == 1):.1%} of the batches")
    anchors, negatives = [], []
    for batch in batches:
        who, where = crops.identities[batch], crops.actions[batch]
        same = who[:, None] == who[None]
        others = ((where[:, None] == where[None]) & ~same).sum(1)
        anchors.append((same.sum(1) > 1) & (others > 0))
        negatives.append(others[anchors[-1]])
    print(
        f"crops with a positive and a negative of their action: "
        f"{np.concatenate(anchors).mean():.1%}, with {np.concatenate(negatives).mean():.1f} such "
        "negatives each"
    )


if __name__ == "__main__":
    main()
