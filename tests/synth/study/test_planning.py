"""Settings, rounds and arms: what a study is going to do."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from touchline.errors import UsageError
from touchline.photos.data import Photo
from touchline.photos.split import holdout
from touchline.photos.split_file import write_split
from touchline.settings import as_yaml, resolve
from touchline.synth.config import SynthConfig
from touchline.synth.study.arms import added, arms_of, numbered
from touchline.synth.study.config import StudyConfig
from touchline.synth.study.rounds import plan_rounds

DATA = {"data": Path("data")}
PHOTOS = tuple(
    Photo(Path(f"{label}-{n:02}.png"), f"{label}-{n:02}.png", label, group=f"{label}-{n // 2}")
    for label in ("hero", "kick") for n in range(12)
)  # fmt: skip


def config(**changes: object) -> StudyConfig:
    return resolve(StudyConfig, None, DATA | changes)


class TestSettings:
    def test_nothing_added_is_always_among_the_ratios(self):
        assert config(ratios=(2, 0.5, 2)).ratios == (0, 0.5, 2)
        assert config().ratios == (0, 0.5, 1, 2, 4)

    @pytest.mark.parametrize("ratios", [(), (0,), (-1, 2), (17,), (float("nan"),)])
    def test_ratios_that_are_none_are_refused(self, ratios):
        with pytest.raises(UsageError, match="fitting value for 'ratios"):
            config(ratios=ratios)

    def test_only_one_scheme(self):
        with pytest.raises(
            UsageError, match=r"go together; found this in .*: choose one of shots and folds"
        ):
            config(shots=8, folds=5)

    def test_each_round_has_a_generator_of_its_own(self):
        settings = config(seed=3, size=128, shots=8)
        first, second = settings.generator_of(1), settings.generator_of(2)
        assert type(first) is SynthConfig
        assert (first.size, first.seed, second.seed, first.split) == (128, 3, 4, None)

    def test_the_classifier_shares_data_mirror_and_device(self):
        settings = config(device="cpu", seed=7, mirror={"mode": "none"})
        classifier = settings.photos_config()
        assert (classifier.data, classifier.device, classifier.seed) == (Path("data"), "cpu", 7)
        assert classifier.mirror.mode == "none"

    def test_its_file_gives_it_back(self, tmp_path):
        settings = config(folds=4, ratios=(1,))
        (tmp_path / "config.yaml").write_text(as_yaml(settings))
        assert resolve(StudyConfig, tmp_path / "config.yaml") == settings


class TestRounds:
    def test_shots_are_drawn_anew_each_time(self):
        plan = plan_rounds(config(shots=4, rounds=3), PHOTOS)
        assert [len(each.train) for each in plan.rounds] == [8] * 3
        assert len({tuple(each.train) for each in plan.rounds}) > 1
        assert "3 draws" in plan.scheme

    def test_folds_test_each_photo_once(self):
        plan = plan_rounds(config(folds=3), PHOTOS)
        tested = np.concatenate([each.test for each in plan.rounds])
        assert sorted(tested) == list(range(len(PHOTOS)))

    @pytest.mark.parametrize("scheme", [{"shots": 4}, {"folds": 4}, {}])
    def test_no_group_teaches_and_scores(self, scheme):
        for each in plan_rounds(config(**scheme), PHOTOS).rounds:
            sides = [{PHOTOS[p].group for p in places} for places in (each.train, each.judging)]
            assert sides[0].isdisjoint(sides[1])
            assert len(each.train) + len(each.test) == len(PHOTOS)

    def test_without_a_scheme_there_are_five_folds(self):
        assert len(plan_rounds(config(), PHOTOS).rounds) == 5

    def test_the_split_that_the_data_states_is_one_round(self):
        parts = ["train"] * 8 + ["valid"] * 2 + ["test"] * 2
        photos = [replace(each, split=part, group="") for each, part in zip(
            PHOTOS, parts * 2, strict=True)]  # fmt: skip
        (only,) = plan_rounds(config(), photos).rounds
        assert (len(only.train), len(only.validation), len(only.test)) == (16, 4, 4)
        assert set(only.judging) == set(only.validation) | set(only.test)

    def test_a_split_file_is_followed(self, tmp_path):
        split = holdout(PHOTOS, 0.25, 1)
        write_split(split, tmp_path / "split.csv")
        (only,) = plan_rounds(config(split=tmp_path / "split.csv"), PHOTOS).rounds
        assert tuple(only.test) == split.indices("test")


class TestArms:
    def test_each_ratio_is_tried_both_ways(self):
        names = [arm.name for arm in arms_of(config(ratios=(0, 0.5, 1)))]
        assert names == ["none", "synthetic-0.5", "synthetic-1", "augmented-0.5", "augmented-1",
                         "copies"]  # fmt: skip
        assert "copies" not in [arm.name for arm in arms_of(config(copies=False))]

    @given(
        st.lists(st.integers(0, 3), min_size=1, max_size=40),
        st.floats(0, 4), st.floats(0, 4),
    )  # fmt: skip
    def test_smaller_ratios_come_first_and_keep_the_mix(self, labels, one, other):
        real = np.array(labels)
        few, many = (added(real, ratio) for ratio in sorted((one, other)))
        assert many[: len(few)].tolist() == few.tolist()
        assert abs(len(many) - max(one, other) * len(real)) <= 0.5
        counts = np.bincount(many, minlength=len(real))
        assert counts.max() - counts.min() <= 1
        wanted = np.bincount(real) * len(many) / len(real)
        assert np.abs(np.bincount(real[many], minlength=len(wanted)) - wanted).max() <= 2

    def test_numbers_within_a_class_have_no_gap(self):
        assert numbered([1, 1, 0, 1]) == [(1, 0), (1, 1), (0, 0), (1, 2)]
