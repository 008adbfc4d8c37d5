"""LaTeX's macros: what each stands for, and how many arguments it takes."""

from __future__ import annotations

from refine.verifiers.symbolic.grammar_tokens import Token

OPS = {
    **dict.fromkeys(("cdot", "times", "ast", "bullet"), "*"),
    "div": "/",
    "pm": "pm",
    "mp": "mp",
    "lt": "<",
    "gt": ">",
    "mid": "|",
    "vert": "|",
    "colon": ":",
    **dict.fromkeys(("le", "leq", "leqslant", "leqq"), "<="),
    **dict.fromkeys(("ge", "geq", "geqslant", "geqq"), ">="),
    **dict.fromkeys(("ne", "neq"), "!="),
    **dict.fromkeys(("to", "rightarrow", "longrightarrow"), "->"),
    "cup": "union",
    "cap": "intersect",
    "setminus": "minus",
    "backslash": "minus",
    "in": "in",
    **dict.fromkeys(("land", "wedge"), "and"),
    **dict.fromkeys(("lor", "vee"), "or"),
    **dict.fromkeys(("circ", "degree"), "deg"),
    "%": "%",
}
OPENING = {
    "{": "{",
    "lbrace": "{",
    "lbrack": "[",
    "langle": "(",
    "lvert": "lvert",
    "lfloor": "lfloor",
    "lceil": "lceil",
}
CLOSING = {
    "}": "}",
    "rbrace": "}",
    "rbrack": "]",
    "rangle": ")",
    "rvert": "rvert",
    "rfloor": "rfloor",
    "rceil": "rceil",
}
SIGNS = {name: Token("op", sign, spaced=True) for name, sign in OPS.items()}
SIGNS |= {name: Token("open", bracket, spaced=True) for name, bracket in OPENING.items()}
SIGNS |= {name: Token("close", bracket, spaced=True) for name, bracket in CLOSING.items()}
NAMES = {"infty": "oo", "emptyset": "EmptySet", "varnothing": "EmptySet", "varepsilon": "epsilon", "varphi": "phi"}
NAMES |= {"vartheta": "theta", "varrho": "rho", "pi": "pi", "R": "Reals", "Z": "Integers", "N": "Naturals"}
BLACKBOARD = {"R": "Reals", "Z": "Integers", "Q": "Rationals", "N": "Naturals", "C": "Complexes"}
BIG = {"sum": "Sum", "prod": "Product", "int": "Integral", "lim": "Limit"}
NOTHING = frozenset(
    str.split(
        ", ! ; : > quad qquad thinspace left right big Big bigl bigr Bigl Bigr bigg Bigg biggl biggr Biggl Biggr "
        "limits nolimits displaystyle textstyle scriptstyle enspace hspace space phantom hline"
    )
) | {" ", "\n"}
MARKS = frozenset({"angle", "measuredangle", "triangle", "parallelogram", "odot"})
"""Signs before a label: an angle's, a triangle's."""
INSIDE = frozenset(
    str.split("boxed fbox mathbf boldsymbol mathit mathsf mathnormal textbf textit bm mbox mathop ensuremath")
)
CONDITIONS = frozenset({"if", "for", "when", "otherwise", "else"})
MATRICES = frozenset(["matrix", "pmatrix", "bmatrix", "Bmatrix", "smallmatrix", "array", "vmatrix"])
TEXTS = frozenset(["text", "textrm", "textnormal", "mathrm", "rm", "textsf", "operatorname"])
ARGUMENTS = {
    **dict.fromkeys(("frac", "dfrac", "tfrac", "cfrac", "binom", "dbinom", "tbinom"), "{{"),
    "sqrt": "[{",
    **dict.fromkeys((*INSIDE, *TEXTS, "mathbb", "overline", "bar", "hat", "vec", "hspace", "phantom"), "{"),
    "operatorname": "*{",
    "\\": "",
}
