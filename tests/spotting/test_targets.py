import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from touchline.errors import UsageError
from touchline.spotting.events import Event
from touchline.spotting.targets import (
    Targets,
    clip_targets,
    mirror_targets,
    mirrored_order,
    mix_targets,
)

RATE = 10.0
CLASSES = ("PASS", "DRIVE")
ORDERS = [mirrored_order(CLASSES)]


def targets_of(*events: Event, first: int = 0, steps: int = 10, **changes: int) -> Targets:
    settings = {"dilation": 1, "radius": 2} | changes
    return clip_targets(
        events, first, steps, RATE, (CLASSES,), 0, settings["dilation"], settings["radius"]
    )


def labels(targets: Targets) -> list[int]:
    return targets.classes.argmax(dim=1).tolist()


def test_an_event_labels_its_surroundings_and_gives_the_offset_with_parts_of_a_step() -> None:
    found = targets_of(Event(0.42, "DRIVE"))
    assert labels(found) == [0, 0, 0, 2, 2, 2, 0, 0, 0, 0]
    assert found.near.tolist() == [0, 0, 1, 1, 1, 1, 1, 0, 0, 0]
    expected = torch.tensor([0, 0, 2.2, 1.2, 0.2, -0.8, -1.8, 0, 0, 0])
    torch.testing.assert_close(found.offset, expected)
    assert found.team.sum() == 0
    assert found.second is None


def test_a_clip_counts_from_its_first_step() -> None:
    event = Event(100.42, "DRIVE", team="left")
    late, early = targets_of(event, first=1000), targets_of(Event(0.42, "DRIVE", team="left"))
    for ours, theirs in zip(late._values(), early._values(), strict=True):
        torch.testing.assert_close(ours, theirs, rtol=0, atol=1e-4)


def test_events_just_outside_a_clip_reach_into_it() -> None:
    found = targets_of(Event(0.9, "PASS"), Event(2.1, "DRIVE"), first=10, dilation=2)
    assert labels(found) == [1, 1, 0, 0, 0, 0, 0, 0, 0, 2]
    assert found.offset.tolist() == pytest.approx([-1, -2, 0, 0, 0, 0, 0, 0, 0, 2], abs=1e-5)


def test_a_clip_without_events_is_background() -> None:
    found = targets_of(Event(50.0, "PASS"))
    assert found.classes[:, 0].eq(1).all()
    assert found.near.sum() == found.offset.abs().sum() == found.team.sum() == 0


def test_the_nearest_event_wins_and_of_two_as_near_the_earlier() -> None:
    found = targets_of(Event(0.2, "PASS"), Event(0.6, "DRIVE"), dilation=4, radius=4)
    assert labels(found) == [1, 1, 1, 1, 1, 2, 2, 2, 2, 2]
    torch.testing.assert_close(found.offset, torch.tensor([2.0, 1, 0, -1, -2, 1, 0, -1, -2, -3]))


def test_different_classes_at_one_step_share_it() -> None:
    found = targets_of(
        Event(0.40, "PASS", team="left"), Event(0.42, "DRIVE"), Event(0.41, "PASS", team="right")
    )
    torch.testing.assert_close(found.classes[4], torch.tensor([0, 0.5, 0.5]))
    torch.testing.assert_close(found.team[4], torch.tensor([0.5, 0.5]))
    assert float(found.offset[4]) == pytest.approx(0.1)


def test_the_team_is_known_where_the_class_is() -> None:
    found = targets_of(Event(0.4, "PASS", team="right"), Event(0.8, "DRIVE"))
    assert found.team[:, 0].sum() == 0
    assert found.team[:, 1].tolist() == [0, 0, 0, 1, 1, 1, 0, 0, 0, 0]


def test_labels_outside_the_set_are_background() -> None:
    found = targets_of(Event(0.4, "HEADER", team="left"))
    assert found.classes[:, 0].eq(1).all()
    assert found.near.sum() == found.team.sum() == 0


def test_a_clip_of_the_second_label_set_says_nothing_of_the_first() -> None:
    sets = (CLASSES, ("Goal",))
    found = clip_targets([Event(0.4, "Goal")], 0, 10, RATE, sets, 1, 1, 2)
    assert found.second is not None
    assert found.classes.shape == (10, 3)
    assert found.classes.sum() == 0
    assert found.second[:, 1].tolist() == [0, 0, 0, 1, 1, 1, 0, 0, 0, 0]
    assert found.near.sum() == 5
    first = clip_targets([Event(0.4, "PASS")], 0, 10, RATE, sets, 0, 1, 2)
    assert first.second is not None
    assert first.second.sum() == 0
    stacked = Targets.stack([found, first])
    assert stacked.second is not None
    assert stacked.second.shape == (2, 10, 2)


events_strategy = st.lists(
    st.builds(
        Event, st.floats(0, 4), st.sampled_from([*CLASSES, "OTHER"]), st.just(1.0),
        st.sampled_from(["left", "right", ""]),
    ), max_size=8,
)  # fmt: skip


@given(events=events_strategy, first=st.integers(-5, 40), dilation=st.integers(0, 5))
def test_shares_sum_to_one_and_an_event_is_labelled_where_it_stands(
    events: list[Event], first: int, dilation: int
) -> None:
    found = targets_of(*events, first=first, dilation=dilation)
    torch.testing.assert_close(found.classes.sum(dim=1), torch.ones(10))
    assert set(found.team.sum(dim=1).round(decimals=5).tolist()) <= {0.0, 1.0}
    assert (found.offset.abs() <= found.near * 2.51).all()
    for event in events:
        row = round(event.seconds * RATE) - first
        if event.label in CLASSES and 0 <= row < 10 and abs(event.seconds * RATE % 1 - 0.5) > 1e-3:
            assert found.classes[row, 1 + CLASSES.index(event.label)] > 0
            assert found.classes[row, 0] == 0


@given(events=events_strategy)
def test_mirroring_swaps_the_teams_and_nothing_else(events: list[Event]) -> None:
    swapped = [
        Event(e.seconds, e.label, team={"left": "right", "right": "left", "": ""}[e.team])  # type: ignore[arg-type]
        for e in events
    ]
    mirrored, expected = mirror_targets(targets_of(*events), ORDERS), targets_of(*swapped)
    for ours, theirs in zip(mirrored._values(), expected._values(), strict=True):
        assert torch.equal(ours, theirs)


def test_classes_that_name_a_side_swap_with_their_partner() -> None:
    classes = ("PASS-left", "Left corner", "PASS-right", "Right corner", "LEFTOVER")
    order = mirrored_order(classes)
    assert [classes[place] for place in order] == [
        "PASS-right", "Right corner", "PASS-left", "Left corner", "LEFTOVER",
    ]  # fmt: skip
    event, other = Event(0.5, "PASS-left"), Event(0.5, "PASS-right")
    of = [clip_targets([e], 0, 10, RATE, (classes,), 0, 1, 2) for e in (event, other)]
    assert torch.equal(mirror_targets(of[0], [order]).classes, of[1].classes)


def test_the_second_label_set_has_an_order_of_its_own() -> None:
    sets = (("PASS",), ("OUT right", "OUT left"))
    targets = clip_targets([Event(0.5, "OUT left")], 0, 10, RATE, sets, 1, 1, 2)
    mirrored = mirror_targets(targets, [mirrored_order(classes) for classes in sets])
    assert mirrored.second is not None
    assert mirrored.second.argmax(dim=1).tolist() == [0, 0, 0, 0, 1, 1, 1, 0, 0, 0]


def test_a_side_without_its_partner_is_refused() -> None:
    with pytest.raises(UsageError, match="the class 'PASS-right', which 'PASS-left' is in a mirr"):
        mirrored_order(["PASS-left", "GOAL"])


def batch() -> Targets:
    clips = [
        targets_of(Event(0.42, "DRIVE", team="left")), targets_of(Event(0.5, "PASS")), targets_of()
    ]  # fmt: skip
    return Targets.stack(clips)


def test_mixup_mixes_every_target_by_the_same_share() -> None:
    both, partner = batch(), torch.tensor([1, 0, 2])
    mixed = mix_targets(both, 0.7, partner)
    for name in ("classes", "near", "team"):
        own = getattr(both, name)
        torch.testing.assert_close(getattr(mixed, name), 0.7 * own + 0.3 * own[partner])
    torch.testing.assert_close(mixed.offset[0, 4], torch.tensor(0.7 * 0.2 + 0.3 * 1.0))
    # Only the partner is near an event here, so its offset stands whole, with its weight.
    torch.testing.assert_close(mixed.offset[0, 7], torch.tensor(-2.0))
    torch.testing.assert_close(mixed.near[0, 7], torch.tensor(0.3))
    assert mixed.offset.isfinite().all()


@pytest.mark.parametrize("share", [0.0, 1.0])
def test_a_whole_share_is_one_of_the_two(share: float) -> None:
    both, partner = batch(), torch.tensor([1, 2, 0])
    expected = both if share else both.take(partner)
    for ours, theirs in zip(
        mix_targets(both, share, partner)._values(), expected._values(), strict=True
    ):
        torch.testing.assert_close(ours, theirs)


def test_mixing_label_sets_leaves_each_its_share() -> None:
    sets = (CLASSES, ("Goal",))
    own = clip_targets([Event(0.4, "PASS")], 0, 10, RATE, sets, 0, 1, 2)
    other = clip_targets([Event(0.4, "Goal")], 0, 10, RATE, sets, 1, 1, 2)
    mixed = mix_targets(Targets.stack([own, other]), 0.75, torch.tensor([1, 0]))
    assert mixed.second is not None
    torch.testing.assert_close(mixed.classes[0].sum(dim=1), torch.full((10,), 0.75))
    torch.testing.assert_close(mixed.second[0].sum(dim=1), torch.full((10,), 0.25))


def test_targets_move_to_a_device() -> None:
    moved = batch().to(torch.device("meta"))
    assert {value.device.type for value in moved._values()} == {"meta"}
