"""The space of a study: the task's own or another, less what is fixed, known to be possible."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from touchline.errors import UsageError
from touchline.settings import AnySettings, Settings, resolve
from touchline.training.tuning.luck import fresh_seed
from touchline.training.tuning.plans import SamplerName, grid_size
from touchline.training.tuning.space import Space, read_space


@dataclass(frozen=True)
class Tunable:
    """What may be tuned of a task.

    Attributes:
        taught: what the settings are of, e.g. `classifier`.
        own: the file of the task's own space.
        not_tuned: settings, or groups of them, that decide what is scored, or where.
    """

    taught: str
    own: Path
    not_tuned: Collection[str]

    def space(
        self, config: Settings, file: Path | None = None, fixed: Collection[str] = ()
    ) -> Space:
        """The space of a study, known to be possible, less what is fixed by hand.

        Args:
            config: the settings that are not tuned.
            file: of the space; the task's own when None.
            fixed: dotted settings given on the command line.

        Raises:
            UsageError: for an unreadable space, a setting that is unknown or must not be tuned, or
                a value that a setting cannot have.
        """
        space = read_space(file or self.own)
        for key in space.items:
            if key.partition(".")[0] in self.not_tuned:
                raise UsageError(
                    f"settings that make a better {self.taught}", f"{key!r} in {space.source}",
                    "Leave it out: it decides what is scored, or where.",
                )  # fmt: skip
        space = space.without(fixed)
        space.check(lambda words: tried(config, words))
        return space


def packaged_space(package: str, name: str) -> Path:
    """The file of a space that a task ships in its folder `tuning_spaces`."""
    return Path(str(files(package) / "tuning_spaces" / name))


def tried(config: AnySettings, words: Sequence[str]) -> AnySettings:
    """The configuration with the words of a trial; without any it is the same.

    Raises:
        UsageError: as `touchline.settings.resolve` does.
    """
    return resolve(type(config), flags=config.model_dump(mode="json"), words=words)


def tried_afresh(config: AnySettings, words: Sequence[str], seed: int) -> AnySettings:
    """As `tried`, with another seed than that of the study."""
    return tried(config, (*words, f"seed={fresh_seed(seed)}"))


def describe_space(space: Space, sampler: SamplerName) -> str:
    """What a study would tune, for a dry run.

    Raises:
        UsageError: a grid over a range without a step, or of too many points.
    """
    points = f", a grid of {grid_size(space)} points" if sampler == "grid" else ""
    return f"{', '.join(space.items)} would be tuned{points}"
