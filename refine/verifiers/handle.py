"""The candidate as a verifier sees it. What it gives is plain data from somebody who wants a perfect score."""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from refine.errors import TaskError
from refine.sandbox.cell import Cell, Completed, Ended, Plain, Slots
from refine.types import Candidate, Limits, Resources, together
from refine.verifiers import compiled, speed
from refine.verifiers.wanted import AskModel, Said, Wanted


class Handle:
    """One candidate, to be questioned. Nothing of it runs until the first question.

    `handle.f(x)` calls its function `f` in the sandbox; `call("f", x)` does the same where a name collides with one
    of these methods. Every method may raise `CandidateError`, which a verifier lets pass: it becomes the verdict.

    Attributes:
        text: the candidate itself.
        id: its digest.
        seed: for the verifier's own chance; the candidate never sees it. 0 in the search, or where the task declares
            noise another one for each replicate; in a confirmation a number that is secret to the run.
    """

    def __init__(
        self,
        candidate: Candidate,
        slots: Slots,
        limits: Limits,
        *,
        seed: int = 0,
        folder: Path,
        ask: AskModel | None = None,
    ) -> None:
        self.text = candidate.text
        self.id = candidate.id
        self.seed = seed
        self._slots = slots
        self._limits = limits
        self._folder = folder
        self._ask = ask
        self._cell: Cell | None = None
        self._ended: list[Ended] = []

    def __getattr__(self, name: str) -> Callable[..., Plain]:
        if name.startswith("_"):
            raise AttributeError(f"a candidate's function may not begin with an underscore: {name}")
        return functools.partial(self.call, name)

    def call(self, function: str, /, *args: Plain, **kwargs: Plain) -> Plain:
        """What `function(*args, **kwargs)` returns in the sandbox: None, bool, int, float, str, bytes, list, dict or
        numpy array, without NaN and infinities.
        """
        return self._loaded().call(function, args, kwargs)

    def map(self, function: str, items: Iterable[Sequence[Plain]], /) -> list[Plain]:
        """`[function(*item) for item in items]` in one crossing of the wall."""
        return self._loaded().map(function, list(items))

    def run(self, harness: str, /, **kwargs: Plain) -> Plain:
        """Runs the task's own file `harness` beside the candidate: its `run(candidate, **kwargs)`, where `candidate` is
        the candidate's module. What it returns is as untrusted as the candidate.
        """
        try:
            source = (self._folder / harness).read_text()
        except OSError as error:
            raise TaskError(f"the harness {self._folder / harness} cannot be read: {error.strerror}") from error
        return self._loaded().run(source, kwargs)

    def exec(
        self,
        argv: Sequence[str],
        *,
        files: Mapping[str, bytes | str] | None = None,
        stdin: bytes = b"",
        collect: Sequence[str] = (),
    ) -> Completed:
        """Runs a program of the sandbox's image in the cell's own empty folder, with `files` written there first;
        `collect` names the files to bring back. A return code other than 0 is data, not an error.
        """
        return self._started().exec(argv, files=_bytes(files), stdin=stdin, collect=collect)

    def compile(
        self, argv: Sequence[str], *, files: Mapping[str, bytes | str] | None = None, collect: Sequence[str] = ()
    ) -> Completed:
        """`exec` for what depends on `argv` and `files` alone, in a process of its own that ends with it. The judge
        keeps the answer, so that the same source is compiled once.

        A compiler reads what the candidate wrote, so what it made is as untrusted as the candidate: hand it to `exec`,
        and run it nowhere else.
        """
        given, kept = _bytes(files), compiled.of(self._slots)
        key = compiled.key(argv, given, collect, self._limits)
        made = kept.get(key)
        if made is None:
            made = self._alone(lambda cell: cell.exec(argv, files=given, collect=collect))
            kept.put(key, made)
        return made

    def race(
        self, reference: str, function: str, items: Iterable[Sequence[Plain]], /, *, repeats: int = 9
    ) -> speed.Race:
        """How much faster the candidate is than the program `reference` at answering `function(*item)` for all `items`.

        Each repeat runs both once, each in a fresh process on one processor, and counts loading; `limits.seconds` holds
        for each. Choose items that take 50 ms or more together: starting and asking, 1 or 2 ms in both, pulls the ratio
        towards 1. The candidate's process, if one runs, is ended first. See `refine.verifiers.speed`.
        """
        self.restart()
        course = speed.course(self._slots, self._limits, function, list(items))
        return speed.run(course, self.text, reference, repeats=repeats, seen=self._ended.append)

    def ask_model(self, wanted: Wanted) -> tuple[Said, ...]:
        """What the task's judge model says, asked by the engine and journalled; `refine.verifiers.opinion` asks well.

        Raises:
            TaskError: no judge model is named.
        """
        if self._ask is None:
            raise TaskError("no judge model is named: Task(judge_model=...) or --judge-model says who is asked")
        return self._ask(wanted)

    @contextlib.contextmanager
    def beside(self, text: str) -> Iterator[Handle]:
        """Another program in a process of its own, until the block ends: one that the task gives and does not trust,
        such as a reward that another search wrote. Candidate and program never meet; what both use is counted.
        """
        other = Handle(Candidate(text), self._slots, self._limits, seed=self.seed, folder=self._folder)
        try:
            yield other
        finally:
            other.restart()
            self._ended.extend(other._ended)

    def restart(self) -> None:
        """Ends the candidate's process; the next question meets a fresh one that remembers nothing."""
        if self._cell is not None:
            cell, self._cell = self._cell, None
            self._ended.append(cell.end())

    def _alone(self, work: Callable[[Cell], Completed]) -> Completed:
        """Does `work` in a cell that held nothing before and is gone afterwards."""
        cell = self._slots.spawn(self._limits)
        try:
            return work(cell)
        finally:
            self._ended.append(cell.end())

    def _started(self) -> Cell:
        if self._cell is None:
            self._cell = self._slots.spawn(self._limits)
            self._loaded_text = False
        return self._cell

    def _loaded(self) -> Cell:
        cell = self._started()
        if not self._loaded_text:
            cell.load(self.text)
            self._loaded_text = True
        return cell

    def _end(self) -> tuple[Resources, str]:
        """Ends the process; what all of the candidate's processes used together, and the last one's output."""
        self.restart()
        used = [ended.resources for ended in self._ended]
        return together(used), self._ended[-1].output if self._ended else ""

    def __dir__(self) -> list[str]:
        return ["ask_model", "call", "compile", "exec", "id", "map", "race", "restart", "run", "seed", "text"]

    def __repr__(self) -> str:
        return f"Handle({self.id[:8]})"


def _bytes(files: Mapping[str, bytes | str] | None) -> dict[str, bytes]:
    return {name: body.encode() if isinstance(body, str) else body for name, body in (files or {}).items()}
