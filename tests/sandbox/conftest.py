"""Slots for the tests of this folder: one of each kind, shared, since a cell leaves nothing behind."""

import os
from collections.abc import Iterator

import pytest

from refine.errors import RefineError
from refine.sandbox import local
from refine.sandbox.cell import Cell, Slots
from refine.sandbox.warm import Warm
from refine.types import Limits

LIMITS = Limits(seconds=3.0, memory_mb=256, disk_mb=16, processes=16, output_kb=64, reply_mb=4)


def docker_slot() -> Warm:
    """Skips where there is no engine; with CI=true that is a failure."""
    try:
        from refine.sandbox import docker

        return docker.connect().open(LIMITS)
    except RefineError as error:
        if os.environ.get("CI") == "true":
            raise
        pytest.skip(str(error))


@pytest.fixture(scope="session", params=["local", pytest.param("docker", marks=pytest.mark.docker)])
def slots(request: pytest.FixtureRequest) -> Iterator[Slots]:
    slot = docker_slot() if request.param == "docker" else local.start("namespaces", LIMITS)
    yield Slots(slot.control)
    slot.close()


@pytest.fixture
def cell(slots: Slots) -> Iterator[Cell]:
    made = slots.spawn(LIMITS)
    yield made
    made.end()
