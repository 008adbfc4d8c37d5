"""Domains and answers as plain data: what crosses between a verifier and its solver, both ways."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from refine.types import Json
from refine.verifiers.answers import Answer, Proved, Refuted, Undecided
from refine.verifiers.symbolic.domain import Bound, Complex, Domain, Domains, Integer, Real, domains

_CHARS = 20_000  # of one text in an answer


def written(given: Mapping[str, Domain]) -> Json:
    """The domains as JSON."""
    return {name: _domain(domain) for name, domain in given.items()}


def _domain(domain: Domain) -> Json:
    if isinstance(domain, Complex):
        return ["complex"]
    if isinstance(domain, Integer):
        return ["integer", _bound(domain.low), _bound(domain.high)]
    return ["real", _bound(domain.low), _bound(domain.high), domain.open_low, domain.open_high]


def _bound(bound: Bound) -> str | None:
    return None if bound is None else str(bound)


def read(given: Mapping[str, list[object]]) -> Domains:
    """Domains out of what `written` made of them."""
    return domains({name: _read(*parts) for name, parts in given.items()})


def _read(kind: object, low: object = None, high: object = None, *opens: object) -> Domain:
    if kind == "complex":
        return Complex()
    ends = [None if end is None else Fraction(str(end)) for end in (low, high)]
    if kind == "integer":
        return Integer(*[None if end is None else int(end) for end in ends])
    return Real(ends[0], ends[1], bool(opens[0]), bool(opens[1]))


def answer_written(answer: Answer) -> Json:
    """An answer as JSON."""
    if isinstance(answer, Proved):
        return {"proved": answer.how}
    if isinstance(answer, Refuted):
        told: dict[str, Json] = {"refuted": answer.how, "at": dict(answer.at), "sides": list(answer.sides)}
        return {**told, "left": answer.left, "right": answer.right}
    return {"undecided": list(answer.tried)}


def answer_read(data: object) -> Answer:
    """The answer that `answer_written` made, or TypeError: its author has read a candidate's text."""
    if not isinstance(data, dict):
        raise TypeError("the solver's answer is no mapping")
    if "proved" in data:
        return Proved(_text(data["proved"]))
    if "undecided" in data:
        return Undecided(tuple(_text(step) for step in _listed(data["undecided"])))
    at = data.get("at")
    if not isinstance(at, dict):
        raise TypeError("the solver's refutation has no point")
    point = {_text(name): _text(value) for name, value in at.items()}
    left, right = (_text(side) for side in _listed(data.get("sides")))
    return Refuted(_text(data.get("refuted")), point, _text(data.get("left")), _text(data.get("right")), (left, right))


def _listed(value: object) -> list[object]:
    if not isinstance(value, list):
        raise TypeError("the solver's answer has no list of what was tried")
    return value


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(f"the solver's answer holds a {type(value).__name__} where a text belongs")
    return value[:_CHARS]
