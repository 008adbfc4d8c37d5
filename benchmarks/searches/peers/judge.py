"""The evaluator as the peers' adapters call it, in their environments: the standard library and `problems.py` alone.

What is judged, and where it is written down, comes by the environment: SEARCH_PROBLEM, SEARCH_SEED, SEARCH_LOG.
"""

from __future__ import annotations

import json
import os
from pathlib import Path

from benchmarks.searches.problems import PROBLEMS, Judged, Problem, drawn

DRAWS = 4
"""Under noise an evaluation is the mean of so many draws: what a careful user's evaluator does."""
FAILED = 0.0
"""What a refused program is scored, where a number must be: all others are above."""


def problem() -> Problem:
    return PROBLEMS[os.environ["SEARCH_PROBLEM"]]


def evaluated(text: str) -> Judged:
    """One evaluation, written down. Under noise every one has fresh draws, of the same program too."""
    log = Path(os.environ["SEARCH_LOG"])
    salt = log.stat().st_size if log.exists() else 0
    first = int(os.environ["SEARCH_SEED"]) * 10**12 + salt * DRAWS
    found = drawn(problem(), text, *range(first, first + DRAWS))
    with log.open("a") as file:  # one short write of an appending file is one piece, whoever else writes
        file.write(json.dumps({"text": text, "score": found.score}) + "\n")
    return found
