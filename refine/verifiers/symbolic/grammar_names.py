"""The words that a text may use: functions with the number of their arguments, constants, sets, Greek letters."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Function:
    """A function: its name in SymPy and how many arguments it takes."""

    name: str
    least: int = 1
    most: int = 1


def _table() -> dict[str, Function]:
    unary = (
        *("sin", "cos", "tan", "cot", "sec", "csc", "asin", "acos", "atan", "acot", "asec", "acsc"),
        *("sinh", "cosh", "tanh", "coth", "sech", "csch", "asinh", "acosh", "atanh", "acoth", "asech", "acsch"),
        *("exp", "sqrt", "cbrt", "sign", "re", "im", "arg", "conjugate", "floor", "ceiling", "frac"),
        *("factorial", "factorial2", "subfactorial", "gamma", "loggamma", "digamma", "dirichlet_eta"),
        *("erf", "erfc", "erfi", "Ei", "Si", "Ci", "Shi", "Chi", "li", "Li", "fresnels", "fresnelc", "sinc"),
        *("fibonacci", "lucas", "catalan", "airyai", "airybi", "DiracDelta"),
    )
    table = {name: Function(name) for name in unary}
    table |= {name: Function(name, 2, 2) for name in ("binomial", "beta", "polygamma", "RisingFactorial", "polylog")}
    table |= {name: Function(name, 2, 2) for name in ("FallingFactorial", "besselj", "bessely", "besseli", "besselk")}
    table |= {name: Function(name, 2, 2) for name in ("lowergamma", "uppergamma", "expint", "atan2", "Mod", "root")}
    table |= {name: Function(name, 2, 2) for name in ("legendre", "hermite", "laguerre", "chebyshevt", "chebyshevu")}
    table |= {name: Function(name, 1, 2) for name in ("log", "harmonic", "bernoulli", "zeta", "LambertW", "Heaviside")}
    table |= {name: Function(name, 1, 2) for name in ("elliptic_k", "elliptic_e", "elliptic_f", "KroneckerDelta")}
    table |= {name: Function(name, 1, 20) for name in ("Max", "Min", "gcd", "lcm")}
    table |= {"hyper": Function("hyper", 3, 3), "Abs": Function("Abs"), "det": Function("det"), "tr": Function("tr")}
    return table | {"transpose": Function("transpose"), "euler": Function("euler", 1, 2), "bell": Function("bell")}


_OTHER_NAMES = {
    "ln": "log",
    "abs": "Abs",
    "floor": "floor",
    "ceil": "ceiling",
    "sgn": "sign",
    "Gamma": "gamma",
    "max": "Max",
    "min": "Min",
    "mod": "Mod",
    "conj": "conjugate",
    "tg": "tan",
    "ctg": "cot",
    "cotan": "cot",
    "cosec": "csc",
    "rf": "RisingFactorial",
    "ff": "FallingFactorial",
    "Factorial": "factorial",
    "trace": "tr",
    "Transpose": "transpose",
    "W": "LambertW",
    "lambertw": "LambertW",
    "psi": "digamma",
    **{f"arc{name}": f"a{name}" for name in ("sin", "cos", "tan", "cot", "sec", "csc")},
    **{f"ar{kind}{name}": f"a{name}" for name in ("sinh", "cosh", "tanh", "coth") for kind in ("c", "")},
}
_WHERE_CALLED = frozenset({"W", "psi", "beta", "gamma", "zeta", "Gamma", "frac", "li", "re", "im", "tr", "ff", "rf"})
"""Also letters or short words in their own right: a function only where a bracket follows."""

FUNCTIONS = _table() | {other: _table()[name] for other, name in _OTHER_NAMES.items()}
LOG10, LOG2 = "log10", "log2"
"""Written as functions, read as log(x, 10) and log(x, 2)."""
STRUCTURES = frozenset(
    {"Matrix", "Eq", "Ne", "Lt", "Le", "Gt", "Ge", "And", "Or", "Interval", "FiniteSet", "Set", "Union", "Tuple"}
    | {"Interval.open", "Interval.Lopen", "Interval.Ropen"}
)
"""Calls as SymPy prints them, which become heads: Eq(a, b) is a = b."""
INVERTIBLE = {name: f"a{name}" for name in ("sin", "cos", "tan", "cot", "sec", "csc", "sinh", "cosh", "tanh", "coth")}

CONSTANTS = {
    "pi": "Pi",
    "Pi": "Pi",
    "e": "Exp1",
    "E": "Exp1",
    "i": "ImaginaryUnit",
    "I": "ImaginaryUnit",
    "oo": "Infinity",
    "inf": "Infinity",
    "infty": "Infinity",
    "infinity": "Infinity",
    "Infinity": "Infinity",
    "EulerGamma": "EulerGamma",
    "GoldenRatio": "GoldenRatio",
    "Catalan": "Catalan",
    "True": "true",
    "true": "true",
    "False": "false",
    "false": "false",
    "EmptySet": "EmptySet",
    "Reals": "Reals",
    "Integers": "Integers",
    "Rationals": "Rationals",
    "Naturals": "Naturals",
    "Naturals0": "Naturals0",
    "Complexes": "Complexes",
}
"""Name -> attribute of `sympy.S`. A declared symbol of the same name goes first."""

GREEK = frozenset(
    str.split(
        "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi omicron rho sigma tau upsilon "
        "phi chi psi omega Gamma Delta Theta Lambda Xi Sigma Upsilon Phi Psi Omega"
    )
)
OPERATORS = {"and": "and", "or": "or", "in": "in", "union": "union", "intersect": "intersect", "cup": "union"}
OPERATORS |= {"cap": "intersect", "setminus": "minus"}
"""Words that are operators in plain text."""


def called_only(word: str) -> bool:
    """Whether the word is a function only where a bracket follows, and a symbol (or letters) elsewhere."""
    return word in _WHERE_CALLED
