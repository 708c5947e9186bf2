"""A small study with a generator that learns: a StyleGAN of a few steps, and its scores."""

import pytest

from page_reader import PageReader
from quick_generators import tinted_world
from quick_studies import quick_config
from taught_generator import TINY
from touchline.settings import resolve
from touchline.synth.study.config import StudyConfig
from touchline.synth.study.report import describe
from touchline.synth.study.run import study

WORDS = [word for word in TINY if "=" in word]


@pytest.mark.usefixtures("quickly")
def test_a_study_with_a_real_generator_ends_in_an_answer(tmp_path, capsys):
    world = tinted_world(tmp_path / "photos", 6)
    settings = quick_config(world, tmp_path / "cache", rounds=1, ratios=(1,))
    config = resolve(StudyConfig, None, settings.model_dump(mode="json"), WORDS)
    run = study(config, tmp_path / "run")
    assert "by a rehearsal of" in capsys.readouterr().err
    (only,) = run.read_json("manifest.json")["rounds"]
    assert only["generator"]["images"] == 16
    assert 0 <= only["quality"]["right"]["value"] <= 1
    page = PageReader(run.file("report.html").read_text(encoding="utf-8"))
    assert not page.open
    assert not page.handlers
    assert "There was one round" in page.text
    assert "cannot be told" in describe(run)
