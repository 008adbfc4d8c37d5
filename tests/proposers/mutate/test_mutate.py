from __future__ import annotations

import ast
import asyncio

import pytest

from refine.errors import UsageError
from refine.extract import extract
from refine.proposers import Options
from refine.proposers.mutate import Mutate, connect
from refine.task import Grammar, Task
from refine.testing import check_proposer
from refine.types import Candidate, Completion, Message, Outcome, Prompt, Shown, Verdict

SEED = "import numpy as np\n\ndef f(x: float, v: np.ndarray):\n    return v * 2.0 + x * 3.0\n"
OTHER = "import numpy as np\n\ndef f(x: float, v: np.ndarray):\n    return np.exp(-v) + x * 4.0\n"
TWIN = SEED.replace("2.0", "2.5").replace("3.0", "9.0")


def shown(text: str, score: float = 1.0) -> Shown:
    return Shown(Candidate(text), Outcome(verdict=Verdict.PASSED, score=score))


def prompt(*texts: str, samples: int = 8, ask: int = 1, seed: int = 0) -> Prompt:
    parents = tuple(shown(text) for text in texts)
    words = (Message(role="user", content="better"),)
    return Prompt(ask=ask, messages=words, parents=parents, samples=tuple(range(samples)), seed=seed)


async def answers(proposer: Mutate, question: Prompt) -> list[Completion]:
    return [completion async for completion in proposer(question)]


def task(language: str = "python", seed: str = SEED) -> Task:
    assert language in ("python", "expression", "text")
    return Task("Write f.", seed, language=language, grammar=Grammar(terminals=("x * v",)))  # type: ignore[arg-type]


async def test_it_keeps_the_contract() -> None:
    await check_proposer(connect("mutate", Options(), task()))


async def test_the_same_prompt_gives_the_same_completions_and_each_sample_is_its_own() -> None:
    proposer = connect("mutate", Options(), task())
    question = prompt(SEED, OTHER)
    first, again = await answers(proposer, question), await answers(proposer, question)
    assert first == again
    some = [c async for c in proposer(Prompt(1, question.messages, question.parents, (5, 2), 0))]
    assert some == [first[5], first[2]]


async def test_seed_ask_and_sample_all_matter() -> None:
    proposer = connect("mutate", Options(), task())
    texts = [
        tuple(c.text for c in await answers(proposer, prompt(SEED, ask=ask, seed=seed)))
        for ask, seed in ((1, 0), (2, 0), (1, 1))
    ]
    assert len(set(texts)) == 3
    assert len(set(texts[0])) > 4


async def test_an_answer_reads_as_a_candidate_that_differs_from_its_parent() -> None:
    proposer = connect("mutate", Options(), task())
    for completion in await answers(proposer, prompt(SEED, OTHER, samples=40)):
        candidate = extract(completion.text, "python")
        assert isinstance(candidate, Candidate)
        assert ast.dump(ast.parse(candidate.text)) not in (ast.dump(ast.parse(SEED)), ast.dump(ast.parse(OTHER)))
        assert completion.model == "mutate"
        assert completion.usage is None


async def test_the_note_says_what_was_done_and_with_whom() -> None:
    proposer = connect("mutate", Options(), task())
    notes = [c.note for c in await answers(proposer, prompt(SEED, OTHER, TWIN, samples=200))]
    names = [Candidate(text).id[:8] for text in (SEED, OTHER, TWIN)]
    assert all(note.split(":")[0] in names for note in notes)
    assert any(f"crossover with {names[1]}" in note for note in notes)
    assert any(f"constant(s) by {names[2]}" in note for note in notes)


async def test_expressions_are_answered_as_expressions() -> None:
    proposer = connect("mutate", Options(), task("expression", "n * (n + 1) / 2"))
    texts = [c.text for c in await answers(proposer, prompt("n * (n + 1) / 2", samples=60))]
    for text in texts:
        assert text.startswith("```\n")
        candidate = extract(text, "expression")
        assert isinstance(candidate, Candidate)
        names = {node.id for node in ast.walk(ast.parse(candidate.text, mode="eval")) if isinstance(node, ast.Name)}
        assert names <= {"n", "x", "v", "abs", "max", "min"}
    assert len(set(texts)) > 30


def test_free_text_has_no_syntax_tree() -> None:
    with pytest.raises(UsageError, match=r"free text.*--model"):
        connect("mutate", Options(), task("text"))


def test_it_takes_no_parameters() -> None:
    with pytest.raises(UsageError, match="no parameters"):
        connect("mutate:fast", Options(), task())


def test_it_says_that_there_is_no_language_model() -> None:
    proposer = connect("mutate", Options(), task())
    assert proposer.name == "mutate"
    assert "no language model" in proposer.notice
    assert "--model NAME" in proposer.notice


async def test_without_parents_it_starts_from_the_seeds() -> None:
    notes = [c.note for c in await answers(connect("mutate", Options(), task()), prompt())]
    assert all(note.startswith("seed: ") for note in notes)


async def test_a_parent_that_does_not_parse_is_passed_over() -> None:
    proposer = connect("mutate", Options(), task())
    notes = [c.note for c in await answers(proposer, prompt("def f(:", OTHER))]
    assert all(note.startswith(Candidate(OTHER).id[:8]) for note in notes)
    with pytest.raises(UsageError, match="give the task a seed"):
        await answers(Mutate("python", Grammar()), prompt("def f(:"))


async def test_others_have_their_turn_between_the_samples() -> None:
    turns = []

    async def other() -> None:
        while True:
            turns.append(1)
            await asyncio.sleep(0)

    running = asyncio.create_task(other())
    await answers(connect("mutate", Options(), task()), prompt(SEED, samples=20))
    running.cancel()
    assert len(turns) >= 20
