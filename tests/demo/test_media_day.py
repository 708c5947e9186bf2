from collections import Counter, defaultdict
from datetime import timedelta
from itertools import pairwise

import pytest

from touchline.demo.media_day import MediaDay, inbox_shots, labelled_shots
from touchline.demo.poses import POSES
from touchline.errors import UsageError

DAY = MediaDay()


def test_every_class_has_its_number_of_photos_and_all_players():
    shots = labelled_shots(DAY)
    assert Counter(shot.pose for shot in shots) == dict.fromkeys(POSES, 24)
    for pose in POSES:
        players = Counter(shot.player for shot in shots if shot.pose == pose)
        assert players == dict.fromkeys(range(6), 4)


def test_no_two_photos_share_a_name_or_a_picture():
    labelled, inbox = labelled_shots(DAY), inbox_shots(DAY)
    names = [shot.name for shot in labelled + inbox]
    pictures = [(s.pose, s.player, s.index, s.burst_frame) for s in labelled + inbox]
    assert len(set(names)) == len(set(pictures)) == 17 * 24 + 120
    assert all(shot.name.startswith(f"{shot.group}_") for shot in labelled + inbox)


@pytest.mark.parametrize(
    ("more", "shots_of"),
    [
        (MediaDay(per_class=30), labelled_shots),
        (MediaDay(per_class=24, unlabelled=0), labelled_shots),
        (MediaDay(unlabelled=300), inbox_shots),
        (MediaDay(per_class=1, unlabelled=120), inbox_shots),
    ],
)
def test_more_photos_add_shots_and_change_none(more, shots_of):
    assert set(shots_of(DAY)) <= set(shots_of(more))


def test_more_players_change_no_shot_they_share():
    few, many = labelled_shots(MediaDay(players=3)), labelled_shots(MediaDay(players=6))
    shared = {shot for shot in few if shot.index + shot.burst_frame < 4}
    assert shared <= set(many)


def test_another_seed_makes_other_bursts():
    assert labelled_shots(DAY) != labelled_shots(MediaDay(seed=1))


@pytest.mark.parametrize("shots_of", [labelled_shots, inbox_shots])
def test_a_burst_is_of_one_pose_and_player_0_3_seconds_apart(shots_of):
    bursts = defaultdict(list)
    for shot in shots_of(DAY):
        bursts[shot.pose, shot.player, shot.index].append(shot)
    assert 0.05 < sum(len(b) > 1 for b in bursts.values()) / len(bursts) < 0.5
    for burst in bursts.values():
        assert [shot.burst_frame for shot in burst] == list(range(len(burst)))
        assert len({shot.orientation for shot in burst}) == 1
        for earlier, later in pairwise(burst):
            assert later.taken - earlier.taken == timedelta(seconds=0.3)


def test_other_photos_of_a_player_are_seconds_apart():
    firsts = defaultdict(list)
    for shot in labelled_shots(DAY):
        if not shot.burst_frame:
            firsts[shot.player].append(shot.taken)
    for times in firsts.values():
        ordered = sorted(times)
        gaps = [b - a for a, b in pairwise(ordered)]
        assert min(gaps) >= timedelta(seconds=4)


def test_some_photos_are_stored_turned_each_way():
    assert {shot.orientation for shot in labelled_shots(DAY)} == {1, 3, 6, 8}


@pytest.mark.parametrize(
    ("wish", "message"),
    [
        ({"players": 0}, "at least 1 for --players; found 0"),
        ({"per_class": 0}, "at least 1 for --per-class; found 0"),
        ({"unlabelled": -1}, "at least 0 for --unlabelled; found -1"),
        ({"seed": -1}, "at least 0 for --seed; found -1"),
        ({"size": (10, 10)}, "from 64 to 4096 pixels; found 10x10"),
    ],
)
def test_a_number_out_of_range_is_refused(wish, message):
    with pytest.raises(UsageError, match=message):
        MediaDay(**wish)


def test_the_least_day():
    day = MediaDay(players=1, per_class=1, unlabelled=0)
    assert len(labelled_shots(day)) == 17
    assert inbox_shots(day) == []
