"""Made-up timelines, and what spoils them: jitter, duplicates, ties, gaps, times out of range."""

import math
from collections.abc import Sequence

import numpy as np

from touchline.spotting.events import Event


def spaced(generator: np.random.Generator, count: int, gap: float, seconds: float) -> np.ndarray:
    """Times that lie at least `gap` apart, filling `seconds`."""
    room = seconds - count * gap
    return np.sort(generator.uniform(0, room, count)) + gap * np.arange(count)


def match_of(
    classes: Sequence[str], *, seed: int, count: int = 200, halves: int = 2, unshown: float = 0.2
) -> list[Event]:
    """True events of the classes, earlier ones more frequent, some not shown."""
    generator = np.random.default_rng(seed)
    shares = 1 / np.arange(1, len(classes) + 1)
    return [
        Event(
            round(float(generator.uniform(0, 2800)), 3),
            str(generator.choice(classes, p=shares / shares.sum())),
            team="left" if generator.random() < 0.6 else "right",
            half=int(generator.integers(1, halves + 1)),
            visible=bool(generator.random() > unshown),
        )
        for _ in range(count)
    ]


def found_in(truth: Sequence[Event], classes: Sequence[str], *, seed: int) -> list[Event]:
    """Predictions as a middling detector makes them: 90 % found, half as many made up."""
    generator = np.random.default_rng(seed)
    found = []
    for event in truth:
        if generator.random() < 0.9:
            seconds = max(0.0, event.seconds + generator.normal(0, 0.4))
            found.append(
                Event(seconds, event.label, float(generator.beta(5, 3)), event.team, event.half)
            )
        if generator.random() < 0.5:
            label = str(generator.choice(classes))
            confidence = float(generator.beta(2, 5))
            found.append(
                Event(float(generator.uniform(0, 2900)), label, confidence, half=event.half)
            )
    return found


def spoilt(found: Sequence[Event], *, seed: int) -> list[Event]:
    """The same with ties, duplicates in one cell, odd confidences and times out of range."""
    generator = np.random.default_rng(seed)
    events = list(found)
    for event in generator.choice(np.array(found, dtype=object), len(found) // 3).tolist():
        confidence = float(generator.choice([0.02, 0.5, 0.5, event.confidence]))
        events.append(Event(event.seconds, event.label, confidence, event.team, event.half))
    events = [
        Event(each.seconds, each.label, round(each.confidence, 1), each.team, each.half)
        if generator.random() < 0.3 else each
        for each in events
    ]  # fmt: skip
    label = found[0].label
    odd = [0.0, 1.0, 1.5, math.inf, -0.3, math.nan, 5e-324, 0.005, 1 / 199]
    events += [Event(20.0 * number, label, each) for number, each in enumerate(odd)]
    # NaN and negative confidences written over predictions that stood there.
    events += [
        Event(e.seconds, e.label, odd[4 + n % 2], half=e.half) for n, e in enumerate(found[:6])
    ]
    out_of_range = [7199.99, 7200.0, 9000.0, 1e7, -0.001, -0.5, -30.0, -7200.0]
    events += [Event(each, label, 0.5 + n / 20) for n, each in enumerate(out_of_range)]
    events += [Event(10.0, "NO SUCH CLASS", 0.9)]
    order = generator.permutation(len(events))
    return [events[place] for place in order]
