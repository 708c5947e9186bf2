"""Features of photos of any size."""

import numpy as np
import pytest
import torch

from scored_worlds import drawn, mirror
from touchline.synth.scores.embedding import Embedder, load_embedder, views_of


@pytest.fixture(scope="module")
def embedder() -> Embedder:
    return load_embedder()


def test_a_photo_has_the_same_features_in_any_company(embedder: Embedder) -> None:
    pixels = drawn((0, 1), 1).pixels
    together = embedder(pixels, quiet=True)
    assert together.shape == (len(pixels), 1, 1280)
    assert together.dtype == np.float32
    alone = np.concatenate([embedder(each[None], quiet=True) for each in pixels])
    np.testing.assert_allclose(together, alone, atol=1e-4)


def test_mirrored_views_show_the_mirror_image(embedder: Embedder) -> None:
    pixels = drawn((0,), 1).pixels
    both = embedder(pixels, views_of(mirror()), quiet=True)
    np.testing.assert_allclose(both[:, 1], embedder(pixels.flip(-1), quiet=True)[:, 0], atol=1e-4)
    assert np.abs(both[:, 0] - both[:, 1]).max() > 0.01


@pytest.mark.parametrize("side", [16, 300])
def test_any_size_will_do(side: int, embedder: Embedder) -> None:
    pixels = torch.randint(0, 256, (1, 3, side, side), dtype=torch.uint8)
    assert np.isfinite(embedder(pixels, quiet=True)).all()


def test_progress_is_for_those_who_ask(
    embedder: Embedder, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TOUCHLINE_PROGRESS_SECONDS", "0")
    pixels = torch.zeros((2, 3, 16, 16), dtype=torch.uint8)
    embedder(pixels, quiet=True)
    assert capsys.readouterr().err == ""
    embedder(pixels)
    assert "Computing features of photos" in capsys.readouterr().err
