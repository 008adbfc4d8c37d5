"""A candidate handle without a sandbox, for tests of verifiers on candidates that this repository wrote itself."""

from __future__ import annotations

import contextlib
import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

import numpy as np

from refine.errors import CandidateError
from refine.types import Verdict


class FakeCandidate:
    """Runs the candidate in this very process, so it protects from nothing; what comes back is plain data as over
    the wall (tuples become lists; NaN, infinity and objects are refused)."""

    def __init__(self, text: str, seed: int = 0) -> None:
        self.text = text
        self.seed = seed
        self._names: dict[str, Any] | None = None

    def call(self, function: str, /, *args: Any, **kwargs: Any) -> Any:
        return _guarded(lambda: plain(self._loaded()[function](*args, **kwargs)))

    def map(self, function: str, items: Iterable[Sequence[Any]]) -> list[Any]:
        return [self.call(function, *args) for args in items]

    @contextlib.contextmanager
    def beside(self, text: str) -> Iterator[FakeCandidate]:
        yield FakeCandidate(text, self.seed)

    def restart(self) -> None:
        self._names = None

    def __getattr__(self, name: str) -> Callable[..., Any]:
        if name.startswith("_"):
            raise AttributeError(name)
        return lambda *args, **kwargs: self.call(name, *args, **kwargs)

    def _loaded(self) -> dict[str, Any]:
        if self._names is None:
            self._names = {"__name__": "candidate"}
            exec(compile(self.text, "candidate.py", "exec"), self._names)  # noqa: S102 - that is what this fake is
        return self._names


def _guarded(work: Callable[[], Any]) -> Any:
    try:
        return work()
    except CandidateError:
        raise
    except SyntaxError as error:
        raise CandidateError(Verdict.MALFORMED, str(error)) from error
    except Exception as error:  # whatever a candidate raises is a crash
        raise CandidateError(Verdict.CRASHED, f"{type(error).__name__}: {error}") from error


def plain(value: Any) -> Any:
    """`value` as it would arrive over the wall; raises CandidateError for what cannot cross."""
    if isinstance(value, float | np.floating) and not math.isfinite(value):
        raise CandidateError(Verdict.MALFORMED, "NaN or infinity in the answer")
    if value is None or type(value) in (bool, int, float, str, bytes) or isinstance(value, np.generic | np.ndarray):
        return value
    if type(value) in (list, tuple):
        return [plain(item) for item in value]
    if type(value) is dict and all(type(key) is str for key in value):
        return {key: plain(item) for key, item in value.items()}
    raise CandidateError(Verdict.MALFORMED, f"a {type(value).__name__} cannot cross the wall")
