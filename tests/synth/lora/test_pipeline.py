import json
import pickle
import shutil
import sys
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file

from touchline.errors import EnvironmentMissingError, UsageError
from touchline.synth.lora.pipeline import load_pipeline

UNET = "unet/diffusion_pytorch_model.safetensors"


@pytest.fixture
def spoilt(untaught, tmp_path):
    """A copy of the tiny pipeline, to be damaged."""
    return Path(shutil.copytree(untaught, tmp_path / "spoilt"))


def load(folder):
    return load_pipeline(str(folder), torch.float32)


def rewrite(file, **changes):
    file.write_text(json.dumps(json.loads(file.read_text()) | changes))


@pytest.mark.parametrize("precision", [torch.float32, torch.bfloat16])
def test_a_whole_pipeline_is_frozen_and_in_the_precision_asked_for(untaught, precision):
    pipeline = load_pipeline(str(untaught), precision)
    for network in (pipeline.text_encoder, pipeline.unet, pipeline.vae):
        assert not network.training
        assert {(p.dtype, p.requires_grad) for p in network.parameters()} == {(precision, False)}


def test_half_precision_files_are_read_where_there_are_no_others(spoilt):
    whole = spoilt / UNET
    whole.rename(whole.with_suffix(".fp16.safetensors"))
    assert load(spoilt).unet.dtype == torch.float32


@pytest.mark.parametrize("part", ["unet", "vae", "text_encoder", "tokenizer", "scheduler"])
def test_a_missing_part_is_named(spoilt, part):
    shutil.rmtree(spoilt / part)
    with pytest.raises(EnvironmentMissingError, match=rf"no such folder \(.*{part}\)"):
        load(spoilt)


@pytest.mark.parametrize(
    "file",
    [UNET, "vae/diffusion_pytorch_model.safetensors", "text_encoder/model.safetensors"],
)
def test_a_file_cut_off_is_damaged(spoilt, file):
    content = (spoilt / file).read_bytes()
    (spoilt / file).write_bytes(content[: len(content) // 2])
    with pytest.raises(EnvironmentMissingError, match=rf"damaged one: .*{Path(file).parent}\)"):
        load(spoilt)


@pytest.mark.parametrize(
    "file",
    ["model_index.json", "unet/config.json", "vae/config.json", "text_encoder/config.json",
     "scheduler/scheduler_config.json", "tokenizer/tokenizer.json"],
)  # fmt: skip
def test_settings_that_are_no_json_are_damaged(spoilt, file):
    (spoilt / file).write_text("{")
    with pytest.raises(EnvironmentMissingError, match=r"a whole pipeline; found a damaged one: "):
        load(spoilt)


@pytest.mark.parametrize(
    ("file", "name"),
    [(UNET, "conv_in.weight"), ("text_encoder/model.safetensors", None)],
)
def test_a_lost_tensor_is_never_filled_in_at_random(spoilt, file, name):
    tensors = load_file(spoilt / file)
    del tensors[name or sorted(tensors)[0]]
    save_file(tensors, spoilt / file, {"format": "pt"})
    with pytest.raises(EnvironmentMissingError, match=r"1 tensors are missing, .* first"):
        load(spoilt)


def test_weights_of_another_shape_are_damaged(spoilt):
    rewrite(spoilt / "unet/config.json", block_out_channels=[16, 64])
    with pytest.raises(EnvironmentMissingError, match=r"damaged one: .*unet\)"):
        load(spoilt)


class Trap:
    """A pickle that leaves a trace when it is read."""

    def __init__(self, trace):
        self.trace = trace

    def __reduce__(self):
        return (Path.touch, (self.trace,))


@pytest.mark.parametrize("part", ["unet", "vae", "text_encoder"])
def test_pickles_are_refused_with_the_reason_and_never_read(spoilt, tmp_path, part):
    for file in (spoilt / part).glob("*.safetensors"):
        file.unlink()
    name = "pytorch_model.bin" if part == "text_encoder" else "diffusion_pytorch_model.bin"
    (spoilt / part / name).write_bytes(pickle.dumps(Trap(tmp_path / "trace")))
    with pytest.raises(EnvironmentMissingError, match=rf"only {name} in .* is a pickle, which can"):
        load(spoilt)
    assert not (tmp_path / "trace").exists()


def test_another_kind_of_pipeline_is_refused(spoilt):
    rewrite(spoilt / "model_index.json", _class_name="StableDiffusionXLPipeline")
    with pytest.raises(UsageError, match=r"1 or 2\); found StableDiffusionXLPipeline in"):
        load(spoilt)


def test_another_kind_of_prediction_is_refused(spoilt):
    rewrite(spoilt / "scheduler/scheduler_config.json", prediction_type="sample")
    with pytest.raises(UsageError, match="predicts epsilon or v_prediction; found 'sample'"):
        load(spoilt)


@pytest.mark.parametrize(
    ("kind", "match"),
    [("UNet2DModel", "'UNet2DModel' is no scheduler"), ("NoScheduler", "NoScheduler of the pack")],
)
def test_a_scheduler_that_is_none_is_refused(spoilt, kind, match):
    rewrite(spoilt / "scheduler/scheduler_config.json", _class_name=kind)
    with pytest.raises(EnvironmentMissingError, match=match):
        load(spoilt)


def test_without_diffusers_the_extra_is_named(untaught, monkeypatch):
    monkeypatch.setitem(sys.modules, "diffusers", None)
    with pytest.raises(EnvironmentMissingError, match=r"touchline\[synth\]"):
        load(untaught)
