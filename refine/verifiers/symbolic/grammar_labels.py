r"""What an answer is the value of, where that is no formula: the f(2) of f(2) = 5, the \angle ABC of \angle ABC = 30.

In an answer such a label becomes one name, so that what is said of it can be compared; elsewhere f(2) is refused and
a(2) is a product. Labels that are formulas as well (AB, |AB|, AB/CD, (p, q)) are told by their tree: `same_labels`.
"""

from __future__ import annotations

from collections.abc import Sequence

from refine.verifiers.symbolic.grammar_names import FUNCTIONS
from refine.verifiers.symbolic.grammar_tokens import Token
from refine.verifiers.symbolic.tree import RELATIONS, Apply, Name, Number, text

MARK = "\\"
"""What the text of a sign begins with that stands before a label, such as \\angle."""
_ENDS = frozenset({*RELATIONS, ",", ";", "and", "or", ":"})
_UNKNOWN = frozenset("fghFGH")


def labelled(tokens: Sequence[Token]) -> list[Token]:
    """The tokens with each label on a side of a relation as one name."""
    out: list[Token] = []
    side: list[Token] = []
    depth, before = 0, ""
    for token in [*tokens, Token("end", "")]:
        depth += (token.kind == "open") - (token.kind == "close")
        ends = depth == 0 and (token.kind == "end" or (token.kind == "op" and token.text in _ENDS))
        if ends:
            out += _side(side, before, token.text)
            before, side = token.text, []
        (out if ends and token.kind != "end" else side).append(token)
    return out


def _side(side: list[Token], before: str, after: str) -> list[Token]:
    """One label in place of the tokens between two ends, if it is one there."""
    related = after in RELATIONS or before in RELATIONS or ":" in {before, after}
    if not related or not side:
        return side
    first = before not in RELATIONS and before != ":"
    if _is_marked(side) or (_is_call(side) and (first or side[0].text in _UNKNOWN)):
        return [Token("name", "".join(map(_text, side)), spaced=True)]
    return side


def _is_marked(side: list[Token]) -> bool:
    marks = [token for token in side if token.text.startswith(MARK) and token.kind == "op"]
    rest = [token for token in side if token not in marks]
    return bool(marks and rest) and all(token.kind == "name" or token.text == "_" for token in rest)


def _is_call(side: list[Token]) -> bool:
    """One letter, perhaps with an index, and one bracket after it with a few plain arguments."""
    opens = [i for i, token in enumerate(side) if token.kind == "open"]
    if len(opens) != 1 or opens[0] not in {1, 3} or side[opens[0]].text != "(" or side[-1].kind != "close":
        return False
    name = side[0].text
    indexed = opens[0] == 1 or side[1].text == "_"
    if side[0].kind != "name" or len(name.partition("_")[0].rstrip("0123456789")) > 1 or name in FUNCTIONS:
        return False
    inside = side[opens[0] + 1 : -1]
    plain = all(token.kind in {"number", "name", "tree"} or token.text in {",", "-", "+"} for token in inside)
    sums = any(token.text in {"-", "+"} for token in inside[1:])
    return bool(indexed and inside and plain and (not sums or name in _UNKNOWN))


def _text(token: Token) -> str:
    if isinstance(token.tree, Number | Name | Apply):
        return text(token.tree)
    return token.text
