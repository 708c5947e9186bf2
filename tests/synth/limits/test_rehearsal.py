from pathlib import Path

import pytest

from small_trainees import BYTES_A_PHOTO, generator
from touchline.errors import EnvironmentMissingError, UsageError
from touchline.synth.config import SynthConfig
from touchline.synth.generators import GENERATORS
from touchline.synth.limits.process_memory import LINUX, footprint
from touchline.synth.limits.promises import require_feasible
from touchline.synth.limits.rehearsal import DoesNotFitError, rehearse
from touchline.synth.limits.rehearsing import period


def config_of(batch: int, **limits: int) -> SynthConfig:
    training = {"batch_size": batch, "images": 1000, "score_samples": 16}
    return SynthConfig(
        data=Path("photos"), generator="diffusion", device="cpu", training=training, limits=limits
    )


def of_small(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setitem(GENERATORS, "diffusion", generator(name))


def test_a_rehearsal_measures(monkeypatch: pytest.MonkeyPatch) -> None:
    of_small(monkeypatch, "make_trainee")
    batch = 32
    found = rehearse(config_of(batch), ("a-l", "a-r"), 100, "small_trainees:score")
    assert (found.photo_count, found.classes, found.steps, found.whole) == (100, 2, 3, True)
    assert 4000 < found.weights_bytes < 6000
    assert found.weights_bytes < found.state_bytes < 20_000
    assert found.step_seconds > 0
    assert found.memory > batch * BYTES_A_PHOTO
    assert found.scoring_seconds > 0


@pytest.mark.skipif(not LINUX, reason="only Linux has a wall that memory runs into")
def test_the_nearest_setting_that_fits_is_named_and_fits(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    of_small(monkeypatch, "make_trainee")
    limit = footprint().resident + (500 << 20)
    with pytest.raises(
        UsageError,
        match=r"of memory; found one that needs more\. .* fits: training\.batch_size=64$",
    ):
        require_feasible(config_of(128, memory=limit), ("a",), tmp_path)  # 512 MB a step
    fitting = require_feasible(config_of(64, memory=limit), ("a",), tmp_path)
    assert fitting.memory <= limit


@pytest.mark.skipif(not LINUX, reason="only Linux has a wall that memory runs into")
def test_libraries_that_do_not_fit_are_told_at_once() -> None:
    with pytest.raises(
        UsageError, match=r"the .* that the libraries alone take; found .* for learning"
    ):
        rehearse(config_of(4, memory=100 << 20), ("a",))


def test_what_the_generator_refuses_is_told_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    of_small(monkeypatch, "make_refusing")
    with pytest.raises(EnvironmentMissingError, match=r"Wanted weights; found none\. Fetch them"):
        rehearse(config_of(4), ("a",))


def test_a_process_that_ends_by_itself_ran_out_of_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    of_small(monkeypatch, "make_aborting")
    with pytest.raises(DoesNotFitError, match="within the machine's memory; found one that needs"):
        rehearse(config_of(4), ("a",))


def test_a_fault_of_ours_is_no_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    of_small(monkeypatch, "make_broken")
    with pytest.raises(RuntimeError, match="a fault of ours"):
        rehearse(config_of(4), ("a",))


def test_the_rarest_kind_of_step_decides_how_many_are_taken() -> None:
    plain = SynthConfig(data=Path("photos"))
    style = {"r1_interval": 2, "path_interval": 8, "ada_interval": 3, "path_weight": 2.0}
    assert period(plain.model_copy(update={"generator": "lora"})) == 1
    assert period(SynthConfig(data=Path("photos"), stylegan=style)) == 8
    assert period(SynthConfig(data=Path("photos"), stylegan={**style, "path_weight": 0.0})) == 3
