"""Each option lowers what it promises to lower, counted and not timed or sampled."""

from types import SimpleNamespace

import pytest
import torch
from torch import nn
from torch.nn.attention import SDPBackend, sdpa_kernel
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves

from touchline.errors import EnvironmentMissingError
from touchline.synth.lora import memory
from touchline.synth.lora.pictures import from_latent, to_latents
from touchline.synth.lora.pipeline import load_pipeline
from touchline.synth.lora.trainee import make_trainee
from untaught_pipeline import lora_config, save_pipeline

CPU, CUDA = torch.device("cpu"), torch.device("cuda")


PAIRS_BYTES = (32 * 32) ** 2 * 4
"""The matrix of all pairs of places in the latents of 128 pixels, in float32."""


class Largest(TorchDispatchMode):
    """The size in bytes of the largest tensor that any operation gives."""

    bytes = 0

    def __torch_dispatch__(self, function, types, args=(), kwargs=None):
        found = function(*args, **(kwargs or {}))
        sizes = [leaf.nbytes for leaf in tree_leaves(found) if isinstance(leaf, torch.Tensor)]
        self.bytes = max([self.bytes, *sizes])
        return found


def largest(work):
    with Largest() as mode:
        work()
    return mode.bytes


def chance():
    return torch.Generator().manual_seed(0)


def kept_for_backward(folder, **settings):
    """Bytes that autograd keeps of a step of learning, weights not counted."""
    trainee = make_trainee(lora_config(folder, **settings), ("a", "b"), CPU, torch.float32)
    weights = {p.data_ptr() for p in trainee._adapted.unet.parameters()}
    kept = {}

    def pack(tensor):
        if tensor.data_ptr() not in weights:
            kept[tensor.untyped_storage().data_ptr(), tensor.shape] = tensor.nbytes
        return tensor

    pixels = torch.zeros(2, 3, 64, 64, dtype=torch.uint8)
    with torch.autograd.graph.saved_tensors_hooks(pack, lambda tensor: tensor):
        trainee.step(pixels, torch.tensor([0, 1]), 0)
    return sum(kept.values())


def test_gradient_checkpointing_keeps_a_fraction_for_the_way_back(untaught):
    on = kept_for_backward(untaught, gradient_checkpointing=True)
    off = kept_for_backward(untaught, gradient_checkpointing=False)
    assert on < off / 4


def sampled_largest(trainee):
    return largest(lambda: trainee.sample([0], [0]))


def test_slices_of_attention_are_smaller_where_there_is_no_fused_kernel(untaught):
    found = []
    with sdpa_kernel(SDPBackend.MATH):
        for on in (True, False):
            config = lora_config(untaught, 128, attention_slicing=on)
            found.append(sampled_largest(make_trainee(config, ("a", "b"), CPU, torch.float32)))
    # Of one head, or of two heads for two answers at once, with words and without.
    assert found == [PAIRS_BYTES, 2 * 2 * PAIRS_BYTES]


def test_fused_attention_is_left_alone_because_it_needs_still_less(untaught):
    pipeline = load_pipeline(str(untaught), torch.float32)
    unet, before = pipeline.unet, dict(pipeline.unet.attn_processors)
    with memory.sliced_attention(unet) as sliced:
        assert not sliced
        assert unet.attn_processors == before
    trainee = make_trainee(lora_config(untaught, 128), ("a", "b"), CPU, torch.float32)
    assert sampled_largest(trainee) < PAIRS_BYTES / 2


@pytest.mark.parametrize("wanted", [True, False])
def test_attention_is_sliced_only_where_wanted_and_put_back(untaught, wanted):
    unet = load_pipeline(str(untaught), torch.float32).unet
    names = {type(each).__name__ for each in unet.attn_processors.values()}
    with sdpa_kernel(SDPBackend.MATH), memory.sliced_attention(unet, wanted) as sliced:
        assert sliced == wanted
        inside = {type(each).__name__ for each in unet.attn_processors.values()}
    assert inside == ({"SlicedAttnProcessor"} if wanted else names)
    assert {type(each).__name__ for each in unet.attn_processors.values()} == names


def test_a_device_that_does_not_answer_is_taken_to_have_no_fused_kernel(untaught, monkeypatch):
    def refuse(*tensors):
        raise NotImplementedError

    monkeypatch.setattr(torch, "_fused_sdp_choice", refuse)
    assert not memory.fused_attention(load_pipeline(str(untaught), torch.float32).unet)


@pytest.fixture
def vaes(untaught, monkeypatch):
    """The same VAE, whole and in tiles, which are smaller than usual to save time."""
    monkeypatch.setattr(memory, "TILE", 64)
    whole, tiled = (load_pipeline(str(untaught), torch.float32).vae for _ in range(2))
    memory.tile_pictures(tiled)
    return whole, tiled


def test_slices_encode_one_picture_at_a_time_and_change_nothing(vaes):
    pixels = torch.randint(256, (4, 3, 64, 64), generator=chance()).to(torch.uint8)
    whole, sliced = (to_latents(vae, pixels, chance()) for vae in vaes)
    torch.testing.assert_close(sliced, whole)
    peaks = [largest(lambda vae=vae: to_latents(vae, pixels, chance())) for vae in vaes]
    assert peaks[1] < peaks[0] / 2


def test_tiles_bound_what_a_large_picture_takes(vaes):
    pixels = torch.randint(256, (1, 3, 192, 192), generator=chance()).to(torch.uint8)
    encoding = [largest(lambda vae=vae: to_latents(vae, pixels, chance())) for vae in vaes]
    latent = torch.randn(1, 4, 48, 48, generator=chance())
    decoding = [largest(lambda vae=vae: from_latent(vae, latent)) for vae in vaes]
    assert encoding[1] < encoding[0] / 2
    assert decoding[1] < decoding[0] / 2
    assert to_latents(vaes[1], pixels, chance()).shape == latent.shape
    assert from_latent(vaes[1], latent).shape == pixels.shape


def test_a_picture_no_larger_than_a_tile_is_made_in_one_piece(vaes):
    latent = torch.randn(1, 4, memory.TILE // 4, memory.TILE // 4, generator=chance())
    assert torch.equal(*(from_latent(vae, latent) for vae in vaes))


def test_bf16_halves_the_frozen_weights_and_what_is_computed_from_them(untaught):
    sizes, peaks = [], []
    for precision in (torch.float32, torch.bfloat16):
        trainee = make_trainee(lora_config(untaught), ("a", "b"), CPU, precision)
        networks = (trainee._adapted.unet, trainee._adapted.vae)
        sizes.append(sum(
            p.nbytes for network in networks for p in network.parameters() if not p.requires_grad
        ))  # fmt: skip
        peaks.append(sampled_largest(trainee))
    assert sizes[1] == sizes[0] / 2
    assert peaks[1] < peaks[0]


class Moved(nn.Module):
    """A network that only writes down where it was sent."""

    def __init__(self):
        super().__init__()
        self.places = []

    def to(self, device):
        self.places.append(str(device))


@pytest.mark.parametrize(
    ("device", "offload", "places"),
    [(CUDA, True, ["cuda", "cpu"]), (CUDA, False, ["cuda"]), (CPU, True, ["cpu"])],
)
def test_a_network_leaves_the_gpu_when_it_is_not_at_work(device, offload, places):
    network = Moved()
    with memory.at_work(network, device, offload):
        assert network.places == [str(device)]
    assert network.places == places


def test_a_network_leaves_the_gpu_after_a_failure_too():
    network = Moved()
    with pytest.raises(MemoryError), memory.at_work(network, CUDA, True):
        raise MemoryError
    assert network.places == ["cuda", "cpu"]


def eight_bit_package(monkeypatch, kind):
    """A stand-in for bitsandbytes, which needs a GPU even to be installed usefully."""
    monkeypatch.setattr(memory, "find_spec", lambda name: name)
    monkeypatch.setattr(memory, "import_module", lambda _: SimpleNamespace(AdamW8bit=kind))


def on_gpu():
    return [SimpleNamespace(device=CUDA)]


def test_eight_bits_are_taken_where_bitsandbytes_and_a_gpu_are(monkeypatch):
    eight_bit_package(monkeypatch, lambda parameters, lr: ("eight bits", len(parameters), lr))
    assert memory.make_optimiser(on_gpu(), 0.1, True) == ("eight bits", 1, 0.1)


@pytest.mark.parametrize("present", [True, False])
def test_plain_adamw_is_taken_otherwise(monkeypatch, present):
    if present:
        eight_bit_package(monkeypatch, lambda *_, **__: pytest.fail("not on a CPU"))
    else:
        monkeypatch.setattr(memory, "find_spec", lambda _: None)
    optimiser = memory.make_optimiser([nn.Parameter(torch.zeros(1))], 0.1, True)
    assert type(optimiser) is torch.optim.AdamW
    assert optimiser.param_groups[0]["lr"] == 0.1


def test_a_bitsandbytes_that_does_not_work_is_named(monkeypatch):
    def broken(*_, **__):
        raise RuntimeError("no CUDA binary")

    eight_bit_package(monkeypatch, broken)
    with pytest.raises(EnvironmentMissingError, match=r"no CUDA binary.*eight_bit_optimiser=false"):
        memory.make_optimiser(on_gpu(), 0.1, True)


def test_pixels_of_a_latent_follow_from_the_stages_of_the_vae(tmp_path):
    folder = save_pipeline(tmp_path / "deep", vae_channels=(4, 4, 4, 4))
    assert memory.pixels_of_latent(load_pipeline(str(folder), torch.float32).vae) == 8
