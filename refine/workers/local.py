"""Judge processes on this machine, each with a sandbox slot of its own."""

from __future__ import annotations

import asyncio
import os
import socket
import subprocess
import sys
import time
from pathlib import Path
from types import TracebackType
from typing import Self

from pydantic import ValidationError

from refine.errors import Fault, TaskError
from refine.sandbox import Sandbox, Slot
from refine.task import Task
from refine.types import Candidate, Outcome
from refine.verifiers.judge import Job, Reply, Stage
from refine.verifiers.wanted import AskEngine, Said, Told, Wanted

_LINE_LIMIT = 64 * 2**20
_START_SECONDS = 60.0
_RECYCLED_AFTER = 2000
"""Candidates that one judge and its slot serve before both are replaced."""
_AHEAD = 20
"""So many candidates before that, the next judge begins to start."""
_PASSED_ON = ("PATH", "HOME", "LANG", "LC_ALL", "TZ", "TMPDIR", "LD_LIBRARY_PATH", "VIRTUAL_ENV", "OMP_NUM_THREADS")
"""All that a judge sees of the engine's environment: never a key."""


class Judge:
    """One judge process and its slot. Made by `started`; over after the first Fault."""

    def __init__(self, slot: Slot, process: subprocess.Popen[bytes], streams: Streams) -> None:
        self._slot = slot
        self._process = process
        self._reader, self._writer = streams
        self.served = 0
        self.sound = True
        """False from a question until its answer is read: killed, cancelled or broken in between, it is replaced."""

    @classmethod
    async def started(cls, task: Task, sandbox: Sandbox, log: Path | None) -> Self:
        """Opens a slot and starts a judge on it. Raises `Fault`, or `TaskError` where the task does not import."""
        slot = await _opened(sandbox, task)
        ours, theirs = socket.socketpair()
        process = _process(task, slot, theirs, log)
        theirs.close()
        slot.control.close()  # the judge's alone now: when it dies, its supervisor sees it
        one = cls(slot, process, await asyncio.open_connection(sock=ours, limit=_LINE_LIMIT))
        ready = b""
        try:
            ready = await asyncio.wait_for(one._reader.readline(), _START_SECONDS)
        except TimeoutError:
            pass
        finally:
            if not ready:  # cancelled meanwhile, too
                await one.close()
        if not ready:
            raise TaskError(f"the judge of task {task.name} did not start: {_tail(log)}")
        return one

    async def verify(self, job: Job, seconds: float, ask: AskEngine | None = None) -> Outcome:
        """One candidate's outcome. Raises `Fault`; the judge can go on only while it is `sound`.

        What a model takes to answer the verifier's questions is not counted.
        """
        self.served += 1
        self.sound = False
        reply, left = await self._exchanged(job, seconds)
        while reply.wanted is not None:
            told = Told(said=await (ask or _nobody)(reply.wanted))
            reply, left = await self._exchanged(told, left, seconds)
        self.sound = reply.failure is None or reply.failure.where != "sandbox"
        return _outcome(reply)

    async def _exchanged(self, sent: Job | Told, left: float, seconds: float | None = None) -> tuple[Reply, float]:
        """The judge's next reply, and what is left of the `left` seconds that it has."""
        begun = time.monotonic()
        try:
            self._writer.write(sent.model_dump_json().encode() + b"\n")
            await self._writer.drain()
            line = await asyncio.wait_for(self._reader.readline(), left)
        except TimeoutError:
            seconds = left if seconds is None else seconds
            raise Fault(
                "verifier", f"the verifier did not end within {seconds:g} s and was killed (judge_seconds)"
            ) from None
        except (ConnectionError, ValueError) as error:  # ValueError: a line longer than the limit
            raise Fault("verifier", f"the judge broke off: {error}") from error
        if not line:
            raise Fault("verifier", f"the judge process died ({await self._exit_status()})")
        return _reply(line), max(0.0, left - (time.monotonic() - begun))

    async def _exit_status(self) -> str:
        code = await asyncio.to_thread(self._process.wait)
        return f"signal {-code}" if code < 0 else f"exit status {code}"

    async def close(self) -> None:
        self._process.kill()
        self._writer.close()
        await asyncio.to_thread(self._process.wait)
        await asyncio.to_thread(self._slot.close)


Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]


class Pool:
    """`width` judges; `verify` waits for a free one. Made by `async with Pool(...)`."""

    def __init__(self, task: Task, sandbox: Sandbox, *, width: int, log: Path | None = None) -> None:
        self._task = task
        self._sandbox = sandbox
        self._width = width
        self._log = log
        self._free: asyncio.Queue[Judge | None] = asyncio.Queue()
        self._all: set[Judge] = set()
        self._spare: asyncio.Task[Judge] | None = None
        self._closed = False

    async def __aenter__(self) -> Self:
        """Starts one judge, so that what is wrong with the task or the sandbox is known; the others start at need."""
        self._free.put_nowait(await self._new())
        for _ in range(self._width - 1):
            self._free.put_nowait(None)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()

    async def verify(
        self,
        candidate: Candidate,
        *,
        stage: Stage = "search",
        seed: int = 0,
        against: float | None = None,
        replicates: int | None = None,
        ask: AskEngine | None = None,
    ) -> Outcome:
        job = Job(text=candidate.text, stage=stage, seed=seed, against=against, replicates=replicates)
        judge = await self._free.get()
        try:
            judge = judge or await self._fresh()
            return await judge.verify(job, self._task.judge_seconds * self._most(job), ask)
        finally:
            keep = judge is not None and judge.sound and judge.served < _RECYCLED_AFTER
            self._free.put_nowait(judge if keep else None)
            if judge is not None and (not judge.sound or judge.served >= _RECYCLED_AFTER - _AHEAD):
                self._prepare()
            if not keep:
                await self._end(judge)

    def _most(self, job: Job) -> int:
        """Verifications that the job may take, one after the other."""
        noise = self._task.noise
        if noise is None:
            return 1
        return job.replicates or (noise.replicates if job.stage == "search" else noise.confirming)

    async def aclose(self) -> None:
        self._closed = True
        if self._spare is not None:
            await asyncio.gather(self._spare, return_exceptions=True)  # a thread opens its slot: it cannot be stopped
        await asyncio.gather(*(self._end(judge) for judge in tuple(self._all)))

    def _prepare(self) -> None:
        """Begins to start a judge for whoever needs a fresh one next."""
        if self._spare is None and not self._closed:
            self._spare = asyncio.create_task(self._new())

    async def _fresh(self) -> Judge:
        spare, self._spare = self._spare, None
        return await (spare or self._new())

    async def _new(self) -> Judge:
        judge = await Judge.started(self._task, self._sandbox, self._log)
        self._all.add(judge)
        return judge

    async def _end(self, judge: Judge | None) -> None:
        if judge is not None and judge in self._all:
            self._all.discard(judge)
            await judge.close()


async def _opened(sandbox: Sandbox, task: Task) -> Slot:
    """A slot, opened in a thread. A thread cannot be stopped: what it opens for nobody is closed."""
    opening = asyncio.ensure_future(asyncio.to_thread(sandbox.open, task.limits))
    try:
        return await asyncio.shield(opening)
    except asyncio.CancelledError:
        opening.add_done_callback(_close_unused)
        raise


def _close_unused(opening: asyncio.Future[Slot]) -> None:
    if not opening.cancelled() and opening.exception() is None:
        opening.result().close()


def _process(task: Task, slot: Slot, theirs: socket.socket, log: Path | None) -> subprocess.Popen[bytes]:
    fds = (theirs.fileno(), slot.control.fileno())
    argv = [sys.executable, "-m", "refine.verifiers.judge", str(fds[0]), str(fds[1]), str(task.file), task.name]
    # One judge a CPU: threads of a linear-algebra library would fight the other judges for them.
    environment = {"OMP_NUM_THREADS": "1"} | {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
    environment |= {"PYTHONPATH": str(Path(__file__).parents[2]), "PYTHONHASHSEED": "0"}
    environment |= {
        "REFINE_JUDGE": "1",
        "PYTHONUNBUFFERED": "1",
    }  # a judge is killed, and what it printed must be there
    with log.open("ab") if log else open(os.devnull, "ab") as printed:  # noqa: PTH123 - devnull is no Path of ours
        return subprocess.Popen(
            argv,
            stdin=subprocess.DEVNULL,
            stdout=printed,
            stderr=printed,
            pass_fds=fds,
            env=environment,
            start_new_session=True,  # a terminal's Ctrl-C is for the engine: it waits for what is in flight
        )


async def _nobody(_wanted: Wanted) -> tuple[Said, ...]:
    why = "the verifier asks a judge model and none is named: Task(judge_model=...) or --judge-model says who is asked"
    raise Fault("verifier", why, retry=False)


def _reply(line: bytes) -> Reply:
    try:
        return Reply.model_validate_json(line)
    except ValidationError as error:
        raise Fault("verifier", f"the judge's answer cannot be read: {error.errors()[0]['msg']}") from error


def _outcome(reply: Reply) -> Outcome:
    if reply.failure is not None:
        raise Fault(reply.failure.where, reply.failure.message, retry=reply.failure.retry)
    assert reply.outcome is not None, "a reply is an outcome or a failure"
    return reply.outcome


def _tail(log: Path | None) -> str:
    """The last line that the judge printed: Python's own one-line error."""
    lines = log.read_text(errors="replace").strip().splitlines() if log and log.exists() else []
    return lines[-1] if lines else "it said nothing"
