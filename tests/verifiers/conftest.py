"""Candidates as a verifier meets them: handles on a real slot of each kind."""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from refine.errors import RefineError
from refine.sandbox.cell import Slots
from refine.sandbox.choose import choose
from refine.sandbox.warm import Warm
from refine.types import Candidate, Limits
from refine.verifiers.handle import Handle

LIMITS = Limits(seconds=10.0, memory_mb=512, disk_mb=32)
Handles = Callable[[str], Handle]


def opened(kind: str, image: str) -> Warm:
    """Skips where the sandbox cannot be had; with CI=true that is a failure."""
    try:
        sandbox = choose(kind, image)
    except RefineError as error:
        if os.environ.get("CI") == "true":
            raise
        pytest.skip(str(error))
    slot = sandbox.open(LIMITS)
    sandbox.close()
    assert isinstance(slot, Warm)
    return slot


def handles(slots: Slots) -> Iterator[Handles]:
    """Makes handles and ends them all."""
    made: list[Handle] = []

    def of(text: str) -> Handle:
        made.append(Handle(Candidate(text), slots, LIMITS, folder=Path()))
        return made[-1]

    yield of
    for handle in made:
        handle._end()


@pytest.fixture(scope="session")
def local_slots() -> Iterator[Slots]:
    slot = opened("local", "python")
    yield Slots(slot.control)
    slot.close()


@pytest.fixture
def candidate(local_slots: Slots) -> Iterator[Handles]:
    yield from handles(local_slots)


@pytest.fixture(scope="session", params=["local", pytest.param("docker", marks=pytest.mark.docker)])
def compiling_slots(request: pytest.FixtureRequest) -> Iterator[Slots]:
    if request.param == "local" and not shutil.which("g++"):
        pytest.skip("g++ is not installed")
    slot = opened(request.param, "cpp")
    yield Slots(slot.control)
    slot.close()


@pytest.fixture
def program(compiling_slots: Slots) -> Iterator[Handles]:
    yield from handles(compiling_slots)
