import pytest
import torch
from safetensors.torch import save_file

from touchline.errors import UsageError
from touchline.synth import generators
from touchline.synth.diffusers_package import from_diffusers
from touchline.synth.lora.sampling import load_sampler
from touchline.synth.lora.trainee import make_trainee
from untaught_pipeline import lora_config, save_pipeline

CLASSES = ("kick-l", "kick-r")
CPU = torch.device("cpu")


def taught(config, path, steps=2):
    """A trainee that has learnt a little; its weights are at the path."""
    trainee = make_trainee(config, CLASSES, CPU, torch.float32)
    pixels = torch.randint(256, (2, 3, 64, 64), generator=torch.Generator().manual_seed(0))
    for seed in range(steps):
        trainee.step(pixels.to(torch.uint8), torch.tensor([0, 1]), seed)
    save_file(trainee.weights(), path)
    return trainee


def test_a_photo_depends_on_its_own_class_and_seed_only(untaught, tmp_path):
    trainee = taught(lora_config(untaught, learning_rate=0.03), tmp_path / "weights")
    photos = trainee.sample([0, 1, 0, 1], [5, 5, 6, 2**40])
    assert photos.shape == (4, 3, 64, 64)
    assert photos.dtype == torch.uint8
    for place, (label, seed) in enumerate([(0, 5), (1, 5), (0, 6), (1, 2**40)]):
        assert torch.equal(photos[place : place + 1], trainee.sample([label], [seed]))
    assert len({photo.numpy().tobytes() for photo in photos}) == 4
    assert trainee.sample([], []).shape == (0, 3, 64, 64)


def test_a_sampler_from_the_file_makes_what_the_trainee_makes(untaught, tmp_path):
    config = lora_config(untaught, learning_rate=0.03)
    trainee = taught(config, tmp_path / "weights")
    sampler = generators.load_sampler(
        config, CLASSES, tmp_path / "weights", CPU, torch.float32
    )  # fmt: skip
    assert torch.equal(sampler([1, 0], [1, 2]), trainee.sample([1, 0], [1, 2]))


@pytest.mark.parametrize("guidance", [1.0, 4.0])
def test_diffusers_own_pipeline_makes_the_same_of_the_same_file(untaught, tmp_path, guidance):
    config = lora_config(untaught, learning_rate=0.03, guidance=guidance)
    ours = taught(config, tmp_path / "weights.safetensors").sample([1], [9])
    theirs = from_diffusers("StableDiffusionPipeline").from_pretrained(
        untaught, use_safetensors=True, local_files_only=True
    )
    theirs.load_lora_weights(tmp_path, weight_name="weights.safetensors")
    theirs.set_progress_bar_config(disable=True)
    found = theirs(
        prompt="a photo of a football player, kick right", output_type="pt", num_inference_steps=3,
        latents=torch.randn(1, 4, 16, 16, generator=torch.Generator().manual_seed(9)),
        guidance_scale=guidance,
    ).images  # fmt: skip
    assert (ours - (found * 255).round()).abs().max() <= 1
    without = make_trainee(config, CLASSES, CPU, torch.float32).sample([1], [9])
    assert (ours.int() - without.int()).abs().max() > 1  # the adapters are heard


def test_schedulers_that_draw_noise_draw_it_from_the_seed(tmp_path):
    folder = save_pipeline(tmp_path / "pipeline", scheduler="DDPMScheduler")
    trainee = make_trainee(lora_config(folder), CLASSES, CPU, torch.float32)
    both = trainee.sample([0, 0], [1, 2])
    torch.manual_seed(99)
    assert torch.equal(both[1:], trainee.sample([0], [2]))


def test_schedulers_that_remember_steps_begin_anew_for_each_photo(tmp_path):
    folder = save_pipeline(tmp_path / "pipeline", scheduler="PNDMScheduler")
    trainee = make_trainee(lora_config(folder, sample_steps=6), CLASSES, CPU, torch.float32)
    assert torch.equal(trainee.sample([0, 0], [1, 2])[1:], trainee.sample([0], [2]))


@pytest.mark.parametrize("content", [None, b"", b"no tensors at all"])
def test_a_damaged_file_of_weights_is_named(untaught, tmp_path, content):
    path = tmp_path / "weights"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(UsageError, match=r"the weights of adapters; found .* in .*weights"):
        load_sampler(lora_config(untaught), CLASSES, path, CPU, torch.float32)


def test_weights_of_another_generator_are_refused(untaught, tmp_path):
    save_file({"mapping.weight": torch.zeros(2)}, tmp_path / "weights")
    with pytest.raises(UsageError, match=r"adapters of the pipeline .*mapping\.weight of \(2,\)"):
        load_sampler(lora_config(untaught), CLASSES, tmp_path / "weights", CPU, torch.float32)
