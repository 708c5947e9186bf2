"""What teaching a pretrained re-identifier on buys, on the same queries before and after.

    python benchmarks/reid_fine_tuning.py DATA WEIGHTS --out FOLDER [KEY=VALUE ...]

DATA is in Market-1501's layout, WEIGHTS a file for OSNet x0.25 (.onnx, .pth or .safetensors). Some
of the training people are set aside to choose the epoch by; queries and gallery are scored once.
Printed: mAP and rank-1 of the weights as they are and of the run, the paired difference in mAP, and
the time that training took.
"""

import argparse
import time
from pathlib import Path

from touchline.reid.config import NetworkSettings, ReidConfig
from touchline.reid.galleries import EmbeddedGallery, embed_gallery, gallery_of
from touchline.reid.metrics.paired import compare
from touchline.reid.model import load_reidentifier
from touchline.reid.networks.embedder import build_embedder
from touchline.reid.networks.extractor import make_extractor
from touchline.reid.train import train
from touchline.reporting.tables import format_score
from touchline.settings import resolve

RECIPE = Path(__file__).parents[1] / "recipes" / "reid" / "market-osnet.yaml"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("weights")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("words", nargs="*")
    arguments = parser.parse_args()
    flags = {"data": arguments.data, "network.weights": arguments.weights}
    config = resolve(ReidConfig, RECIPE, flags, arguments.words)
    before = as_they_are(config)
    print(f"as they are: {told(before)}", flush=True)
    start = time.perf_counter()
    run = train(config, arguments.out)
    minutes = (time.perf_counter() - start) / 60
    found = load_reidentifier(run)
    after = embed_gallery(found.extractor, gallery_of(arguments.data, "test"))
    print(f"taught on for {minutes:.1f} min: {told(after)}")
    print(f"difference in mAP: {format_score(compare(after.score(), before.score()))}")


def as_they_are(config: ReidConfig) -> EmbeddedGallery:
    """The test queries and gallery by the weights, untouched."""
    network = NetworkSettings(name=config.network.name, weights=config.network.weights, neck=False)
    extractor = make_extractor(
        build_embedder(network, config.size), config.size, flip_views=config.flip_views
    )
    return embed_gallery(extractor, gallery_of(config.data, "test"))


def told(found: EmbeddedGallery) -> str:
    """The headline figures."""
    scores = found.score()
    return f"mAP {format_score(scores.mAP)}, rank-1 {format_score(scores.rank1)}"


if __name__ == "__main__":
    main()
