"""An inference engine that runs in steps, in a thread of its own, for as many proposers and event loops as ask it.

The thread loads the engine at the first request and makes its steps while anybody waits; what is asked meanwhile joins
the next step, so that everything in flight is computed together (continuous batching; Yu et al. 2022, Orca).
"""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Protocol

from refine.errors import Fault
from refine.types import Json, Message


@dataclass(frozen=True, slots=True)
class Adapter:
    """A low-rank adapter (Hu et al. 2021) in PEFT's format; `stamp` changes with what the folder holds."""

    path: Path
    stamp: int
    rank: int


@dataclass(frozen=True, slots=True)
class Request:
    """`n` answers to the same messages; answer i, from 0, is drawn with the seed `seed` + i."""

    messages: tuple[Message, ...]
    params: Mapping[str, Json]
    n: int
    seed: int
    adapter: Adapter | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """`prompt_tokens` are those of the prompt, which all answers of a request share."""

    text: str
    prompt_tokens: int
    completion_tokens: int
    finish: str | None


@dataclass(frozen=True, slots=True)
class Answered:
    """All answers to a request, in order, and the seconds from its arrival in the engine to the last of them."""

    answers: tuple[Answer, ...]
    seconds: float


class Core(Protocol):
    """The engine itself. Everything is called in one thread."""

    def add(self, key: str, request: Request) -> None:
        """Takes a request. Raises `Fault` or ValueError for one that it cannot answer; others go on."""

    def step(self) -> Iterable[tuple[str, tuple[Answer, ...]]]:
        """Computes a little for all requests; yields those that are answered now. What it raises ends the engine."""

    def abort(self, key: str) -> None:
        """Nobody waits for this any more."""

    def close(self) -> None: ...


@dataclass(slots=True)
class _Waiting:
    future: Future[Answered]
    since: float


class Engine:
    """A core behind a queue. `name` is for messages; `load` makes the core, in the thread."""

    def __init__(self, name: str, load: Callable[[], Core]) -> None:
        self._name, self._load = name, load
        self._inbox: SimpleQueue[Callable[[Core], None] | None] = SimpleQueue()
        self._waiting: dict[str, _Waiting] = {}
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._users = 0
        self._asked = 0
        self._over: Fault | None = None

    def join(self) -> None:
        """One more user; every `leave` undoes one."""
        self._users += 1

    def leave(self) -> None:
        """One user less. The last one ends the engine and waits until its memory is free: seconds."""
        self._users -= 1
        if self._users == 0 and self._thread is not None:
            self._inbox.put(None)
            self._thread.join()

    def submit(self, request: Request) -> Future[Answered]:
        """The answers to come; cancelling the future spares the engine the work.

        Raises:
            Fault: the engine has ended. As a result of the future: it cannot answer, or it ends before it does.
        """
        future: Future[Answered] = Future()
        with self._lock:
            if self._over is not None:
                raise self._over
            key = str(self._asked)
            self._asked += 1
            self._inbox.put(lambda core: self._add(core, key, request, future))
            if self._thread is None:
                self._thread = threading.Thread(target=self._live, name=self._name, daemon=True)
                self._thread.start()
        future.add_done_callback(lambda done: self._dropped(key) if done.cancelled() else None)
        return future

    def _dropped(self, key: str) -> None:
        self._inbox.put(lambda core: self._abort(core, key))

    # ---- in the thread ----------------------------------------------------------------------------------------------

    def _live(self) -> None:
        why = "it was closed"
        try:
            with contextlib.closing(self._load()) as core:
                while self._attends(core):
                    for key, answers in core.step() if self._waiting else ():
                        self._deliver(key, answers)
        except Exception as error:  # noqa: BLE001 - whatever ends the engine, all who wait for it must hear of it
            why = f"{type(error).__name__}: {str(error).strip() or 'no reason given'}"
        self._end(why)

    def _attends(self, core: Core) -> bool:
        """Does what was asked of the thread, which sleeps if there is nothing to compute. False: it is over."""
        with contextlib.suppress(Empty):
            while True:
                order = self._inbox.get(block=not self._waiting)
                if order is None:
                    return False
                order(core)
        return True

    def _add(self, core: Core, key: str, request: Request, future: Future[Answered]) -> None:
        if future.cancelled():
            return
        self._waiting[key] = _Waiting(future, time.monotonic())
        try:
            core.add(key, request)
        except (Fault, ValueError) as error:
            waiting = self._waiting.pop(key)
            fault = error if isinstance(error, Fault) else Fault("model", f"{self._name}: {error}", retry=False)
            _settle(waiting.future, fault)

    def _abort(self, core: Core, key: str) -> None:
        if self._waiting.pop(key, None) is not None:
            core.abort(key)

    def _deliver(self, key: str, answers: tuple[Answer, ...]) -> None:
        waiting = self._waiting.pop(key, None)
        if waiting is not None:
            _settle(waiting.future, Answered(answers, time.monotonic() - waiting.since))

    def _end(self, why: str) -> None:
        """Nobody waits for ever: neither who is known nor who asked just now."""
        fault = Fault("model", f"{self._name}: {why}", retry=False)
        with self._lock:
            self._over = fault
            late = _Refuses(fault)
            with contextlib.suppress(Empty):
                while True:
                    order = self._inbox.get_nowait()
                    if order is not None:
                        order(late)
        for waiting in self._waiting.values():
            _settle(waiting.future, fault)
        self._waiting.clear()


@dataclass(frozen=True, slots=True)
class _Refuses:
    """Stands for a core that has ended."""

    fault: Fault

    def add(self, key: str, request: Request) -> None:
        del key, request
        raise self.fault

    def step(self) -> Iterable[tuple[str, tuple[Answer, ...]]]:
        return ()

    def abort(self, key: str) -> None: ...

    def close(self) -> None: ...


def _settle(future: Future[Answered], value: Answered | Fault) -> None:
    """Unless it was cancelled, which may happen at any moment until it is set to run."""
    if not future.set_running_or_notify_cancel():
        return
    if isinstance(value, Fault):
        future.set_exception(value)
    else:
        future.set_result(value)
