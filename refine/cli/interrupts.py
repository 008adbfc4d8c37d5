"""Ctrl-C: once, and the run asks for nothing more; twice, and it is left at once. Either way all is journalled."""

from __future__ import annotations

import signal
from collections.abc import Callable
from types import FrameType, TracebackType
from typing import Self

from refine.loop import Run


class Interrupts:
    """Listens to SIGINT while it is entered. Before a run is watched, Ctrl-C just leaves."""

    def __init__(self, say: Callable[[str], None]) -> None:
        self._say = say
        self._run: Run | None = None
        self.pressed = False

    def watch(self, run: Run) -> None:
        self._run = run

    def __enter__(self) -> Self:
        self._before = signal.signal(signal.SIGINT, self._heard)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        signal.signal(signal.SIGINT, self._before)

    def _heard(self, number: int, frame: FrameType | None) -> None:
        del number, frame
        if self._run is None or self.pressed:
            raise KeyboardInterrupt
        self.pressed = True
        waiting = self._run.search.tally.outstanding
        self._run.interrupt()
        what = f"{waiting} answers already asked for" if waiting else "what is being verified"
        self._say(f"finishing {what}; Ctrl-C again to leave now")
