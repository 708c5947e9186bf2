"""A tiny generator taught on the world of balls, for folders of tests that ask for it.

It is imported into the `conftest.py` of those folders, beside the `world`.
"""

from pathlib import Path

import pytest

from quick_embedders import quick_embedders
from quick_rehearsals import quick_rehearsals
from touchline.cli import main

TINY = [
    "--generator", "stylegan", "--device", "cpu", "--precision", "fp32",
    "stylegan.channel_base=256", "stylegan.channel_max=16", "stylegan.latent=16",
    "stylegan.mapping_layers=1", "training.batch_size=4", "training.images=16",
    "training.snapshot_every=8", "training.score_samples=16",
]  # fmt: skip


def teach_generator(data: Path, out: Path, *words: str) -> Path:
    """Teach a tiny StyleGAN a few steps through the command line."""
    assert main(["synth", "train", str(data), *TINY, "--out", str(out), *words]) == 0
    return out


@pytest.fixture(scope="session")
def generator_run(world: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run of a tiny StyleGAN after four steps."""
    folder = tmp_path_factory.mktemp("generator")
    with quick_rehearsals(), quick_embedders():
        return teach_generator(world, folder / "run", f"cache={folder / 'cache'}")
