import pytest
import torch

from touchline.errors import UsageError
from touchline.photos.mirror import MirrorMap, pair_classes
from touchline.settings import resolve
from touchline.synth.config import LoraSettings
from touchline.synth.lora.pipeline import load_pipeline
from touchline.synth.lora.prompts import embed, prompts_of, words_of

POSES = ("Hero", "HandsOnHips-90-deg-l", "HandsOnHips-90deg-r", "kick_l", "kick_r")


def test_names_become_words_with_their_sides_written_out():
    assert list(words_of(pair_classes(POSES)).values()) == [
        "hero", "hands on hips 90 deg left", "hands on hips 90deg right", "kick left",
        "kick right",
    ]  # fmt: skip


def test_a_letter_that_names_no_side_stays_a_letter():
    assert words_of(pair_classes(("pitch-a", "pitch-l", "pitch-r")))["pitch-l"] == "pitch l"


def test_a_class_without_partner_still_says_its_side():
    assert words_of(pair_classes(("kick-l", "Hero")))["kick-l"] == "kick left"


def test_a_class_said_to_have_no_side_has_none_in_words():
    mirror = pair_classes(("football-r", "Hero"), none=("football-r",))
    assert words_of(mirror)["football-r"] == "football r"


def test_stated_words_outrank_the_name_and_braces_are_left_alone():
    mirror = pair_classes(POSES)
    prompts = prompts_of(mirror, "{x} {label}, {label}", {"Hero": "arms up"})
    assert prompts[0] == "{x} arms up, arms up"
    assert prompts[3] == "{x} kick left, kick left"


def test_words_for_an_unknown_class_are_refused_with_the_nearest():
    with pytest.raises(UsageError, match=r"lora\.words; found 'kick-l'.*'kick_l'"):
        prompts_of(pair_classes(POSES), "{label}", {"kick-l": "x"})


def test_two_classes_with_one_prompt_are_refused():
    with pytest.raises(UsageError, match=r"'a kick' for both 'kick' and 'Kick'"):
        prompts_of(MirrorMap.plain(("kick", "Kick")), "a {label}", {})


def test_a_sentence_without_the_label_is_refused():
    with pytest.raises(UsageError, match=r"'prompt' .*\{label\} where the class belongs"):
        resolve(LoraSettings, words=["prompt=a photo"])


def test_embeddings_are_of_each_prompt_alone_and_of_no_words_last(untaught):
    pipeline = load_pipeline(str(untaught), torch.float32)
    both, one = embed(pipeline, ["a kick", "a hero"]), embed(pipeline, ["a hero"])
    assert both.shape == (3, 77, 16)
    assert torch.equal(both[1:], one)
    assert not torch.equal(both[0], both[1])


def test_a_prompt_that_would_be_cut_off_is_refused(untaught):
    pipeline = load_pipeline(str(untaught), torch.float32)
    assert len(embed(pipeline, ["k" * 75])) == 2
    with pytest.raises(UsageError, match=r"at most 77 tokens; found 78 in 'kkk"):
        embed(pipeline, ["k" * 76])
