"""Where synthetic photos have no place: work that scores many times, or learns on."""

from touchline.errors import UsageError
from touchline.photos.config import PhotosConfig


def refuse_synthetic(config: PhotosConfig, work: str) -> None:
    """Raise where a configuration names synthetic photos for work that cannot learn from them.

    Args:
        config: the configuration.
        work: what it is for, such as `to tune on`.

    Raises:
        UsageError: it names some.
    """
    if config.synthetic is not None:
        raise UsageError(
            f"real photos alone {work}", f"synthetic={config.synthetic}",
            "Leave it out; `touchline photos train DATA --synthetic FOLDER` learns from them.",
        )  # fmt: skip
