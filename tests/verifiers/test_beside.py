"""Another program beside the candidate: both run at once, and neither meets the other."""

import pytest

from refine.errors import CandidateError
from tests.verifiers.conftest import Handles

SNOOPS = """
import os

secret = "the candidate's"

def writes():
    with open("note.txt", "w") as file:
        file.write(secret)
    return sorted(os.listdir("."))

def kills():
    try:
        os.kill(-1, 9)
    except OSError:
        pass
    return True
"""
OTHER = """
import os, sys

def listed():
    return sorted(os.listdir("."))

def secret_of(name):
    return getattr(sys.modules[name], "secret", None)"""


def test_two_programs_answer_in_turn_and_meet_nothing_of_each_other(candidate: Handles) -> None:
    mine = candidate(SNOOPS)
    assert "note.txt" in mine.writes()
    with mine.beside(OTHER) as other:
        assert "note.txt" not in other.listed()
        assert other.secret_of("candidate") is None
        assert mine.kills() is True
        assert "note.txt" not in other.listed(), "it goes on, whomever the candidate kills"
    assert "note.txt" in mine.writes(), "the candidate's own process went on as it was"


def test_it_ends_with_the_block_and_is_counted(candidate: Handles) -> None:
    mine = candidate(SNOOPS)
    with mine.beside("def work():\n    return sum(range(3_000_000))\n") as other:
        assert other.work() == 4499998500000
        with pytest.raises(CandidateError, match="none_such"):
            other.none_such()
    assert other._cell is None
    assert mine._end()[0].cpu_s > 0.01
