import os

import pytest

from refine.errors import RefineError
from refine.sandbox import local
from refine.types import Limits

LIMITS = Limits(seconds=1.5, memory_mb=256, disk_mb=16, processes=16, output_kb=64, reply_mb=4)


def open_docker():
    try:
        from refine.sandbox import docker

        return docker.connect().open(LIMITS)
    except RefineError as error:
        if os.environ.get("CI") == "true":
            raise
        pytest.skip(str(error))


def open_local(walls):
    reason = local.missing(walls)
    if reason and os.environ.get("CI") != "true":
        pytest.skip(reason)
    return local.start(walls, LIMITS)


OPEN = {
    "local": lambda: open_local("namespaces"),
    "strict": lambda: open_local("strict"),
    "docker": open_docker,
}


@pytest.fixture(scope="session", params=["local", "strict", pytest.param("docker", marks=pytest.mark.docker)])
def slot(request):
    opened = OPEN[request.param]()
    yield opened
    opened.close()
