"""The arrows between the parts of the house point one way, and help imports nothing heavy."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import touchline
from touchline.tasks import TASKS

HOUSE = Path(touchline.__file__).parent
FILES = sorted(HOUSE.rglob("*.py"))
TASK_FOLDERS = set(TASKS)
STANDS_ON = {"synth": {"photos"}}
"""A task that another is made of: what a generator learns from and is judged by are photos."""
SHARED_FOLDERS = {"archive", "backbones", "media", "reporting", "training"}
GROUND = {"errors", "faults", "files", "settings", "runs", "samples", "__init__"}
RIM = {"app", "cli", "demo", "run_listing", "tasks", "__main__"}
HEAVY = {
    "PIL", "alembic", "av", "cv2", "diffusers", "faiss", "jinja2", "lightning_fabric", "matplotlib",
    "mlflow", "numpy", "onnx", "onnxruntime", "optuna", "pandas", "peft", "plotly", "pyarrow",
    "pydantic", "pytorch_lightning", "pytorch_metric_learning", "safetensors", "scipy", "sklearn",
    "sqlalchemy", "starlette", "streamlit", "timm", "torch", "torchvision", "transformers",
    "ultralytics", "uvicorn", "wandb", "yaml",
}  # fmt: skip


def part_of(path: Path) -> str:
    """The folder or module directly below the package that a file belongs to."""
    return path.relative_to(HOUSE).parts[0].removesuffix(".py")


def imported(path: Path, *, at_top_only: bool = False) -> Iterator[str]:
    """Dotted names that a file imports; those for type checkers do not run at the top."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for node in tree.body if at_top_only else ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"a relative import in {path}"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def parts_imported(path: Path) -> set[str]:
    """The parts of the house that a file imports from."""
    names = (name.split(".") for name in imported(path))
    return {name[1] for name in names if name[0] == "touchline" and len(name) > 1} - {"__version__"}


def allowed(part: str) -> set[str]:
    """What a part may import from, besides itself."""
    if part == "app":  # commands start the app; the app starts commands as processes only
        return {"run_listing", "tasks", *TASK_FOLDERS, *SHARED_FOLDERS, *GROUND}
    if part in RIM:
        return {*RIM, *TASK_FOLDERS, *SHARED_FOLDERS, *GROUND}
    if part in TASK_FOLDERS:
        return {*STANDS_ON.get(part, set()), *SHARED_FOLDERS, *GROUND}
    if part in SHARED_FOLDERS:
        return {*SHARED_FOLDERS, *GROUND}
    return GROUND


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(HOUSE)))
def test_arrows_point_one_way(path: Path) -> None:
    part = part_of(path)
    assert parts_imported(path) <= {part, *allowed(part)}


def test_every_part_of_the_house_is_known() -> None:
    parts = {part_of(path) for path in FILES}
    assert parts <= TASK_FOLDERS | SHARED_FOLDERS | GROUND | RIM


def test_the_ground_stands_on_nothing_but_itself() -> None:
    assert parts_imported(HOUSE / "errors.py") == set()
    assert parts_imported(HOUSE / "files.py") == set()


@pytest.mark.parametrize("path", sorted((HOUSE / "cli").glob("*.py")), ids=lambda path: path.name)
def test_commands_import_nothing_heavy_at_the_top(path: Path) -> None:
    assert HEAVY.isdisjoint(name.split(".")[0] for name in imported(path, at_top_only=True))


def test_importing_the_command_line_loads_nothing_heavy() -> None:
    code = "import sys, touchline.cli; print(*sys.modules)"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert HEAVY.isdisjoint(found.stdout.split())


def test_the_check_sees_an_arrow_that_points_the_wrong_way(tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.py"
    wrong.write_text("def f():\n    from touchline.photos.data import Photo\n    return Photo\n")
    assert not parts_imported(wrong) <= allowed("media")
