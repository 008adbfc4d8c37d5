"""Every shipped task in the real sandbox, as `refine check` sees it: seeds, golden cases, baselines, confirmation."""

from __future__ import annotations

import pytest
from _pytest.mark import ParameterSet

from refine.check import Finding, check, exit_code
from refine.load import load, names
from refine.sandbox.choose import choose


async def findings(name: str) -> list[Finding]:
    sandbox = choose("local", image=load(name).image)
    try:
        return [finding async for finding in check(load(name), sandbox)]
    finally:
        sandbox.close()


def tasks() -> list[ParameterSet]:
    """What trains policies, or losses with torch, takes minutes each."""
    return [pytest.param(name, marks=marks(name)) for name in names()]


def marks(name: str) -> list[pytest.MarkDecorator]:
    torch = [pytest.mark.torch] if load(name).image == "torch" else []
    if name.startswith(("reward_", "randomise_")) or torch:
        return [pytest.mark.training, pytest.mark.timeout(1800), *torch]
    return [pytest.mark.timeout(400)]


@pytest.mark.parametrize("name", tasks())
async def test_a_shipped_task_can_be_trusted(name: str) -> None:
    found = await findings(name)
    assert not [(f.name, f.detail) for f in found if f.ok is False]
    assert exit_code(found) == 0
    golden = [f for f in found if f.name.startswith("golden")]
    assert len(golden) == len(load(name).golden) >= 10
