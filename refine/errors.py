"""Everything that refine raises, drawn before any code.

    RefineError                 has `exit_code` and a one-line message that says what to do
    ├── UsageError         (2)  an option, a model or a name that does not exist
    ├── TaskError          (1)  the task's own fault: does not import, fails its own seed, verifier returns a string
    ├── JournalError       (1)  the file is not a journal, or a journal of something else
    ├── MissingExtra       (2)  a package that is not installed; the message is the command that installs it
    └── Fault              (3)  the world failed: endpoint, sandbox, judge, disk. Retried, journalled, never scored

    Wrong                       raised by a verifier: the candidate is wrong, and here is why
    CandidateError              raised by the candidate handle: it crashed, timed out, overran or answered nonsense

The last two become verdicts, never ends of a run.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from refine.types import Verdict

Where = Literal["model", "sandbox", "verifier", "journal"]


class RefineError(Exception):
    """A one-line message that says what to do. `exit_code` is what the command line ends with."""

    exit_code = 1


class UsageError(RefineError):
    """What was asked for does not exist or does not fit together."""

    exit_code = 2


class TaskError(RefineError):
    """The task is at fault, not the world and not a candidate."""


class JournalError(RefineError):
    """The file is no journal, or is the journal of another task or another version."""


class MissingExtra(UsageError):  # noqa: N818 - the name says what is wrong
    """A package of an extra is not installed. `more` is what else there is to know or to do."""

    def __init__(self, package: str, extra: str, more: str = "") -> None:
        super().__init__(f"{package} is not installed: pip install 'refine-search[{extra}]'{more and f', {more}'}")


class Fault(RefineError):  # noqa: N818 - the design's word: a fault is no error of the program
    """The world failed, not the candidate: nothing is scored by it.

    Args:
        where: which part of the world.
        message: what happened and, where known, what to do.
        retry: whether asking again may help. A refused key does not get better by asking again.
    """

    exit_code = 3

    def __init__(self, where: Where, message: str, *, retry: bool = True) -> None:
        super().__init__(message)
        self.where: Where = where
        self.retry = retry


class Wrong(Exception):  # noqa: N818 - reads as a verdict: `raise refine.Wrong("circles 3 and 7 overlap")`
    """The candidate's answer is wrong. The message goes into the next prompt."""


class CandidateError(Exception):
    """The candidate failed by itself; `verdict` says how and `evidence` (plain text) goes into the next prompt."""

    def __init__(self, verdict: Verdict, evidence: str) -> None:
        super().__init__(evidence)
        self.verdict = verdict
        self.evidence = evidence


def require(condition: object, why: str) -> None:
    """Raise `Wrong(why)` unless `condition` is true. The verifier's assert, which `python -O` does not remove."""
    if not condition:
        raise Wrong(why)
