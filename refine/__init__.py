"""refine: a tool-verified generate-and-refine search engine whose scores can be trusted."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from refine.budget import Budget as Budget
    from refine.errors import RefineError as RefineError
    from refine.errors import Wrong as Wrong
    from refine.errors import require as require
    from refine.search import Search as Search
    from refine.session import run as run
    from refine.strategies import preset as preset
    from refine.task import Feature as Feature
    from refine.task import Golden as Golden
    from refine.task import Grammar as Grammar
    from refine.task import Noise as Noise
    from refine.task import Reference as Reference
    from refine.task import Task as Task
    from refine.types import Limits as Limits
    from refine.types import Outcome as Outcome
    from refine.types import Verdict as Verdict
    from refine.verifiers.handle import Handle as Handle

__version__ = "0.1.0"

_HOMES = {
    "Budget": "refine.budget",
    "Search": "refine.search",
    "run": "refine.session",
    "preset": "refine.strategies",
    "Feature": "refine.task",
    "Golden": "refine.task",
    "Grammar": "refine.task",
    "Handle": "refine.verifiers.handle",
    "Limits": "refine.types",
    "Noise": "refine.task",
    "Outcome": "refine.types",
    "Reference": "refine.task",
    "RefineError": "refine.errors",
    "Task": "refine.task",
    "Verdict": "refine.types",
    "Wrong": "refine.errors",
    "require": "refine.errors",
}
__all__ = list(_HOMES)


def __getattr__(name: str) -> Any:  # noqa: ANN401 - PEP 562: `import refine` costs nothing until a name is used
    if name in _HOMES:
        return getattr(importlib.import_module(_HOMES[name]), name)
    raise AttributeError(f"module 'refine' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted([*_HOMES, "__version__"])
