"""The house rules: imports go down the floors, and `import refine` costs nothing."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

HOUSE = Path(__file__).parents[1] / "refine"

FLOORS = [
    ["errors", "types"],
    ["budget", "events", "task"],
    ["edits", "novelty", "attempts", "likeness", "curves", "film"],
    ["extract", "load", "order", "bandit", "prompts"],
    ["archives", "proposers", "sandbox"],
    ["strategies", "journal", "verifiers"],
    ["facts", "convergence", "drafting", "search", "questions", "opinions"],
    ["workers", "loop", "warm"],
    ["session", "survey"],
    ["report", "check", "replay", "export", "scaffold", "testing", "distill", "improve"],
    ["cli"],
]
HEIGHT = {name: height for height, floor in enumerate(FLOORS) for name in floor}
ALLOWED = {
    ("proposers", "journal"),  # `replay` answers from a journal
    ("errors", "types"),  # for a type checker only
    ("task", "verifiers"),  # for a type checker only
    ("drafting", "search"),  # for a type checker only
    ("verifiers", "load"),  # the judge process imports the user's task
}


def modules() -> list[Path]:
    return [path for path in sorted(HOUSE.rglob("*.py")) if "_data" not in path.parts and path != HOUSE / "__init__.py"]


def home(path: Path) -> str:
    """The part of the house that a module is in: errors, archives, ..."""
    return path.relative_to(HOUSE).parts[0].removesuffix(".py")


def imported(path: Path) -> set[str]:
    """The parts of refine that a module imports."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.split(".")[0] == "refine":
            parts = node.module.split(".")
            found |= {parts[1]} if len(parts) > 1 else {alias.name for alias in node.names}
        elif isinstance(node, ast.Import):
            found |= {alias.name.split(".")[1] for alias in node.names if alias.name.startswith("refine.")}
    return found & HEIGHT.keys()


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(HOUSE)))
def test_imports_go_down_the_floors(path: Path) -> None:
    here = home(path)
    assert here in HEIGHT, f"{here} has no floor yet: name one in this test"
    up = {there for there in imported(path) if there != here and HEIGHT[there] >= HEIGHT[here]}
    same_floor_below = {there for there in up if FLOORS[HEIGHT[here]] == FLOORS[HEIGHT[there]] and below(there, here)}
    assert not {there for there in up - same_floor_below if (here, there) not in ALLOWED}


def below(there: str, here: str) -> bool:
    """Within a floor, imports go to the left: (workers, loop) means that loop may import workers."""
    floor = FLOORS[HEIGHT[here]]
    return floor.index(there) < floor.index(here)


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(HOUSE)))
def test_a_function_fits_on_a_screen(path: Path) -> None:
    functions = [
        n for n in ast.walk(ast.parse(path.read_text())) if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef)
    ]
    long = {f.name: f.end_lineno - f.lineno for f in functions if f.end_lineno and f.end_lineno - f.lineno > 60}
    assert not {name: lines for name, lines in long.items() if name not in {"__init__", "run"}}, "over 60 lines"


def test_import_refine_loads_nothing_heavy() -> None:
    program = "import sys, refine; print(*sorted(m for m in sys.modules if '.' not in m))"
    loaded = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout.split()
    assert not {"torch", "litellm", "vllm", "docker", "sympy", "numpy", "pydantic", "rich", "typer"} & set(loaded)


def test_every_public_name_has_a_home() -> None:
    import refine

    for name in refine.__all__:
        assert getattr(refine, name) is not None
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = refine.nothing


def test_no_module_hides_a_public_name() -> None:
    """Importing `refine.x` binds x in the package: a module named as a public name would take its place."""
    import refine

    modules = {path.stem for path in HOUSE.glob("*.py")} | {path.name for path in HOUSE.iterdir() if path.is_dir()}
    assert not modules & set(refine.__all__)
