"""Finding tasks: shipped ones by name, folders, and files."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

from refine.errors import RefineError, TaskError, UsageError
from refine.task import Task


def shipped() -> Path:
    """The folder of the shipped tasks: in the wheel inside the package, in a checkout beside it."""
    inside = Path(__file__).parent / "_data" / "tasks"
    return inside if inside.is_dir() else Path(__file__).parents[1] / "tasks"


def names() -> tuple[str, ...]:
    """Names of the shipped tasks."""
    return tuple(sorted(f.parent.name for f in shipped().glob("*/task.py")))


def find(what: str) -> Path:
    """The task file that `what` means: a .py file, a folder with a task.py, or a shipped name.

    Raises:
        UsageError: there is no such task; the message lists what there is.
    """
    path = Path(what)
    if path.is_dir() and (path / "task.py").is_file():
        return (path / "task.py").resolve()
    if path.suffix == ".py" and path.is_file():
        return path.resolve()
    if path.suffix == ".py" or path.is_dir():
        missing = f"{path} does not exist" if path.suffix == ".py" else f"the folder {path} holds no task.py"
        raise UsageError(f"{missing}; `refine new NAME` makes a task to start from")
    if what in names():
        return shipped() / what / "task.py"
    raise UsageError(
        f"there is no task {what!r}: give a .py file, a folder with a task.py, or one of {', '.join(names())}"
    )


def load(what: str) -> Task:
    """The task that `what` means. Raises `UsageError` if there is none and `TaskError` if it does not import."""
    return load_file(str(find(what)))


def load_file(file: str, name: str | None = None) -> Task:
    """Imports `file` (its folder is importable meanwhile) and returns the Task in it.

    Raises:
        TaskError: it does not import, or it holds no Task, or several and none of them is called `name` or `task`.
    """
    path = Path(file).resolve()
    spec = importlib.util.spec_from_file_location(f"refine_task_{path.parent.name}_{path.stem}", path)
    if spec is None or spec.loader is None:
        raise TaskError(f"{file} is not a Python file")
    module = importlib.util.module_from_spec(spec)
    sys.path.insert(0, str(path.parent))
    sys.modules[spec.name] = module
    try:
        spec.loader.exec_module(module)
    except RefineError:
        raise
    except Exception as error:  # the boundary to the user's file: whatever its import raises is told in one line
        raise TaskError(f"{file} does not import: {type(error).__name__}: {error}") from error
    finally:
        sys.path.remove(str(path.parent))
    return _the_one({key: value for key, value in vars(module).items() if isinstance(value, Task)}, file, name)


def _the_one(tasks: dict[str, Task], file: str, name: str | None) -> Task:
    by_name = [task for task in tasks.values() if task.name == name]
    if by_name:
        return by_name[0]
    if "task" in tasks:
        return tasks["task"]
    if len({id(task) for task in tasks.values()}) == 1:
        return next(iter(tasks.values()))
    found = "no refine.Task" if not tasks else f"several tasks ({', '.join(tasks)}) and none is called `task`"
    raise TaskError(f"{file} holds {found}")
