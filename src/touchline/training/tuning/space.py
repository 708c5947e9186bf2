"""Which settings are tuned, and between what bounds: a YAML file from dotted names to ranges.

    training.head_learning_rate: {low: 1.0e-4, high: 1.0e-2, log: true}
    training.batch_size: {choices: [16, 32, 64]}
    probe.strengths: {low: 0.001, high: 10.0, log: true, listed: true}

Whole numbers at both ends of a range mean that only whole numbers are tried. What a study tries
becomes `key=value` words, the same that a person would write behind the command.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any, TypeAlias

from optuna.distributions import (
    BaseDistribution,
    CategoricalDistribution,
    FloatDistribution,
    IntDistribution,
)
from pydantic import Field, StrictInt, ValidationError, model_validator

from touchline.errors import UsageError
from touchline.settings import Settings, read_yaml
from touchline.training.tuning.one_line import in_one_line
from touchline.training.tuning.repeated_keys import refuse_repeated_keys

FiniteNumber: TypeAlias = Annotated[float, Field(strict=True, allow_inf_nan=False)]
Value: TypeAlias = int | float | str
"""What a study tries of one setting; of choices it is the choice written as YAML."""


FROM_WORDS = " in the command line"
"""How `touchline.settings` says where a value is from; those of a space are from its file."""


class Range(Settings):
    """Numbers between two ends, both of them included."""

    low: StrictInt | FiniteNumber
    """The smallest value."""
    high: StrictInt | FiniteNumber
    """The largest value."""
    log: bool = False
    """Draw by orders of magnitude: as often between 0.01 and 0.1 as between 0.1 and 1."""
    step: StrictInt | FiniteNumber | None = Field(default=None, gt=0)
    """Only low, low + step, and so on; a grid needs it."""
    listed: bool = False
    """The setting is a list, and the number is the only one in it."""

    @model_validator(mode="after")
    def _possible(self) -> "Range":
        if not self.low < self.high:
            raise ValueError("low must be less than high")
        if self.log and self.low <= 0:
            raise ValueError("log needs a low above 0")
        if self.log and self.step is not None:
            raise ValueError("choose one of log and step")
        if self.step is not None and Decimal(str(self.step)) > self._reach:
            raise ValueError("step must not be larger than the range")
        if self.whole and not isinstance(self.step, int | None):
            raise ValueError("a range of whole numbers needs a whole step")
        if self.step is not None and self._reach % Decimal(str(self.step)):
            raise ValueError("high must be low and some whole steps")
        return self

    @property
    def _reach(self) -> Decimal:
        """From end to end, as the numbers are written: 0.3 less 0.1 is 0.2."""
        return Decimal(str(self.high)) - Decimal(str(self.low))

    @property
    def whole(self) -> bool:
        """Whether only whole numbers are tried."""
        return isinstance(self.low, int) and isinstance(self.high, int)

    @property
    def ends(self) -> tuple[Value, ...]:
        """The values to try a configuration with before a study begins."""
        return self.low, self.high

    def distribution(self) -> BaseDistribution:
        """The range as Optuna takes it."""
        if self.whole:
            step = 1 if self.step is None else int(self.step)
            return IntDistribution(int(self.low), int(self.high), log=self.log, step=step)
        return FloatDistribution(self.low, self.high, log=self.log, step=self.step)

    def text(self, value: Value) -> str:
        """The value as a word writes it."""
        return in_one_line([value] if self.listed else value)


class Choice(Settings):
    """A few values of any kind; they need no order."""

    choices: tuple[Any, ...] = Field(min_length=2)
    """The values, as the configuration takes them: numbers, names, lists, groups of settings."""

    @model_validator(mode="after")
    def _each_once(self) -> "Choice":
        if len(set(self.ends)) < len(self.ends):
            raise ValueError("each choice may stand there once")
        return self

    @property
    def ends(self) -> tuple[Value, ...]:
        """All the choices."""
        return tuple(in_one_line(choice) for choice in self.choices)

    def distribution(self) -> BaseDistribution:
        """The choices as Optuna takes them: it knows names, not lists, so each is its YAML."""
        return CategoricalDistribution(self.ends)

    def text(self, value: Value) -> str:
        """The value as a word writes it."""
        return str(value)


@dataclass(frozen=True)
class Space:
    """What is tuned: an item for each dotted name of a setting, and the file it was read from."""

    items: Mapping[str, Range | Choice]
    source: Path

    def distributions(self) -> dict[str, BaseDistribution]:
        """The space as Optuna takes it."""
        return {key: item.distribution() for key, item in self.items.items()}

    def words(self, values: Mapping[str, Value]) -> tuple[str, ...]:
        """Values that a study tries as `key=value` words."""
        return tuple(f"{key}={self.items[key].text(value)}" for key, value in values.items())

    def without(self, keys: Collection[str]) -> "Space":
        """The space less the settings that are fixed by hand.

        Raises:
            UsageError: when nothing is left to tune.
        """
        left = {key: item for key, item in self.items.items() if key not in keys}
        if not left:
            raise UsageError(
                "a setting to tune", f"all of {self.source} fixed on the command line",
                "Leave one of them out of the command, or name another --space.",
            )  # fmt: skip
        return replace(self, items=left)

    def check(self, resolve: Callable[[Sequence[str]], object]) -> None:
        """Try every end and choice, so that a study does not begin with what cannot be.

        Args:
            resolve: makes the configuration of `key=value` words, or raises `UsageError`.

        Raises:
            UsageError: for an unknown setting or a value it cannot have; names file and key.
        """
        for key, item in self.items.items():
            for value in item.ends:
                try:
                    resolve(self.words({key: value}))
                except UsageError as error:
                    found = error.found.removesuffix(FROM_WORDS)
                    what = "" if found == repr(key) else f": {found}"
                    raise UsageError(
                        error.wanted, f"{key!r} in {self.source}{what}", error.next_step
                    ) from error

    def as_dict(self) -> dict[str, Any]:
        """The space as its file says it, without what is left at its default."""
        return {
            key: item.model_dump(mode="json", exclude_defaults=True)
            for key, item in self.items.items()
        }


def read_space(file: Path) -> Space:
    """The space that a YAML file describes.

    Raises:
        UsageError: for an unreadable or empty file, an item that is no range and no choice, a
            setting that stands there twice, or one beside the group that it is in; names file and
            key.
    """
    found = read_yaml(file)
    refuse_repeated_keys(file)
    if not found:
        raise UsageError(
            "names of settings with what to try", f"none in {file}",
            "Write lines of `name: {low: 1, high: 8}` or `name: {choices: [a, b]}`.",
        )  # fmt: skip
    items = {str(key): _item(str(key), value, file) for key, value in found.items()}
    for key in items:
        group = next((each for each in items if key.startswith(f"{each}.")), None)
        if group is not None:
            raise UsageError(
                "each setting once", f"{key!r}, which is in {group!r}, beside it in {file}",
                "Leave one of the two out.",
            )  # fmt: skip
    return Space(items, file)


def _item(key: str, value: Any, file: Path) -> Range | Choice:
    if not isinstance(value, dict) or not {"low", "high", "choices"} & value.keys():
        raise UsageError(
            "{low, high} or {choices}", f"{in_one_line(value)} for {key!r} in {file}",
            "Say between what numbers, or which values, to try.",
        )  # fmt: skip
    kind = Choice if "choices" in value else Range
    try:
        return kind.model_validate(value)
    except ValidationError as error:
        problem = error.errors()[0]
        place = ".".join(str(part) for part in problem["loc"] if part not in ("int", "float"))
        raise UsageError(
            f"what can be tried of {key!r} ({problem['msg']})",
            f"{in_one_line(value)}{f' at {place!r}' if place else ''} in {file}",
            "Change that item.",
        ) from error
