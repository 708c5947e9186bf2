import io

import pytest
import torch

from touchline.errors import EnvironmentMissingError, UsageError
from touchline.synth import generators
from touchline.synth.lora.trainee import make_trainee
from untaught_pipeline import lora_config, save_pipeline

CLASSES = ("kick-l", "kick-r")
CPU = torch.device("cpu")
LABELS = torch.tensor([0, 1])


def photos(seed=0):
    chance = torch.Generator().manual_seed(seed)
    return torch.randint(256, (2, 3, 64, 64), dtype=torch.uint8, generator=chance)


def trainee_of(folder, precision=torch.float32, **settings):
    return make_trainee(lora_config(folder, **settings), CLASSES, CPU, precision)


def same(first, second):
    return first.keys() == second.keys() and all(torch.equal(first[n], second[n]) for n in first)


def frozen(trainee):
    """Copies of all tensors but the adapters'."""
    adapted = trainee._adapted
    states = {"unet": adapted.unet.state_dict(), "vae": adapted.vae.state_dict()}
    return {
        f"{part} {name}": tensor.clone()
        for part, state in states.items()
        for name, tensor in state.items()
        if "lora_" not in name
    }


@pytest.mark.parametrize("precision", [torch.float32, torch.bfloat16])
def test_the_loss_of_the_same_noise_falls(untaught, precision):
    trainee = trainee_of(untaught, precision, learning_rate=0.03)
    before = trainee.step(photos(), LABELS, 0)["loss"]
    for seed in range(1, 9):
        trainee.step(photos(), LABELS, seed)
    assert trainee.step(photos(), LABELS, 0)["loss"] < 0.95 * before


def test_the_velocity_is_learnt_where_the_pipeline_predicts_it(untaught, tmp_path):
    folder = save_pipeline(tmp_path / "velocity", prediction="v_prediction")
    losses = [trainee_of(f).step(photos(), LABELS, 0)["loss"] for f in (untaught, folder)]
    assert losses[0] != losses[1]


def test_only_the_adapters_change_and_they_are_small(untaught):
    trainee = trainee_of(untaught)
    before, adapters = frozen(trainee), trainee.weights()
    trainee.step(photos(), LABELS, 0)
    trainee.step(photos(), LABELS, 1)
    trainee.sample([0], [0])
    assert same(before, frozen(trainee))
    assert not any(torch.equal(t, adapters[n]) for n, t in trainee.weights().items())
    kept, all_of_it = (
        sum(tensor.nbytes for tensor in tensors.values()) for tensors in (adapters, before)
    )
    assert kept < all_of_it / 20
    assert all(t.is_contiguous() and t.dtype == torch.float32 for t in adapters.values())


def test_untaught_adapters_change_no_sample_and_taught_ones_do(untaught):
    trainee = trainee_of(untaught, learning_rate=0.03)
    of_random_ranks = trainee_of(untaught, rank=3)
    before = trainee.sample([0], [7])
    assert torch.equal(before, of_random_ranks.sample([0], [7]))
    trainee.step(photos(), LABELS, 0)
    assert not torch.equal(before, trainee.sample([0], [7]))


def test_resumed_learning_equals_uninterrupted_learning_bit_for_bit(untaught):
    whole = trainee_of(untaught)
    for seed in range(4):
        whole.step(photos(seed), LABELS, seed)
    first = trainee_of(untaught)
    for seed in range(2):
        first.step(photos(seed), LABELS, seed)
    content = io.BytesIO()
    torch.save(first.state(), content)
    content.seek(0)
    second = trainee_of(untaught)
    second.restore(torch.load(content, weights_only=True))
    for seed in range(2, 4):
        second.step(photos(seed), LABELS, seed)
    assert same(whole.weights(), second.weights())
    moments = [t.state()["optimiser"]["state"][0]["exp_avg_sq"] for t in (whole, second)]
    assert torch.equal(*moments)


def test_a_state_stays_as_it_was_when_learning_goes_on(untaught):
    trainee = trainee_of(untaught)
    trainee.step(photos(), LABELS, 0)
    state = trainee.state()
    before = io.BytesIO()
    torch.save(state, before)
    trainee.step(photos(), LABELS, 1)
    after = io.BytesIO()
    torch.save(state, after)
    assert before.getvalue() == after.getvalue()


def test_a_state_of_another_rank_is_refused(untaught):
    state = trainee_of(untaught, rank=2).state()
    with pytest.raises(UsageError, match=r"adapters of the pipeline and rank.*not \(8, 16\)"):
        trainee_of(untaught).restore(state)


def test_all_chance_comes_from_the_seed(untaught):
    found = []
    for outside in (1, 2):
        trainee = trainee_of(untaught)
        torch.manual_seed(outside)
        before = torch.get_rng_state()
        trainee.step(photos(), LABELS, 3)
        trainee.sample([0], [0])
        assert torch.equal(before, torch.get_rng_state())
        found.append(trainee.weights())
    assert same(*found)
    other = trainee_of(untaught)
    other.step(photos(), LABELS, 4)
    assert not same(found[0], other.weights())


def test_memory_options_but_the_optimiser_s_change_nothing_that_is_learnt(untaught):
    found = []
    for on in (True, False):
        trainee = trainee_of(untaught, gradient_checkpointing=on, cpu_offload=on, vae_tiling=on)
        figures = [trainee.step(photos(), LABELS, seed)["loss"] for seed in range(2)]
        found.append(figures)
    assert found[0] == pytest.approx(found[1], rel=1e-5)


def test_the_words_of_the_class_are_heard_unless_they_are_dropped(untaught):
    losses = {
        dropout: [
            trainee_of(untaught, prompt_dropout=dropout).step(photos(), labels, 0)["loss"]
            for labels in (LABELS, LABELS.flip(0))
        ]
        for dropout in (0.0, 0.999999)
    }
    assert losses[0.0][0] != losses[0.0][1]
    assert losses[0.999999][0] == losses[0.999999][1]


def test_the_text_encoder_is_let_go_of(untaught):
    adapted = trainee_of(untaught)._adapted
    assert adapted.embeddings.shape == (3, 77, 16)
    assert not hasattr(adapted, "text_encoder")


def test_more_steps_than_the_noise_has_are_refused(untaught):
    with pytest.raises(UsageError, match=r"at most the 1000 steps .*; found 1001"):
        trainee_of(untaught, sample_steps=1001)


def test_the_generator_is_found_by_its_name(untaught):
    trainee = generators.make_trainee(lora_config(untaught), CLASSES, CPU, torch.float32)
    assert set(trainee.step(photos(), LABELS, 0)) == {"loss", "gradient"}


def test_a_missing_pipeline_is_no_traceback(tmp_path):
    with pytest.raises(EnvironmentMissingError, match="nothing at"):
        trainee_of(tmp_path / "nowhere")
