"""A task: an instruction and a verifier, with what is known about the problem.

A task lives in a file. The engine imports that file to read the task; judge processes import it again to verify. So a
task file must be importable without side effects: `refine.run(task)` in it belongs under `if __name__ == "__main__":`.
"""

from __future__ import annotations

import hashlib
import inspect
import math
import tomllib
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from pydantic import Field, ValidationError

from refine.budget import Budget
from refine.errors import TaskError
from refine.types import Candidate, Direction, Frozen, Limits, Outcome, Shown, Verdict, digest

if TYPE_CHECKING:
    from refine.verifiers.handle import Handle

Verifier = Callable[["Handle"], "float | Outcome"]
Language = Literal["python", "expression", "text"]
"""What a candidate is: a Python program, one Python-syntax expression, or any text."""


class Grammar(Frozen):
    """What the embedded proposer may build from, besides the names it finds in the program.

    Attributes:
        terminals: expressions worth trying as leaves, in the names of the seed's function: `"bins - item"`.
        functions: unary functions by name, as the program would write them: `"np.exp"`.
        constants: numbers worth trying.
    """

    terminals: tuple[str, ...] = ()
    functions: tuple[str, ...] = ()
    constants: tuple[float, ...] = ()


UNKNOWN = -1
"""The bin of a candidate whose outcome does not say a feature."""


class Feature(Frozen):
    """One axis of a grid: `bins` equal steps from `low` to `high`, what lies outside in the outermost.

    `name` is "length" (characters), "cpu_s", or one of the outcome's features or metrics. With `log`, the steps are
    equal in the logarithm.
    """

    name: str
    low: float
    high: float
    bins: int = Field(default=10, ge=1)
    log: bool = False

    def bin(self, shown: Shown) -> int:
        """Its bin, 0 to bins - 1, or UNKNOWN."""
        value = self._value(shown)
        if value is None or not math.isfinite(value):
            return UNKNOWN
        low, high = self.low, self.high
        if self.log:
            low, high, value = (math.log(max(x, 1e-300)) for x in (low, high, value))
        return min(self.bins - 1, max(0, int(self.bins * (value - low) / (high - low))))

    def _value(self, shown: Shown) -> float | None:
        outcome = shown.outcome
        if self.name == "length":
            return float(len(shown.candidate.text))
        if self.name == "cpu_s":
            return outcome.resources.cpu_s
        return outcome.features.get(self.name, outcome.metrics.get(self.name))


class Noise(Frozen):
    """Says that a verifier scores the same candidate differently with another `candidate.seed`.

    Attributes:
        replicates: verifications of one candidate, at most, each with a fresh seed.
        least: so many before racing may stop it.
        confirming: replicates of a confirmation, which are never cut short.
        z: standard errors that the score is made worse by: the more, the less luck can win.
        paired: whether all candidates get the same seeds (common random numbers), in the search and, other ones, in
            the confirmation. What a seed does to all of them alike then cancels where two are compared, and what a
            verifier computes from the seed alone can be kept. The price: the search chooses what suits these few seeds
            (the winner's curse), more candidates do not average that out, and what feedback tells about an instance
            can be learnt by heart; so confirm.
    """

    replicates: int = Field(default=4, ge=2)
    least: int = Field(default=2, ge=2)
    confirming: int = Field(default=16, ge=2)
    z: float = Field(default=1.0, ge=0)
    paired: bool = False


class Reference(Frozen):
    """A published value to stand beside ours. `metric` is "score" or one of the outcome's metrics."""

    name: str
    value: float
    metric: str = "score"
    source: str


class Golden(Frozen):
    """A candidate whose outcome is known before any run.

    `pass` must pass with `score` (within `tolerance`), `fail` must get `verdict`, and a `cheat` must not gain: it gets
    `verdict`, or a score no better than `no_better_than`.
    """

    name: str
    kind: Literal["pass", "fail", "cheat"]
    text: str
    why: str = ""
    verdict: Verdict | None = None
    score: float | None = None
    tolerance: float = Field(default=0.0, ge=0)
    no_better_than: float | None = None


class Task:
    """What to search for.

    Args:
        instruction: what the candidate must be, as a model reads it: names, arguments, units, what is scored.
        seed: the program to start from, or several. In a task folder, `seed.py` is read if this is left out.
        name: default: the name of the file or folder.
        direction: whether a higher or a lower score is better.
        metric: what the score is, with its unit, for tables and prompts.
        language: what a candidate is; decides how it is found in an answer and how the embedded proposer changes it.
        limits: what one candidate may use.
        judge_seconds: deadline for the verifier itself on one candidate, the candidate's time included.
        judge_memory_mb: address space of the judge process, MiB.
        image: the sandbox image: a folder of `sandboxes/`.
        target: a score at which the search may stop.
        references: published values.
        baselines: programs to be verified beside the champion, by name, so that the table compares like with like.
        grammar: hints for the embedded proposer.
        judge_model: a `--model` text for the language model that the verifier may ask for opinions
            (`refine.verifiers.opinion`); `--judge-model` takes another. Such scores are judged, not verified.
        noise: where the score depends on `candidate.seed`; left out, it does not.
        features: axes of the grid of `map_elites`; left out, length and CPU time.
        golden: golden cases; in a task folder, `golden/cases.toml` is read if this is left out.
        budget: where a run ends that is told nothing else; in a task folder, `budget.toml` is read if this is left out.
            A file of its own, because a budget is no part of what the task is: to change it makes no other run of one.
    """

    def __init__(
        self,
        instruction: str,
        seed: str | Iterable[str] | None = None,
        *,
        name: str | None = None,
        direction: Direction = "maximize",
        metric: str = "score",
        language: Language = "python",
        limits: Limits | None = None,
        judge_seconds: float = 120.0,
        judge_memory_mb: int = 8192,
        image: str = "python",
        judge_model: str = "",
        target: float | None = None,
        references: Iterable[Reference] = (),
        baselines: Mapping[str, str] | None = None,
        grammar: Grammar | None = None,
        features: Iterable[Feature] = (),
        noise: Noise | None = None,
        golden: Iterable[Golden] | None = None,
        budget: Budget | None = None,
    ) -> None:
        if not instruction.strip():
            raise TaskError("a task needs an instruction: what should the candidate be, and what is scored?")
        if direction not in ("maximize", "minimize"):
            raise TaskError(f'direction is {direction!r}: write "maximize" or "minimize"')
        self.file = _calling_file()
        self.name = name or (self.file.parent.name if self.file.name == "task.py" else self.file.stem)
        self.instruction = inspect.cleandoc(instruction)
        self.direction: Direction = direction
        self.metric = metric
        self.language: Language = language
        self.limits = limits or Limits()
        self.judge_seconds = judge_seconds
        self.judge_memory_mb = judge_memory_mb
        self.image = image
        self.judge_model = judge_model
        self.target = target
        self.references = tuple(references)
        self.baselines = dict(baselines or {})
        self.grammar = grammar or Grammar()
        self.features = tuple(features)
        self.noise = noise
        self.seeds = _seeds(seed, self.file)
        self.golden = tuple(golden) if golden is not None else _golden(self.file)
        self.budget = budget or _budget(self.file)
        self._verify: Verifier | None = None
        self._confirm: Verifier | None = None

    def verifier(self, function: Verifier) -> Verifier:
        """Decorator: this function makes the score. It returns a finite number or an `Outcome`, or raises `Wrong`."""
        if self._verify is not None:
            raise TaskError(f"task {self.name} has two verifiers: {self._verify.__name__} and {function.__name__}")
        self._verify = function
        return function

    def confirmation(self, function: Verifier) -> Verifier:
        """Decorator: verifies the champion on instances that the search never saw. `candidate.seed` is a secret of
        the run, so that nobody can have memorised what is drawn from it.
        """
        if self._confirm is not None:
            raise TaskError(f"task {self.name} has two confirmations")
        self._confirm = function
        return function

    @property
    def verify(self) -> Verifier:
        if self._verify is None:
            raise TaskError(f"task {self.name} has no verifier: decorate a function with @task.verifier")
        return self._verify

    @property
    def confirm(self) -> Verifier | None:
        return self._confirm

    @property
    def folder(self) -> Path:
        """Where the task's own files are: harnesses, data, golden cases."""
        return self.file.parent

    def better(self, a: float, b: float) -> bool:
        """Whether score `a` is strictly better than score `b`."""
        return a > b if self.direction == "maximize" else a < b

    @property
    def digest(self) -> str:
        """SHA-256 of all that shapes the task's outcomes: its Python files (golden cases apart), in a folder all of
        them, and its instruction. 64 hex digits.
        """
        files = sorted(self.folder.rglob("*.py")) if self.file.name == "task.py" else [self.file]
        own = [f for f in files if not {"golden", "__pycache__"} & set(f.relative_to(self.folder).parts[:-1])]
        parts = [f"{f.relative_to(self.folder)}:{hashlib.sha256(f.read_bytes()).hexdigest()}" for f in own]
        return digest("\n".join([self.instruction, *parts]))

    def __repr__(self) -> str:
        return f"Task({self.name!r}, {len(self.seeds)} seed(s), {self.file})"


def _calling_file() -> Path:
    """The file whose code makes the Task: the first frame outside of this module."""
    frame = inspect.currentframe()
    while frame is not None and frame.f_globals.get("__name__") == __name__:
        frame = frame.f_back
    name = frame.f_globals.get("__file__") if frame is not None else None
    if not name or not Path(name).is_file():
        raise TaskError("a task must live in a file, because judge processes import it: write it to NAME.py")
    return Path(name).resolve()


def _seeds(seed: str | Iterable[str] | None, file: Path) -> tuple[Candidate, ...]:
    if seed is None:
        found = sorted(file.parent.glob("seed*.py")) if file.name == "task.py" else []
        return tuple(Candidate(f.read_text()) for f in found)
    return (Candidate(seed),) if isinstance(seed, str) else tuple(Candidate(text) for text in seed)


def _budget(file: Path) -> Budget | None:
    """Reads `budget.toml`: `candidates = 60`, and so on, as `Budget` has them."""
    limits = file.parent / "budget.toml"
    if file.name != "task.py" or not limits.is_file():
        return None
    try:
        return Budget.model_validate(tomllib.loads(limits.read_text()))
    except (tomllib.TOMLDecodeError, ValidationError, OSError) as error:
        raise TaskError(f"{limits}: {error}") from error


def _golden(file: Path) -> tuple[Golden, ...]:
    """Reads `golden/cases.toml`: one table a case; its text is the file of that name, or `file`."""
    folder = file.parent / "golden"
    cases = folder / "cases.toml"
    if file.name != "task.py" or not cases.is_file():
        return ()
    try:
        table = tomllib.loads(cases.read_text())
        return tuple(_case(name, dict(entry), folder) for name, entry in table.items())
    except (tomllib.TOMLDecodeError, ValidationError, OSError, KeyError) as error:
        raise TaskError(f"{cases}: {error}") from error


def _case(name: str, entry: dict[str, object], folder: Path) -> Golden:
    file = folder / str(entry.pop("file", f"{name}.py"))
    return Golden.model_validate({"name": name, "text": file.read_text(), **entry})
