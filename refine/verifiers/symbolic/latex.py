r"""LaTeX into tokens. pylatexenc (MIT, pure Python) reads the LaTeX: macros with their arguments, groups, environments,
math mode, comments. It expands and executes nothing: \def and \input are unknown macros here, and refused.

SymPy's own `parse_latex` is not used: its lark backend computes while it parses (10^6 factorial before any bound could
be looked at) and knows no sets, intervals, \pm or \text; its antlr backend needs one exact version of the runtime.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from functools import cache
from typing import Any

from refine.errors import MissingExtra, Wrong, require
from refine.verifiers.symbolic import infix
from refine.verifiers.symbolic.grammar import parsed
from refine.verifiers.symbolic.grammar_calls import call, matrix_of
from refine.verifiers.symbolic.grammar_cursor import Style
from refine.verifiers.symbolic.grammar_names import FUNCTIONS, GREEK
from refine.verifiers.symbolic.grammar_tokens import Token, Words, merged, word
from refine.verifiers.symbolic.latex_names import (
    ARGUMENTS,
    BIG,
    BLACKBOARD,
    CONDITIONS,
    INSIDE,
    MARKS,
    MATRICES,
    NAMES,
    NOTHING,
    SIGNS,
    TEXTS,
)
from refine.verifiers.symbolic.tree import Apply, Name, Number, Tree

Node = Any
"""A node of pylatexenc, which is not typed."""
_BEFORE = (
    (re.compile(r"(?<=\d)(?:\s?\{\s?,\s?\}\s?|\\!,|,\\!\s?|\\,|\{\\,\})(?=\d{3}(?!\d))"), ""),  # 1{,}000, 1\,000
    (re.compile(r"~"), " "),
    (re.compile(r"\\(?:left|right)\s*\."), " "),  # an invisible bracket
    (re.compile(r"\\left\s*(?:\||\\vert(?![A-Za-z]))"), r"\\lvert "),
    (re.compile(r"\\right\s*(?:\||\\vert(?![A-Za-z]))"), r"\\rvert "),
    (re.compile(r"\\(?:left|right)(?![A-Za-z])"), ""),
    (re.compile(r"(\\(?:displaystyle|limits|nolimits))(?![A-Za-z])"), " "),
)


def looks_like(text: str) -> bool:
    """Whether a text is LaTeX rather than plain: it has a macro, math mode, or a script in braces."""
    return "\\" in text or "$" in text or any(sign in text for sign in ("^{", "_{", "{,}"))


@cache
def _walker() -> tuple[Any, Any]:
    try:
        from pylatexenc import latexwalker, macrospec  # noqa: PLC0415 - only for those who use it
    except ImportError:
        raise MissingExtra("pylatexenc", "math") from None
    context = macrospec.LatexContextDb()
    context.add_context_category(
        "answers",
        macros=[macrospec.MacroSpec(name, arguments) for name, arguments in ARGUMENTS.items()],
        environments=[macrospec.EnvironmentSpec("array", "[{")],
        specials=[macrospec.SpecialsSpec("&")],
    )
    context.set_unknown_macro_spec(macrospec.MacroSpec("", ""))
    context.set_unknown_environment_spec(macrospec.EnvironmentSpec("", ""))
    return latexwalker, context


def tokens(text: str, words: Words, style: Style) -> list[Token]:
    """The tokens of a LaTeX text; groups, fractions and matrices come as trees.

    Raises:
        Wrong: it is not LaTeX, or has a macro that is not known here.
        MissingExtra: pylatexenc is not installed.
    """
    _nesting(text, words.bounds.depth)
    for pattern, instead in _BEFORE:
        text = pattern.sub(instead, text)
    latexwalker, context = _walker()
    try:
        walker = latexwalker.LatexWalker(text, latex_context=context, tolerant_parsing=False)
        nodes, _, _ = walker.get_latex_nodes()
    except latexwalker.LatexWalkerParseError as error:
        raise Wrong(f"this LaTeX cannot be read: {str(error).splitlines()[0][:150]}") from None
    except RecursionError:
        raise Wrong("this LaTeX is nested too deeply") from None
    return _Reading(words, style).flat(nodes)


def _nesting(text: str, most: int) -> None:
    """Braces and environments, counted before a reader that recurses sees them."""
    depth = 0
    for piece in re.findall(r"\\[\\{}]|[{}\[\]]|\\begin|\\end|\$", text):
        depth += (piece in {"{", "[", "\\begin"}) - (piece in {"}", "]", "\\end"})
        require(depth <= most, f"nested too deeply: more than {most} levels")


class _Reading:
    """Nodes of pylatexenc into tokens."""

    def __init__(self, words: Words, style: Style) -> None:
        self.words = words
        self.style = style

    def flat(self, nodes: Sequence[Node]) -> list[Token]:
        """The tokens of nodes in a row, repeating decimals joined."""
        out: list[Token] = []
        for node in nodes:
            index = _letters(node) if out and out[-1].text == "_" else ""
            for token in [Token("name", index)] if index else self.node(node):
                if token.kind == "op" and token.text.startswith("repeat"):
                    out[-1:] = [_repeating(out[-1] if out else token, token.text.removeprefix("repeat"))]
                else:
                    out.append(token)
        return out

    def node(self, node: Node) -> Iterator[Token]:
        kind = type(node).__name__
        if kind == "LatexCharsNode":
            yield from infix.tokens(node.chars, self.words, latex=True)
        elif kind == "LatexGroupNode":
            yield from self.group(node)
        elif kind == "LatexMathNode":
            yield from self.flat(node.nodelist)
        elif kind == "LatexMacroNode":
            yield from self.macro(node.macroname, node.nodeargd.argnlist if node.nodeargd else [])
        elif kind == "LatexEnvironmentNode":
            yield from self.environment(node)
        elif kind != "LatexCommentNode":
            raise Wrong(f"{getattr(node, 'specials_chars', kind)!r} cannot stand here")

    def group(self, node: Node) -> Iterator[Token]:
        """{...} is one operand; an empty one, or {,}, is nothing."""
        inner = self.flat(node.nodelist)
        if node.delimiters[0] == "[":
            yield from (Token("open", "["), *inner, Token("close", "]"))
        elif inner:
            yield Token("tree", "{...}", self.parsed(inner))

    def parsed(self, inner: list[Token]) -> Tree:
        if len(inner) == 1 and inner[0].text in {"+", "-"}:
            return Name(inner[0].text)  # the 0^{+} of a limit
        if len(inner) == 1 and inner[0].text == "deg":
            return Apply("deg", (Number(Fraction(1)),))
        return parsed(merged(inner, self.words.bounds), self.style)

    def argument(self, node: Node) -> Tree:
        if node is None:
            raise Wrong("a macro lacks its argument")
        nodes = node.nodelist if type(node).__name__ == "LatexGroupNode" else [node]
        return self.parsed(self.flat(nodes))

    # macros

    def macro(self, name: str, arguments: Sequence[Node]) -> Iterator[Token]:
        if name in NOTHING:
            return
        bare = name in ARGUMENTS and len(arguments) < ARGUMENTS[name].count("{")
        require(not bare, f"\\{name} lacks its arguments: write them in braces")
        if name in SIGNS:
            yield SIGNS[name]
        elif name in _MADE:
            yield from _MADE[name](self, arguments)
        elif name in NAMES or name in GREEK or name in FUNCTIONS:
            yield from word(NAMES.get(name, name), self.words, spaced=True, letters=True)
        elif name in BIG or name in {"iint", "iiint", "oint"}:
            require(name in BIG, f"\\{name} is not read: write iterated integrals")
            yield Token("big", BIG[name])
        elif name in INSIDE:
            yield from self.flat(_children(arguments[-1]))
        elif name in TEXTS:
            yield from self.text(arguments)
        elif name in MARKS:
            yield Token("op", f"\\{name}", spaced=True)
        else:
            raise Wrong(f"\\{name[:30]} is not known here: write the formula with \\frac, \\sqrt, \\cdot and the like")

    def text(self, arguments: Sequence[Node]) -> Iterator[Token]:
        r"""\text{ or }, \mathrm{e}, \operatorname{arcsin}: words, never products of letters unless single."""
        inside = _children(arguments[-1])
        written = "".join(getattr(child, "chars", "") for child in inside).strip()
        if written in {"and", "or", "in"} or not inside:
            yield from infix.tokens(written, self.words)
        elif written.strip(",. ") in CONDITIONS:
            yield Token("op", "if")
        else:
            single = len(written) == 1 or written in FUNCTIONS or written.isdigit()
            require(single, f"the text {written[:40]!r} cannot be computed with: leave words and units away")
            yield from self.flat(inside)

    def fraction(self, arguments: Sequence[Node]) -> Iterator[Token]:
        top, bottom = self.argument(arguments[0]), self.argument(arguments[1])
        variable = _differential(top, bottom)
        yield Token("big", f"d/d{variable}") if variable else Token("tree", "\\frac", Apply("/", (top, bottom)))

    def binomial(self, arguments: Sequence[Node]) -> Iterator[Token]:
        yield Token("tree", "\\binom", call("binomial", [self.argument(a) for a in arguments]))

    def root(self, arguments: Sequence[Node]) -> Iterator[Token]:
        inner = self.argument(arguments[1])
        if arguments[0] is None:
            yield Token("tree", "\\sqrt", call("sqrt", [inner]))
        else:
            yield Token("tree", "\\sqrt", call("root", [inner, self.argument(arguments[0])]))

    def blackboard(self, arguments: Sequence[Node]) -> Iterator[Token]:
        letter = "".join(getattr(child, "chars", "") for child in _children(arguments[0])).strip()
        require(letter in BLACKBOARD, f"\\mathbb{{{letter[:10]}}} is not known here")
        yield Token("name", BLACKBOARD[letter])

    def overline(self, arguments: Sequence[Node]) -> Iterator[Token]:
        """The digits that repeat, after the decimals before them; a conjugate or a mean is not read."""
        digits = "".join(getattr(child, "chars", "") for child in _children(arguments[0])).strip()
        require(digits.isdigit() and len(digits) <= 40, "an overline is read only over repeating decimals")
        yield Token("op", f"repeat{digits}")

    # environments

    def environment(self, node: Node) -> Iterator[Token]:
        name = node.environmentname
        if name in MATRICES:
            matrix = matrix_of([[self.parsed(cell) for cell in row] for row in self.rows(node.nodelist)])
            yield Token("tree", name, call("det", [matrix]) if name == "vmatrix" else matrix)
        elif name in {"cases", "dcases"}:
            yield Token("tree", name, _cases(self.rows(node.nodelist), self.parsed))
        else:
            plain = name in {"equation", "equation*", "math", "displaymath", "center"}
            require(plain, f"the environment {name[:20]} is not read: write one formula")
            yield from self.flat(node.nodelist)

    def rows(self, nodes: Sequence[Node]) -> list[list[list[Token]]]:
        """Cells as tokens, split at & and at two backslashes."""
        rows: list[list[list[Token]]] = [[[]]]
        for node in nodes:
            if getattr(node, "specials_chars", "") == "&":
                rows[-1].append([])
            elif getattr(node, "macroname", "") == "\\":
                rows.append([[]])
            else:
                rows[-1][-1].extend(self.node(node))
        return [row for row in rows if any(row)]


def _children(node: Node) -> Sequence[Node]:
    return getattr(node, "nodelist", [node]) if node is not None else []


def _letters(node: Node) -> str:
    r"""The letters of x_{max} and of x_{\text{max}}; "" for any other subscript."""
    children = _children(node)
    macro = children[0] if len(children) == 1 else None
    arguments = getattr(macro, "nodeargd", None)
    if getattr(macro, "macroname", "") in TEXTS and arguments:
        children = _children(arguments.argnlist[-1])
    written = "".join(getattr(child, "chars", " ") for child in children)
    return written if written.isascii() and written.isalpha() else ""


def _repeating(before: Token, digits: str) -> Token:
    """0.1 and 6 make 0.1666..., exactly 1/6."""
    _, point, decimals = before.text.partition(".")
    require(before.kind == "number" and point, "an overline is read only after a decimal point: 0.1\\overline{6}")
    assert isinstance(before.tree, Number)
    tail = Fraction(int(digits), (10 ** len(digits) - 1) * 10 ** len(decimals))
    return Token("tree", before.text, Number(before.tree.value + tail), before.spaced)


def _differential(top: Tree, bottom: Tree) -> str:
    """x, where the fraction is d/dx; "" where it is an ordinary one."""
    if top != Name("d") or not isinstance(bottom, Apply) or bottom.head != "*" or bottom.args[0] != Name("d"):
        return ""
    variable = bottom.args[1]
    require(len(bottom.args) == 2 and isinstance(variable, Name), "write a derivative as \\frac{d}{dx}")
    assert isinstance(variable, Name)
    return variable.name


def _cases(rows: list[list[list[Token]]], read: Callable[[list[Token]], Tree]) -> Tree:
    pairs = []
    for row in rows:
        require(len(row) == 2, "each line of cases is a value & a condition")
        value, condition = ([token for token in cell if token.text not in {"if", ","}] for cell in row)
        pairs.append(Apply("()", (read(value), read(condition) if condition else Name("true"))))
    return Apply("Piecewise", tuple(pairs))


_Make = Callable[[_Reading, Sequence[Node]], Iterator[Token]]
_MADE: dict[str, _Make] = {
    **dict.fromkeys(("frac", "dfrac", "tfrac", "cfrac"), _Reading.fraction),
    **dict.fromkeys(("binom", "dbinom", "tbinom"), _Reading.binomial),
    "sqrt": _Reading.root,
    "mathbb": _Reading.blackboard,
    "overline": _Reading.overline,
}
