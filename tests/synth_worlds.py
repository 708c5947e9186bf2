"""Generators small enough to learn in a second, taught through the real command line."""

from pathlib import Path

from touchline.cli import main

TINY = [
    "--generator", "stylegan", "--device", "cpu", "--precision", "fp32",
    "stylegan.channel_base=256",
    "stylegan.channel_max=16", "stylegan.latent=16", "stylegan.mapping_layers=1",
    "training.batch_size=4", "training.images=16", "training.snapshot_every=8",
    "training.score_samples=16",
]  # fmt: skip


def teach_generator(data: Path, out: Path, *words: str) -> Path:
    """Teach a tiny StyleGAN a few steps."""
    assert main(["synth", "train", str(data), *TINY, "--out", str(out), *words]) == 0
    return out
