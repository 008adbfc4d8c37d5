"""The claims that a verifier can have decided; each is answered by the solver's process within a deadline.

`statement` is the task's own text, `candidate` the candidate's; both are read by `expression`'s grammar and never run.
Symbols are declared by keyword: `x=Real()`. All raise `Wrong` for a candidate's text that cannot be read or that is no
answer to the question (`Sum(...)` as a closed form), and `Fault` for a statement that cannot be read.

What counts as proof: an exact step, named in `how`, never numbers alone. A task that wants to accept numeric agreement
says `numeric_evidence=200`: both sides within 2**-200 of the larger of 1 and their size, by ball arithmetic, at 40
points; the answer's `how` then says that it is no proof.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any, Literal

from refine.verifiers.answers import Answer
from refine.verifiers.symbolic import solver
from refine.verifiers.symbolic.domain import Domain
from refine.verifiers.symbolic.plain import written

DEADLINE_S = 10.0
"""Wall-clock seconds for one question."""


def equals(
    statement: str,
    candidate: str,
    /,
    *,
    deadline_s: float = DEADLINE_S,
    numeric_evidence: int | None = None,
    allow: Collection[str] = (),
    **symbols: Domain,
) -> Answer:
    """Whether the candidate's expression equals the statement's wherever both are defined on the declared domains.

    `allow` names what of Sum, Product, Integral, Limit, Derivative and Piecewise the candidate may write.
    """
    asked = {"statement": statement, "candidate": candidate, "allow": list(allow)}
    return _asked("equals", asked, deadline_s, numeric_evidence, symbols)


def identity(
    candidate: str, /, *, deadline_s: float = DEADLINE_S, numeric_evidence: int | None = None, **symbols: Domain
) -> Answer:
    """Whether the candidate's equation holds wherever both sides are defined on the declared domains."""
    return _asked("identity", {"candidate": candidate}, deadline_s, numeric_evidence, symbols)


def antiderivative_of(
    statement: str,
    candidate: str,
    /,
    *,
    variable: str = "x",
    deadline_s: float = DEADLINE_S,
    numeric_evidence: int | None = None,
    **symbols: Domain,
) -> Answer:
    """Whether the candidate's derivative by `variable` equals the statement."""
    asked = {"statement": statement, "candidate": candidate, "variable": variable}
    return _asked("antiderivative_of", asked, deadline_s, numeric_evidence, symbols)


def closed_form_of(
    statement: str,
    candidate: str,
    /,
    *,
    deadline_s: float = DEADLINE_S,
    numeric_evidence: int | None = None,
    **symbols: Domain,
) -> Answer:
    """Whether the candidate is the value of `Sum(k^2, (k, 1, n))`, or of a Product, Integral or Limit."""
    asked = {"statement": statement, "candidate": candidate}
    return _asked("closed_form_of", asked, deadline_s, numeric_evidence, symbols)


def solves_ode(
    statement: str,
    candidate: str,
    /,
    *,
    function: str = "y",
    initial: Mapping[str, Sequence[str]] | None = None,
    deadline_s: float = DEADLINE_S,
    numeric_evidence: int | None = None,
    **symbols: Domain,
) -> Answer:
    """Whether the candidate, a formula or `y(x) = formula`, solves `Derivative(y(x), (x, 2)) + y(x) = 0`.

    `initial` is point -> (y, y', ...) there, all as text: `{"0": ["1", "0"]}`.
    """
    values = {point: list(texts) for point, texts in (initial or {}).items()}
    asked = {"statement": statement, "candidate": candidate, "function": function, "initial": values}
    return _asked("solves_ode", asked, deadline_s, numeric_evidence, symbols)


def solves_recurrence(
    statement: str,
    candidate: str,
    /,
    *,
    function: str = "a",
    initial: Mapping[int, str] | None = None,
    deadline_s: float = DEADLINE_S,
    numeric_evidence: int | None = None,
    **symbols: Domain,
) -> Answer:
    """Whether the candidate, a formula or `a(n) = formula`, solves `a(n+2) = a(n+1) + a(n)` with the initial values."""
    values = {str(n): value for n, value in (initial or {}).items()}
    asked = {"statement": statement, "candidate": candidate, "function": function, "initial": values}
    return _asked("solves_recurrence", asked, deadline_s, numeric_evidence, symbols)


def root_of(statement: str, candidate: str, /, *, deadline_s: float = DEADLINE_S, **symbols: Domain) -> Answer:
    """Whether the candidate is a root, in the domain, of the statement's equation of one symbol."""
    return _asked("root_of", {"statement": statement, "candidate": candidate}, deadline_s, None, symbols)


def solution_set_of(statement: str, candidate: str, /, *, deadline_s: float = DEADLINE_S, **symbols: Domain) -> Answer:
    """Whether the candidate is the set of all solutions, in the domain, of an equation or inequality of one symbol.

    Completeness is proved for rational functions over Q; elsewhere a wrong or incomplete set can be refuted.
    """
    return _asked("solution_set_of", {"statement": statement, "candidate": candidate}, deadline_s, None, symbols)


def inequality_holds(candidate: str, /, *, deadline_s: float = DEADLINE_S, **symbols: Domain) -> Answer:
    """Whether the candidate's inequality holds on the whole of the declared domains."""
    return _asked("inequality_holds", {"candidate": candidate}, deadline_s, None, symbols)


def factorisation_of(
    statement: str,
    candidate: str,
    /,
    *,
    field: Literal["Q", "R", "C"] = "Q",
    deadline_s: float = DEADLINE_S,
    **symbols: Domain,
) -> Answer:
    """Whether the candidate's product equals an integer and has prime factors only, or a polynomial and factors
    irreducible over the field.
    """
    asked = {"statement": statement, "candidate": candidate, "field": field}
    return _asked("factorisation_of", asked, deadline_s, None, symbols)


def matrix_decomposition(
    statement: str,
    kind: Literal["LU", "PLU", "QR", "Cholesky", "LDL", "eigen", "Jordan", "SVD"],
    candidate: str,
    /,
    *,
    deadline_s: float = DEADLINE_S,
    **symbols: Domain,
) -> Answer:
    """Whether the candidate's tuple of matrices is such a decomposition of the statement's matrix, exactly.

    The factors and their order are in `matrices.matrix_decomposition`.
    """
    asked = {"statement": statement, "kind": kind, "candidate": candidate}
    return _asked("matrix_decomposition", asked, deadline_s, None, symbols)


def _asked(
    claim: str, asked: dict[str, Any], deadline_s: float, bits: int | None, symbols: Mapping[str, Domain]
) -> Answer:
    question = {"claim": claim, "domains": written(symbols), "numeric_evidence": bits, **asked}
    return solver.ask(question, deadline_s)
