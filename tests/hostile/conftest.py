"""A slot of each kind of walls for the whole suite: what one candidate does, the next must not notice."""

import os
from collections.abc import Callable, Iterator

import pytest

from refine.errors import RefineError
from refine.sandbox import local
from refine.sandbox.warm import Walls, Warm
from refine.types import Limits

LIMITS = Limits(seconds=1.5, memory_mb=256, disk_mb=16, processes=16, output_kb=64, reply_mb=4)


def open_docker() -> Warm:
    """Skips where there is no engine; with CI=true that is a failure."""
    try:
        from refine.sandbox import docker

        return docker.connect().open(LIMITS)
    except RefineError as error:
        if os.environ.get("CI") == "true":
            raise
        pytest.skip(str(error))


def open_local(walls: Walls) -> Warm:
    reason = local.missing(walls)
    if reason and os.environ.get("CI") != "true":
        pytest.skip(reason)
    return local.start(walls, LIMITS)


OPEN: dict[str, Callable[[], Warm]] = {
    "local": lambda: open_local("namespaces"),
    "strict": lambda: open_local("strict"),
    "docker": open_docker,
}


@pytest.fixture(scope="session", params=["local", "strict", pytest.param("docker", marks=pytest.mark.docker)])
def slot(request: pytest.FixtureRequest) -> Iterator[Warm]:
    opened = OPEN[request.param]()
    yield opened
    opened.close()
