from collections.abc import Callable
from pathlib import Path

import pytest

from archive_on_disk import World, small_world
from touchline.archive.sort.plan_table import PlanRow, SortPlan, read_plan, write_plan

Edit = Callable[[list[PlanRow]], list[PlanRow]]


@pytest.fixture
def world(tmp_path: Path) -> World:
    """A small archive that is planned."""
    small = small_world(tmp_path / "w")
    small.planned()
    return small


@pytest.fixture
def edit(world: World) -> Callable[[Edit], None]:
    """Save the plan again as a person would, after a change to its rows."""

    def save(change: Edit) -> None:
        plan = read_plan(world.plan)
        world.plan.unlink()
        write_plan(SortPlan(plan.root, tuple(change(list(plan.rows)))), world.plan)

    return save
