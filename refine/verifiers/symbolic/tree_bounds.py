"""How large a tree could become once SymPy computes with it, estimated before SymPy sees it.

For every node two numbers in bits, in which a symbol counts as 1 with no cancellation: `size` bounds the logarithmic
height of a number (numerator and denominator together; h(ab) <= h(a) + h(b), h(a + b) <= h(a) + h(b) + 1,
h(a^n) = |n| h(a)), `mag` the logarithm of its absolute value, or of the sum of a polynomial's coefficients. So what
SymPy finds by cancelling symbols is bounded too: (x - x + 10^9)! is refused. Constant rational arithmetic is exact.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

from refine.errors import require
from refine.verifiers.symbolic.tree import Apply, Bounds, Name, Number, Tree

_GROWING = frozenset(
    str.split(
        "factorial factorial2 subfactorial gamma loggamma digamma dirichlet_eta fibonacci lucas catalan binomial "
        "beta polygamma RisingFactorial FallingFactorial harmonic bernoulli euler bell zeta legendre hermite "
        "laguerre chebyshevt chebyshevu polylog hyper besselj bessely besseli besselk lowergamma uppergamma expint "
        "! !!"
    )
)
"""Functions whose value at an integer is a large number or a long polynomial; their arguments are bounded."""
_LONG = frozenset(
    ["legendre", "hermite", "laguerre", "chebyshevt", "chebyshevu", "euler", "bell", "bernoulli", "subfactorial"]
)
"""Of these, the ones that are slow long before their value is large: a tenth of the bound."""
_EXACT = 2.0**17
"""Bits of operands beyond which rational arithmetic is no longer done to find out how large a result is."""


@dataclass(frozen=True, slots=True)
class Size:
    exact: Fraction | None
    size: float
    mag: float


_E = Size(None, math.log2(math.e), math.log2(math.e))


def checked(tree: Tree, bounds: Bounds) -> Tree:
    """The tree itself, if it is within all bounds.

    Raises:
        Wrong: it is too long, too deep, or a number in it could become too large.
    """
    _measure(tree, bounds)
    _sized(tree, bounds)
    return tree


def exact(tree: Tree, bounds: Bounds) -> Fraction | None:
    """The value, if the tree is rational arithmetic on literals; None if it is anything else.

    Raises:
        Wrong: as `checked`; a division by zero.
    """
    _measure(tree, bounds)
    return _sized(tree, bounds).exact


def _measure(tree: Tree, bounds: Bounds) -> None:
    """Not by recursion: the tree may be too deep for that."""
    level: list[Tree] = [tree]
    nodes = depth = 0
    while level:
        nodes, depth = nodes + len(level), depth + 1
        require(nodes <= bounds.nodes, f"too long: more than {bounds.nodes} names, numbers and operators")
        require(depth <= 3 * bounds.depth, f"nested too deeply: more than {3 * bounds.depth} operations in each other")
        level = [arg for node in level if isinstance(node, Apply) for arg in node.args]


def _sized(tree: Tree, bounds: Bounds) -> Size:
    if isinstance(tree, Number):
        return _of(tree.value)
    if isinstance(tree, Name):
        return _E if tree.name in {"e", "E"} else Size(None, 1.0, 0.0)
    if (inner := _of_log(tree)) is not None:
        return _sized(inner, bounds)
    args = [_sized(arg, bounds) for arg in tree.args]
    size = _SIZES.get(tree.head, _any)(args)
    if tree.head == "^":
        size = _power(args[0], args[1], bounds)
    elif tree.head in _GROWING:
        size = _growing(tree.head, args, bounds)
    elif tree.head == "exp":
        size = _power(_E, args[0], bounds)
    require(size.size <= bounds.bits, f"a number of more than {bounds.bits} bits could come out of it: {_said(tree)}")
    return size


def _of_log(tree: Apply) -> Tree | None:
    """The t of exp(log(t)) and of e^log(t)."""
    natural = tree.head == "exp" or (tree.head == "^" and tree.args[0] in {Name("e"), Name("E")})
    exponent = tree.args[-1] if natural else None
    single = isinstance(exponent, Apply) and exponent.head == "log" and len(exponent.args) == 1
    return exponent.args[0] if single and isinstance(exponent, Apply) else None


def _said(tree: Apply) -> str:
    return {"^": "write smaller exponents", "exp": "write smaller exponents"}.get(tree.head, "write smaller numbers")


def _of(value: Fraction) -> Size:
    top = math.log2(abs(value.numerator)) if value else 0.0
    return Size(value, top + math.log2(value.denominator), top - math.log2(value.denominator))


def _any(args: list[Size]) -> Size:
    """A function or a collection of which nothing more is known."""
    total = sum(arg.size for arg in args) + 1
    return Size(None, total, total)


def _plus(args: list[Size]) -> Size:
    values = [arg.exact for arg in args if arg.exact is not None]
    cheap = all(value.denominator == 1 for value in values) or sum(arg.size for arg in args) <= _EXACT
    if len(values) == len(args) and cheap:
        return _of(sum(values, Fraction(0)))
    top = max(arg.mag for arg in args)
    mag = top + math.log2(sum(2.0 ** max(arg.mag - top, -1000) for arg in args))
    return Size(None, sum(arg.size for arg in args) + len(args) - 1, mag)


def _times(args: list[Size]) -> Size:
    values = [arg.exact for arg in args if arg.exact is not None]
    if len(values) == len(args) and sum(arg.size for arg in args) <= _EXACT:
        return _of(math.prod(values, start=Fraction(1)))
    return Size(None, sum(arg.size for arg in args), sum(arg.mag for arg in args))


def _over(args: list[Size]) -> Size:
    top, bottom = args
    require(bottom.exact != 0, "division by zero")
    if top.exact is not None and bottom.exact is not None:
        return _of(top.exact / bottom.exact)
    inverse = -bottom.mag if bottom.exact is not None else bottom.size
    return Size(None, top.size + bottom.size, top.mag + inverse)


def _same(args: list[Size]) -> Size:
    return args[0]


def _negative(args: list[Size]) -> Size:
    value = args[0].exact
    return Size(None if value is None else -value, args[0].size, args[0].mag)


def _percent(args: list[Size]) -> Size:
    return _over([args[0], _of(Fraction(100))])


def _power(base: Size, exponent: Size, bounds: Bounds) -> Size:
    power = exponent.exact
    if power is not None and power.denominator == 1 and base.exact is not None:
        return _integer_power(base, power.numerator, bounds)
    reach = _reach(exponent)
    if base.exact is None:
        within = reach <= bounds.exponent
        require(within or power is None, f"an exponent is larger than {bounds.exponent}: write a smaller one")
    grown = max(1.0, reach) * max(1.0, base.size)
    natural = power is not None and power.denominator == 1 and power > 0
    return Size(None, grown, reach * max(base.mag, 0.0) if natural else grown)


def _log(args: list[Size]) -> Size:
    """|log c| is at most log(2) times the height of c, whatever c becomes, so exp(n*log(c)) has n times the bits of c;
    and |log b| of the base is at least 2^-h(b), but log(2) for a whole number.
    """
    total = sum(arg.size for arg in args) + 1
    mag = max(math.log2(math.log(2) * (args[0].size + 1)), 0.0)
    base = args[1].exact if len(args) > 1 else Fraction(2)
    whole = base is not None and base.denominator == 1 and abs(base) >= 2
    return Size(None, total, mag if whole else mag + args[1].size + 1)


def _integer_power(base: Size, power: int, bounds: Bounds) -> Size:
    assert base.exact is not None
    require(base.exact != 0 or power >= 0, "division by zero")
    bits = abs(power) * base.size
    require(bits <= bounds.bits, f"a power has more than {bounds.bits} bits: write smaller exponents")
    return _of(base.exact**power)


def _reach(size: Size) -> float:
    """The largest absolute value, as a number and not in bits; capped."""
    return float(abs(size.exact)) if size.exact is not None and size.size < 60 else 2.0 ** min(size.mag, 60.0)


def _growing(head: str, args: list[Size], bounds: Bounds) -> Size:
    reach = max(_reach(arg) for arg in args)
    name = "factorial" if head in {"!", "!!"} else head
    most = bounds.argument / 10 if head in _LONG else bounds.argument
    require(reach <= most, f"an argument of {name} is larger than {most:g}: write a smaller one")
    value = args[0].exact
    if head in {"!", "factorial"} and value is not None and value.denominator == 1 and value >= 0:
        return _of(Fraction(math.factorial(value.numerator)))
    grown = (reach + 1) * math.log2(reach + 2) * 2 if value is not None else reach
    total = sum(arg.size for arg in args) + grown
    return Size(None, total, total)


_SIZES: dict[str, Callable[[list[Size]], Size]] = {
    "+": _plus,
    "*": _times,
    "/": _over,
    "neg": _negative,
    "pm": lambda args: Size(None, args[0].size, args[0].mag),
    "mp": lambda args: Size(None, args[0].size, args[0].mag),
    "%": _percent,
    "deg": _any,
    "log": _log,
    "sqrt": lambda args: Size(None, args[0].size, max(args[0].mag, 1.0)),
    "Abs": lambda args: Size(None, args[0].size, args[0].mag),
    "[]": lambda args: _same(args) if len(args) == 1 else _any(args),
    **dict.fromkeys(
        ("sin", "cos", "tan", "erf", "sign", "tanh", "atan"), lambda args: Size(None, args[0].size + 1, 1.0)
    ),
}
