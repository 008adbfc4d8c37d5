"""Claims of the form "for all inputs": equality of two texts, properties, and invariants of loops."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

from refine.errors import TaskError, require
from refine.verifiers.answers import OWN, Answer, Proved, Refuted, Undecided
from refine.verifiers.exact import Bounds
from refine.verifiers.smt import solver
from refine.verifiers.smt.read import FORMS, Reading, Term, read
from refine.verifiers.smt.sorts import Sort, everything, literal, variable, written, z3

SECONDS = 5.0
TRUSTED = Bounds(characters=20_000, nodes=4_000, depth=100)
LEFT, RIGHT = "left side", "right side"


def equivalent(
    text: str,
    reference: str | Callable[..., Term],
    inputs: Mapping[str, Sort],
    *,
    given: str = "True",
    seconds: float = SECONDS,
    allow: Collection[str] = FORMS,
    bounds: Bounds | None = None,
) -> Answer:
    """Whether a candidate's text has the value of the reference for all inputs that satisfy `given`.

    Args:
        text: untrusted.
        reference: trusted: a text, or a function that makes a Z3 term of the Z3 variables, in the order of `inputs`.
        inputs: what each name ranges over; all of one sort.
        given: trusted: a condition on the inputs.
        seconds: wall-clock seconds for the proof.
        allow: which forms the text may use; see `read`.
        bounds: of the text.

    Raises:
        Wrong: the text is not readable; the message says what to write instead.
        MissingExtra: Z3 is not installed.
    """
    names, sort = _variables(inputs)
    left = read(text, names, sort, allow=allow, bounds=bounds)
    right = _reference(reference, names, sort)
    same = z3().is_bool(left.term) == z3().is_bool(right.term)
    one, other = (left.term, right.term) if same else (_number(left.term, sort), _number(right.term, sort))
    return _for_all(Reading(one == other, left.duties), inputs, given, seconds, values=(one, other))


def holds(
    text: str,
    inputs: Mapping[str, Sort],
    *,
    given: str = "True",
    seconds: float = SECONDS,
    allow: Collection[str] = FORMS,
    bounds: Bounds | None = None,
) -> Answer:
    """Whether a condition is true for all inputs that satisfy `given`. Arguments and errors as `equivalent`."""
    names, sort = _variables(inputs)
    return _for_all(_condition(read(text, names, sort, allow=allow, bounds=bounds)), inputs, given, seconds)


@dataclass(frozen=True, slots=True)
class Loop:
    """A loop, in trusted texts: `init`; while `guard`: `step` (all at once); then `post`.

    Attributes:
        variables: what each name ranges over; all of one sort. Those without an `init` are parameters.
        init: first values, in the parameters.
        step: next values of the variables that change, in all of them.
        guard: while this holds the loop goes on.
        given: a condition on the parameters.
        post: what must hold after the loop.
        known: conditions that hold at every turn, which the candidate may lean on.
    """

    variables: Mapping[str, Sort]
    init: Mapping[str, str]
    step: Mapping[str, str]
    guard: str = "True"
    given: str = "True"
    post: str = "True"
    known: tuple[str, ...] = ()


def invariant(
    text: str,
    loop: Loop,
    *,
    seconds: float = SECONDS,
    allow: Collection[str] = FORMS,
    bounds: Bounds | None = None,
) -> dict[str, Answer]:
    """Whether a candidate's condition is an inductive invariant that is strong enough (Floyd 1967, Hoare 1969).

    Returns:
        "initiation": it holds before the first turn; "consecution": where it holds and the loop goes on, it holds
        after the turn; "sufficiency": where it holds and the loop ends, `post` holds. A refutation of the last two is
        a state that satisfies the candidate's condition, not one that the loop must reach.

    Raises: as `equivalent`.
    """
    names, sort = _variables(loop.variables)
    claim = _condition(read(text, names, sort, allow=allow, bounds=bounds))

    def trusted(condition: str) -> Term:
        return _condition(read(condition, names, sort, bounds=TRUSTED)).term

    def after(changes: Mapping[str, str]) -> Reading:
        to = [(names[n], _number(read(t, names, sort, bounds=TRUSTED).term, sort)) for n, t in changes.items()]
        moved = [(z3().substitute(duty, *to), why) for duty, why in claim.duties]
        return Reading(z3().substitute(claim.term, *to), tuple(moved))

    known = z3().And([trusted(loop.given), *map(trusted, loop.known)])
    here, guard = z3().And(known, claim.term), trusted(loop.guard)
    parts = {
        "initiation": (after(loop.init), trusted(loop.given)),
        "consecution": (after(loop.step), z3().And(here, guard)),
        "sufficiency": (Reading(trusted(loop.post), claim.duties), z3().And(here, z3().Not(guard))),
    }
    return {
        name: _decided(reading, loop.variables, premise, seconds, how=name)
        for name, (reading, premise) in parts.items()
    }


def _variables(inputs: Mapping[str, Sort]) -> tuple[dict[str, Term], Sort]:
    if len(set(inputs.values())) != 1:
        raise TaskError(f"all inputs of one claim are of one sort, these are {sorted(map(str, inputs.values()))}")
    return {name: variable(name, sort) for name, sort in inputs.items()}, next(iter(inputs.values()))


def _reference(reference: str | Callable[..., Term], names: Mapping[str, Term], sort: Sort) -> Reading:
    if isinstance(reference, str):
        return read(reference, names, sort, bounds=TRUSTED)
    return Reading(reference(*names.values()), ())


def _number(term: Term, sort: Sort) -> Term:
    return z3().If(term, literal(1, sort), literal(0, sort)) if z3().is_bool(term) else term


def _condition(reading: Reading) -> Reading:
    require(z3().is_bool(reading.term), "a condition is needed: something with ==, <, and, or, not ...")
    return reading


def _for_all(
    claim: Reading, inputs: Mapping[str, Sort], given: str, seconds: float, values: tuple[Term, ...] = ()
) -> Answer:
    names, sort = _variables(inputs)
    premise = _condition(read(given, names, sort, bounds=TRUSTED)).term
    how = f"for {everything(list(inputs.values()))}" + ("" if given == "True" else f" with {given}")
    return _decided(claim, inputs, premise, seconds, how=how, values=values)


def _decided(
    claim: Reading,
    inputs: Mapping[str, Sort],
    premise: Term,
    seconds: float,
    *,
    how: str,
    values: tuple[Term, ...] = (),
) -> Answer:
    """Looks for inputs where the premise holds and a duty or the claim fails."""
    began = time.monotonic()
    duties = (z3().And([duty for duty, _ in claim.duties]), claim.duties[0][1]) if claim.duties else None
    for wanted, why in [*([duties] if duties else []), (claim.term, "")]:
        at_stake = () if why else values
        left = max(0.05, seconds - (time.monotonic() - began))
        found = solver.check(_question(premise, wanted, at_stake), left)
        if found.result == "unknown":
            return Undecided((f"Z3 {how}: {found.reason} (limit {seconds:g} s)",))
        if found.result == "sat":
            return _refuted(found.model, inputs, why or "a counterexample of Z3", shown=bool(at_stake))
    return Proved(f"Z3: {how}")


def _question(premise: Term, claim: Term, values: tuple[Term, ...]) -> str:
    asked = z3().Solver()
    asked.add(premise, z3().Not(claim))
    for name, value in zip((LEFT, RIGHT), values, strict=False):
        asked.add(z3().Const(name, value.sort()) == value)
    return str(asked.to_smt2())


def _refuted(model: Mapping[str, str], inputs: Mapping[str, Sort], how: str, *, shown: bool) -> Refuted:
    sort = next(iter(inputs.values()))
    at = {name: written(model.get(name, "0"), sort) for name in inputs}
    left, right = (written(model.get(name, ""), sort) if shown else "" for name in (LEFT, RIGHT))
    return Refuted(how, at, left, right, OWN)
