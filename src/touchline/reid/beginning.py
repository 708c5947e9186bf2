"""What a training of a re-identifier begins with: a network that has learnt nothing of the data."""

from touchline.reid.config import ReidConfig
from touchline.reid.lesson import Lesson
from touchline.reid.losses.total import identity_weight
from touchline.reid.networks.embedder import Embedder, build_embedder
from touchline.reid.networks.trunk import check_size


def begin(config: ReidConfig, lesson: Lesson) -> tuple[Embedder, int | None]:
    """Build the network.

    Returns:
        The network, and how many identities it learns to name; None where it learns none by name.

    Raises:
        UsageError: there is no such network or weights, or it cannot see crops of some stage.
    """
    classes = lesson.people if identity_weight(config.loss, lesson.has_actions) else None
    embedder = build_embedder(config.network, config.size, config.seed, classes)
    for stage in config.stages:
        check_size((stage.height, stage.width), embedder.multiple, config.network.name)
    return embedder, classes
