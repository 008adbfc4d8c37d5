"""The stub is an instrument: it must answer the same each time, and as a program too."""

from __future__ import annotations

import ast
import asyncio
import sys
from pathlib import Path

import aiohttp
from hypothesis import given
from hypothesis import strategies as st

from tests import stub_model
from tests.stub_model import Stub, answer

PROMPT = "Improve this.\n```python\na = 1\n```\nNo, this:\n```python\ndef f(x):\n    return 3.5 * x + 20\n```"


@given(st.integers(0, 1000), st.integers(0, 1000))
def test_an_answer_is_the_last_program_with_one_number_changed(repeat: int, seed: int) -> None:
    said = answer(PROMPT, repeat, seed)
    assert said == answer(PROMPT, repeat, seed)
    program = said.partition("```python\n")[2].partition("```")[0]
    numbers = {node.value for node in ast.walk(ast.parse(program)) if isinstance(node, ast.Constant)}
    assert len(numbers) == 2
    assert len(numbers & {3.5, 20}) == 1


def test_answers_differ_by_repeat_seed_and_prompt() -> None:
    assert len({answer(PROMPT, repeat) for repeat in range(50)}) > 25
    assert answer(PROMPT, 0, seed=1) != answer(PROMPT, 0, seed=2)


def test_a_program_without_numbers_still_changes() -> None:
    assert "# variant" in answer("```python\nx = y\n```", 0)
    assert "```" not in answer("no program", 0)


async def test_it_runs_as_a_program_and_prints_its_url() -> None:
    command = (sys.executable, str(Path(stub_model.__file__)), "--port", "0", "--seed", "3")
    body = {"model": "stub", "n": 2, "messages": [{"role": "user", "content": PROMPT}]}
    program = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE)
    try:
        assert program.stdout
        url = (await program.stdout.readline()).decode().strip()
        async with aiohttp.ClientSession() as session, session.post(f"{url}/chat/completions", json=body) as reply:
            said = await reply.json()
    finally:
        program.kill()
        await program.communicate()
    assert [c["message"]["content"] for c in said["choices"]] == [answer(PROMPT, k, 3) for k in range(2)]
    assert said["usage"]["prompt_tokens"] == len(PROMPT) // 4


async def test_chances_of_faults_are_drawn_the_same_each_time() -> None:
    async def statuses() -> list[int]:
        body = {"model": "stub", "messages": [{"role": "user", "content": PROMPT}]}
        with Stub(chances={"500": 0.3, "429": 0.3}, retry_after="2") as stub:
            async with aiohttp.ClientSession() as session:
                replies = [await session.post(f"{stub.url}/chat/completions", json=body) for _ in range(40)]
                assert {r.headers["Retry-After"] for r in replies if r.status == 429} == {"2"}
            return [reply.status for reply in replies]

    first = await statuses()
    assert set(first) == {200, 429, 500}
    assert await statuses() == first
