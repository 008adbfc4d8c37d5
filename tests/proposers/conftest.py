"""What tests of proposers share: a task, a stub model server and models that ask it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator

import pytest

from refine.proposers import Options
from refine.proposers.litellm import LiteLLM
from refine.task import Task
from tests.proposers.asking import PROGRAM
from tests.stub_model import Stub


@pytest.fixture
def task() -> Task:
    return Task("Write f(x).", PROGRAM, name="line")


@pytest.fixture
def stub() -> Iterator[Stub]:
    with Stub() as server:
        yield server


@pytest.fixture
def keys(monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """An environment with two keys and nothing else that litellm would take for one."""
    values = {"OPENAI_API_KEY": "sk-0123456789abcdef-secret", "HOSTED_VLLM_API_KEY": "hunter2-in-plain-sight"}
    for name, value in values.items():
        monkeypatch.setenv(name, value)
    return values


class Waits:
    """Stands for `asyncio.sleep` and remembers how long it would have slept."""

    def __init__(self) -> None:
        self.seconds: list[float] = []

    async def __call__(self, seconds: float) -> None:
        self.seconds.append(seconds)


@pytest.fixture
def waits() -> Waits:
    return Waits()


@pytest.fixture
async def model(stub: Stub, keys: dict[str, str], waits: Waits) -> AsyncIterator[Callable[..., LiteLLM]]:
    """Makes models that ask the stub: `model("hosted_vllm/stub", attempts=3)`."""
    del keys
    made: list[LiteLLM] = []

    def make(spec: str = "hosted_vllm/stub", **options: object) -> LiteLLM:
        made.append(LiteLLM(spec, Options.model_validate({"api_base": stub.url, **options}), sleep=waits))
        return made[-1]

    yield make
    for one in made:
        await one.aclose()
