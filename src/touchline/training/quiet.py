"""Other packages' banners, tips and advice kept off the screen while they are at work."""

import logging
import warnings
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def quiet(*loggers: str, ignored: tuple[type[Warning], ...]) -> Iterator[None]:
    """Hear only errors of some loggers, and no warnings of some kinds; as before afterwards.

    Args:
        loggers: their names.
        ignored: kinds of warnings.
    """
    found = [logging.getLogger(name) for name in loggers]
    levels = [logger.level for logger in found]
    with warnings.catch_warnings():
        for category in ignored:
            warnings.simplefilter("ignore", category)
        for logger in found:
            logger.setLevel(logging.ERROR)
        try:
            yield
        finally:
            for logger, level in zip(found, levels, strict=True):
                logger.setLevel(level)
