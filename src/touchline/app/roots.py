"""The folders that the app was given; it reads and writes nothing outside them."""

from dataclasses import dataclass
from pathlib import Path

from touchline.errors import UsageError


@dataclass(frozen=True)
class Roots:
    """Folders, and what lies beneath them.

    Attributes:
        folders: the folders, as the person named them.
    """

    folders: tuple[Path, ...]

    def inside(self, path: Path) -> Path:
        """The real place of a path, all links followed, when it lies beneath a root.

        Use what is returned, not what was asked for: a link may change in between.

        Raises:
            UsageError: it lies outside, by itself or by a link, or its name is no valid path.
        """
        try:
            real = path.resolve()
        except (OSError, RuntimeError, ValueError) as error:  # a loop of links, a zero byte
            raise UsageError(
                "a path beneath the folders of this app", f"{str(path)!r}, which leads nowhere",
                "Name another.",
            ) from error  # fmt: skip
        if not any(real.is_relative_to(folder.resolve()) for folder in self.folders):
            raise UsageError(
                "a path beneath the folders of this app", f"{str(path)!r}, which leads outside",
                "Start the app with that folder: `touchline app FOLDER`.",
            )  # fmt: skip
        return real
