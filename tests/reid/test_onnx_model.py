"""A re-identifier as one ONNX file: the same vectors, its preprocessing with it, nothing else."""

import json
from pathlib import Path

import numpy as np
import onnx
import pytest
import torch
from torch import Tensor, nn

from random_statistics import with_random_statistics
from touchline.errors import UsageError
from touchline.reid.config import NetworkSettings
from touchline.reid.extracting import extract
from touchline.reid.networks.embedder import Embedder, build_embedder
from touchline.reid.networks.extractor import TorchExtractor, make_extractor
from touchline.reid.onnx_model import METADATA_KEY, export_onnx, load_onnx

SIZE = (64, 32)
Exported = tuple[TorchExtractor, Path]


def taught(**settings: object) -> Embedder:
    ours = build_embedder(NetworkSettings(**settings), SIZE, seed=1, classes=3)
    for name, parameter in ours.named_parameters():
        if "lora_B" in name:
            nn.init.normal_(parameter, std=0.1, generator=torch.Generator().manual_seed(2))
    with_random_statistics(ours)
    return ours


@pytest.fixture(
    scope="module",
    params=[
        ({"name": "test_resnet", "pooling": "gem", "embedding": 32}, True),
        ({"name": "test_vit", "lora_rank": 2}, False),
    ],
    ids=["resnet, both views", "vit, one view"],
)
def exported(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Exported:
    settings, flip_views = request.param
    ours = taught(**settings)
    path = tmp_path_factory.mktemp("onnx") / "deep" / "model.onnx"
    assert export_onnx(ours, SIZE, flip_views, path, "runs/reid/one") == path
    return make_extractor(ours, SIZE, flip_views=flip_views), path


def crops(count: int) -> Tensor:
    generator = torch.Generator().manual_seed(count)
    return torch.randint(0, 256, (count, 3, *SIZE), dtype=torch.uint8, generator=generator)


@pytest.mark.parametrize("count", [1, 2, 7, 8])
def test_vectors_are_those_of_pytorch(count: int, exported: Exported) -> None:
    ours, path = exported
    found, expected = load_onnx(path)(crops(count)), ours(crops(count))
    assert (found.dtype, found.shape) == (np.float32, expected.shape)
    np.testing.assert_allclose(found, expected, atol=1e-4)
    np.testing.assert_allclose(np.linalg.norm(found, axis=1), 1, atol=1e-5)


def test_pictures_that_differ_have_vectors_that_differ(exported: Exported) -> None:
    found = load_onnx(exported[1])(crops(8))
    apart = np.linalg.norm(found[:, None] - found[None], axis=2)[np.triu_indices(8, 1)]
    assert apart.min() > 1e-3


def test_the_file_carries_its_preprocessing_and_nothing_of_this_machine(exported: Exported) -> None:
    ours, path = exported
    model = onnx.load(path)
    onnx.checker.check_model(model)
    (entry,) = model.metadata_props
    facts = json.loads(entry.value)
    assert entry.key == METADATA_KEY
    assert (facts["height"], facts["width"], facts["run"]) == (*SIZE, "runs/reid/one")
    assert facts["flip_views"] == ours.network.flip_views
    assert tuple(facts["mean"]) == ours.network.mean
    assert b"site-packages" not in path.read_bytes()
    assert str(Path(__file__).parents[2]).encode() not in path.read_bytes()


def test_it_extracts_as_the_run_does(exported: Exported) -> None:
    ours, path = exported
    loaded = load_onnx(path, SIZE)
    assert (loaded.size, loaded.features, loaded.run) == (SIZE, ours.features, "runs/reid/one")
    found, _ = extract(loaded, [], quiet=True)
    assert found.shape == (0, ours.features)


def test_other_sizes_are_refused(exported: Exported) -> None:
    path = exported[1]
    with pytest.raises(UsageError, match=r"crops of 64x32, which .* taught on; found .* 256x128"):
        load_onnx(path, (256, 128))
    with pytest.raises(UsageError, match=r"uint8 pixels of shape \(batch, 3, 64, 32\)"):
        load_onnx(path)(crops(2).transpose(2, 3))


@pytest.mark.parametrize("kind", ["missing", "text", "other model", "other task"])
def test_other_files_are_refused(kind: str, exported: Exported, tmp_path: Path) -> None:
    path = tmp_path / "model.onnx"
    if kind == "text":
        path.write_text("no model")
    if kind.startswith("other"):
        model = onnx.load(exported[1])
        del model.metadata_props[:]
        if kind == "other task":
            entry = model.metadata_props.add()
            entry.key, entry.value = METADATA_KEY, json.dumps({"views": [], "run": "x"})
        onnx.save(model, path)
    with pytest.raises(UsageError, match="Wanted an ONNX file of a re-identifier exported by"):
        load_onnx(path)


def test_a_preprocessing_that_is_not_the_networks_is_refused(
    exported: Exported, tmp_path: Path
) -> None:
    model = onnx.load(exported[1])
    facts = json.loads(model.metadata_props[0].value)
    model.metadata_props[0].value = json.dumps(facts | {"height": 128})
    onnx.save(model, tmp_path / "model.onnx")
    with pytest.raises(UsageError, match=r"takes the 128x32 its preprocessing .*; found .* 64x32"):
        load_onnx(tmp_path / "model.onnx")
