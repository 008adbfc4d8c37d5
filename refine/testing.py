"""The conformance kit: what a plug-in runs to prove itself. Each function raises `AssertionError` with a sentence.

async def test_mine() -> None:
    await refine.testing.check_proposer(MyProposer())
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from refine.archives import Added, Archive, wants
from refine.errors import CandidateError
from refine.proposers import Proposer
from refine.sandbox import Sandbox, Slot
from refine.sandbox.cell import Slots
from refine.types import Candidate, Direction, Limits, Message, Outcome, Prompt, Shown, Verdict

PROGRAM = "def f(x):\n    return x + 1\n"


async def check_proposer(proposer: Proposer, program: str = PROGRAM) -> None:
    """A proposer answers every sample that it is asked for, once, and none that it is not."""
    shown = Shown(Candidate(program), Outcome(verdict=Verdict.PASSED, score=1.0))
    messages = (Message(role="user", content=f"Improve it.\n```python\n{program}```"),)
    for samples in ((0,), (0, 1, 2), (1, 3)):
        prompt = Prompt(ask=1, messages=messages, parents=(shown,), samples=samples, seed=7)
        answers = [completion async for completion in proposer(prompt)]
        got = sorted(completion.sample for completion in answers)
        assert got == list(samples), f"asked for samples {samples}, got {got}"
        assert all(completion.model for completion in answers), "a completion names its model"
    assert proposer.name == proposer.name, "the name is what the journal records: it does not change"


def check_archive(make: Callable[[Direction], Archive], *, seed: int = 0) -> None:
    """An archive is a function of the set of what was added; it samples what it holds, without repeating itself."""
    for direction in ("maximize", "minimize"):
        rng = np.random.default_rng(seed)
        shown = [_shown(int(rng.integers(0, 20)), i) for i in range(50)]
        one, other = make(direction), make(direction)
        for s in shown:
            wanted = wants(one, s.outcome.score or 0.0, 1)
            assert one.add(s, 1) is Added.REFUSED or wanted, "it keeps a score that it said it does not want"
        for i in rng.permutation(len(shown)):
            other.add(shown[i], 1)
        assert list(one) == list(other), "the order of adding makes a difference"
        assert len(one) == len(list(one)), "len() is what iterating gives"
        scores = [s.outcome.score or 0.0 for s in one]
        assert scores == sorted(scores, reverse=direction == "maximize"), "iterating gives the best first"
        drawn = one.sample(np.random.default_rng(seed), 10, 2)
        assert len({s.candidate.id for s in drawn}) == len(drawn) <= 10, "a sample repeats itself"
        assert {s.candidate.id for s in drawn} <= {s.candidate.id for s in one}, (
            "a sample holds what the archive does not"
        )
        assert drawn == one.sample(np.random.default_rng(seed), 10, 2), "a sample is a function of the generator"


def check_sandbox(sandbox: Sandbox) -> None:
    """A slot serves candidates exactly, turns what they do into verdicts, and lets nothing of one reach the next."""
    slot: Slot = sandbox.open(Limits(seconds=2))
    try:
        slots = Slots(slot.control)
        assert _answer(slots, PROGRAM, 1) == 2, "an honest candidate gets its exact answer"
        assert _verdict(slots, "def f(x):\n    return 1 / 0\n") is Verdict.CRASHED
        assert _verdict(slots, "def f(x):\n    while True: pass\n") is Verdict.TIMEOUT
        assert _verdict(slots, "def f(x): return f\n") is Verdict.MALFORMED
        assert _verdict(slots, "import os\ndef f(x):\n    os._exit(0)\n") is Verdict.CRASHED
        _answer(slots, "open('/tmp/left', 'w').write('x')\nimport builtins; builtins.left = 1\ndef f(x): return 0\n", 0)
        probe = "import os, builtins\ndef f(x): return os.path.exists('/tmp/left') or hasattr(builtins, 'left')\n"
        assert _answer(slots, probe, 0) is False, "something of one candidate reaches the next"
    finally:
        slot.close()


def _answer(slots: Slots, program: str, x: object) -> object:
    cell = slots.spawn(Limits(seconds=2))
    try:
        cell.load(program)
        return cell.call("f", (x,), {})
    finally:
        cell.end()


def _verdict(slots: Slots, program: str) -> Verdict:
    try:
        answer = _answer(slots, program, 0)
    except CandidateError as error:
        return error.verdict
    raise AssertionError(f"the candidate should have failed and answered {answer!r}")


def _shown(score: int, number: int) -> Shown:
    return Shown(Candidate(f"x = {number}\n"), Outcome(verdict=Verdict.PASSED, score=float(score)))
