"""Tokens into a tree: one grammar for plain text and for LaTeX, read by recursive descent with a bound on its depth.

row       relation-or-set, ","  ";"          two or more without brackets: answers in a row
choice    "or" of "and" of chains of = != < <= > >= in
ratio     sets joined by :, only in a final answer
set       sums joined by union, intersect, minus
sum       products joined by + - ± ∓, with signs before
product   powers joined by * / or by nothing, left to right: 1/2x is (1/2)*x
power     right to left, under the sign before it: -2^2 is -4, 2^-1 is 1/2, 2^3^2 is 2^9
primary   number, name, call, bracket, |x|, and a function with its bare argument: sin 2x is sin(2*x)
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction

from refine.errors import Wrong, require
from refine.verifiers.symbolic.grammar_calls import call, inverse, structure
from refine.verifiers.symbolic.grammar_cursor import Cursor, Style
from refine.verifiers.symbolic.grammar_names import FUNCTIONS, LOG2, LOG10, STRUCTURES, called_only
from refine.verifiers.symbolic.grammar_shapes import (
    SIGNS,
    bracketed,
    index,
    joined,
    negated,
    product,
    proper,
    spread,
    two_numbers,
)
from refine.verifiers.symbolic.grammar_tokens import Token
from refine.verifiers.symbolic.tree import CALCULUS, RELATIONS, Apply, Name, Number, Tree, whole

_STARTS = frozenset({"number", "name", "open", "tree", "big"})
CLOSERS = {"(": ")]", "[": "])", "{": "}", "lvert": ("rvert",), "lfloor": ("rfloor",), "lceil": ("rceil",)}
_SETS = frozenset({"union", "intersect", "minus"})
_DEGREE = Apply("deg", (whole(1),))
_POSTFIX = frozenset({"!", "!!", "%", "deg"})


def parsed(tokens: Sequence[Token], style: Style) -> Tree:
    """The tree of all the tokens.

    Raises:
        Wrong: they do not make one statement; the message says where.
    """
    parser = Parser(tokens, style)
    tree = parser.row()
    parser.expect("end", "")
    return tree


class Parser(Cursor):
    """The rules, one method each."""

    # rows, choices, relations, sets

    def row(self) -> Tree:
        items = self.items()
        return items[0] if len(items) == 1 else Apply(",", tuple(items))

    def items(self) -> list[Tree]:
        """One or more with commas between them; `1, 2, and 3` and `2 or 3` are rows too."""
        items = spread(self.choice())
        while self.op(",", ";"):
            self.op("and", "or")
            items += spread(self.choice())
        return items

    def choice(self) -> Tree:
        return self.joined("or", lambda: self.joined("and", self.relation))

    def joined(self, head: str, read: Callable[[], Tree]) -> Tree:
        """One operand as it is, or all those that the operator joins; of values, which are no statements, a row."""
        operands = [read()]
        while self.op(head):
            operands.append(read())
        return operands[0] if len(operands) == 1 else joined(head, operands)

    def relation(self) -> Tree:
        left = self.ratio()
        links: list[Tree] = []
        while head := self.op(*RELATIONS, "->"):
            right = self.ratio()
            links.append(Apply(head, (left, right)))
            left = right
        if not links:
            return left
        return links[0] if len(links) == 1 else Apply("and", tuple(links))

    def ratio(self) -> Tree:
        """3:4:5, in an answer and outside of brackets."""
        terms = [self.union()]
        while self.style.answer and self.depth == 0 and self.op(":"):
            terms.append(self.union())
        return terms[0] if len(terms) == 1 else Apply("ratio", tuple(terms))

    def union(self) -> Tree:
        tree = self.sum()
        while head := self.op(*_SETS) or self.letter_u():
            tree = Apply(head, (tree, self.sum()))
        return tree

    def letter_u(self) -> str:
        """(1, 2) U (3, 4): the letter as a union, between brackets, where it is no symbol."""
        sets = self.peek().text == "U" and self.peek(-1).kind == "close" and self.peek(1).kind == "open"
        if not sets or (self.style.declared is not None and "U" in self.style.declared):
            return ""
        self.at += 1
        return "union"

    # arithmetic

    def sum(self) -> Tree:
        terms = [self.term()]
        sign = ""
        while sign := self.op("+", *SIGNS):
            term = self.product()
            terms.append(Apply(SIGNS[sign], (term,)) if sign in SIGNS else term)
        return terms[0] if len(terms) == 1 else Apply("+", tuple(terms))

    def term(self) -> Tree:
        """A product with any number of signs before it."""
        sign = self.op("+", *SIGNS)
        if not sign:
            return self.product()
        term = self.deeper(self.term)
        return term if sign == "+" else negated(sign, term)

    def product(self) -> Tree:
        tree, factors = self.unary(), list[Tree]()
        while True:
            if self.op("*"):
                factors.append(self.unary())
            elif self.op("/"):
                tree, factors = Apply("/", (product(tree, factors), self.unary())), []
            elif self.starts():
                self.juxtaposed()
                factors.append(self.power())
            else:
                return product(tree, factors)

    def juxtaposed(self) -> None:
        """Refuses what is hardly a product: two numbers side by side, an index."""
        last, token = self.peek(-1), self.peek()
        require(token.kind != "number" or last.kind != "number", two_numbers(token))
        require(token.text != "[" or last.kind != "name", "no indexing with [...]: write x_1, or * for a product")

    def unary(self) -> Tree:
        """After * and /, a sign binds the power that follows: 2*-3."""
        sign = self.op("+", *SIGNS)
        if not sign:
            return self.power()
        power = self.deeper(self.unary)
        return power if sign == "+" else negated(sign, power)

    def power(self) -> Tree:
        base = self.postfix(self.primary())
        if not self.op("^"):
            return base
        if self.op("deg"):
            return Apply("deg", (base,))
        exponent = self.deeper(self.exponent)
        return self.postfix(Apply("deg", (base,)) if exponent == _DEGREE else Apply("^", (base, exponent)))

    def exponent(self) -> Tree:
        """A LaTeX group is the whole exponent: x^{2}! is (x^2)!."""
        if self.peek().kind == "tree":
            tree = self.take().tree
            assert tree is not None  # a tree's token has one
            return Apply("^", (tree, self.deeper(self.exponent))) if self.op("^") else tree
        sign = self.op("+", *SIGNS)
        if sign and self.peek().kind == "end":  # the 0^+ of a limit
            return Name(sign)
        inner = self.deeper(self.exponent) if sign else self.power()
        return negated(sign, inner) if sign in SIGNS else inner

    def postfix(self, tree: Tree) -> Tree:
        while head := self.op(*_POSTFIX):
            require(head != "%" or not self.starts(), "% is a percentage here: write Mod(a, b) for a remainder")
            tree = Apply(head, (tree,))
        return tree

    def starts(self) -> bool:
        """Whether an operand begins here."""
        token = self.peek()
        if self.integrals and token.text == "d" and self.peek(1).kind == "name":
            return False
        if token.text == "U" and self.peek(-1).kind == "close" and self.letter_u():
            self.at -= 1
            return False
        opens_bar = token.kind == "op" and (token.text in {"√", "∛"} or (token.text == "|" and not self.bars))
        return opens_bar or token.kind in _STARTS

    # primaries

    def primary(self) -> Tree:
        token = self.take()
        match token.kind:
            case "number":
                return self.literal(token)
            case "tree" if token.tree is not None:
                return token.tree
            case "name":
                return self.named(token)
            case "open":
                return bracketed(token.text, *self.inside(token.text))
            case "big":
                return self.big(token.text)
        return self.marked(token)

    def marked(self, token: Token) -> Tree:
        """|x|, √x and ∛x."""
        if token.kind == "op" and token.text == "|":
            return self.bar()
        if token.kind == "op" and token.text in {"√", "∛"}:
            return call("sqrt" if token.text == "√" else "cbrt", [self.deeper(self.primary)])
        raise self.unexpected(token, "a number, a name or a bracket")

    def literal(self, token: Token) -> Tree:
        assert token.tree is not None  # a number's token has one
        whole_part = token.text.replace(",", "").isdigit()
        fraction = self.fraction() if whole_part else None
        if fraction is None:
            return token.tree
        require(
            self.style.answer, f"{token.text} {fraction} is ambiguous: write {token.text} + {fraction} or a product"
        )
        assert isinstance(token.tree, Number)
        return Number(token.tree.value + fraction)

    def fraction(self) -> Fraction | None:
        r"""The proper fraction of a mixed number, taken: `1/2` after a space, ½, or \frac12."""
        first, slash, last = self.peek(), self.peek(1), self.peek(2)
        if first.kind == "tree" and (value := proper(first.tree)):
            self.at += 1
            return value
        spelled = first.kind == last.kind == "number" and first.spaced and slash.text == "/"
        if spelled and (value := proper(Apply("/", (first.tree or Name(""), last.tree or Name(""))))):
            self.at += 3
            return value
        return None

    def bar(self) -> Tree:
        self.bars += 1
        inner = self.deeper(self.sum)
        self.expect("op", "|")
        self.bars -= 1
        return call("Abs", [inner])

    def inside(self, opener: str) -> tuple[list[Tree], str]:
        """The items up to the bracket that closes `opener`, and that bracket."""
        bars, integrals, self.bars, self.integrals = self.bars, self.integrals, 0, 0
        self.depth += 1
        require(self.depth <= self.style.depth, f"nested too deeply: more than {self.style.depth} levels")
        items = [] if self.peek().kind == "close" else self.items()
        closer = self.take()
        if closer.kind != "close" or closer.text not in CLOSERS.get(opener, ()):
            raise self.unexpected(closer, "a closing bracket")
        self.bars, self.integrals, self.depth = bars, integrals, self.depth - 1
        return items, closer.text

    # names

    def named(self, token: Token) -> Tree:
        name = token.text
        declared = self.style.declared is not None and name in self.style.declared
        called = self.peek().kind == "open" and self.peek().text == "("
        if name in self.style.functions and called:
            return Apply(f"{name}()", tuple(self.arguments()))
        return self.indexed(name) if declared else self.known(name, called=called)

    def known(self, name: str, *, called: bool) -> Tree:
        """A name of the tables, or a new symbol."""
        if name in CALCULUS or (name in STRUCTURES and called):
            return structure(name, self.arguments())
        if called and self.style.declared is None and name in {"f", "g", "h"}:
            raise Wrong(f"{name}(...) is an unknown function: write the formula itself, or {name}*(...) for a product")
        if name in {LOG10, LOG2} or (name in FUNCTIONS and (called or not called_only(name))):
            return self.function(name)
        return self.indexed(name)

    def indexed(self, name: str) -> Tree:
        return Name(f"{name}_{index(self.subscript())}") if self.op("_") else Name(name)

    def subscript(self) -> Tree:
        token = self.take()
        one = token.kind != "number" or len(token.text) == 1
        require(one, f"the subscript _{token.text} is ambiguous: write _{{{token.text}}}")
        if token.kind == "name":
            return Name(token.text)
        if token.kind not in {"number", "tree"} or token.tree is None:
            raise self.unexpected(token, "a subscript")
        return token.tree

    def function(self, name: str) -> Tree:
        base = self.subscript() if self.op("_") else None
        exponent = self.deeper(self.exponent) if self.op("^") else None
        arguments = self.arguments() if self.peek().kind == "open" else [self.deeper(self.bare)]
        if exponent == whole(-1) or exponent == Apply("neg", (whole(1),)):
            return inverse(name, arguments)
        value = call(name, [*arguments, base] if base else arguments)
        return value if exponent is None else Apply("^", (value, exponent))

    def arguments(self) -> list[Tree]:
        """What is in the brackets of a call."""
        opener = self.take()
        require(opener.kind == "open", f"write brackets after a function, found {opener.text[:20]!r}")
        items, closer = self.inside(opener.text)
        return items if opener.text == "(" else [bracketed(opener.text, items, closer)]

    def bare(self) -> Tree:
        r"""The argument of a function without brackets: factors up to the next function, a sign, the end; `\sin{x}`."""
        if self.peek().kind == "tree":
            return self.power()
        if self.op("-"):
            return Apply("neg", (self.deeper(self.bare),))
        factors = [self.power()]
        while self.starts() and not self.is_function():
            factors.append(self.power())
        require(
            self.peek().text != "/", "a function without brackets before / is ambiguous: write sin(x)/2 or sin(x/2)"
        )
        return product(factors[0], factors[1:])

    def is_function(self) -> bool:
        name = self.peek().text
        return self.peek().kind == "name" and name in FUNCTIONS and not called_only(name)

    # calculus in LaTeX

    def big(self, head: str) -> Tree:
        if head.startswith("d/d"):
            return Apply("Derivative", (self.deeper(self.product), Name(head.removeprefix("d/d"))))
        low = self.subscript() if self.op("_") else None
        high = self.deeper(self.exponent) if self.op("^") else None
        if head == "Integral":
            return self.integral(low, high)
        body = self.deeper(self.product)
        if not isinstance(low, Apply) or len(low.args) != 2:
            raise Wrong(f"{head}: write its variable below it, as in \\sum_{{n=1}}^{{N}} or \\lim_{{x \\to 0}}")
        return Apply(head, (body, Apply("()", (*low.args, high) if high else low.args)))

    def integral(self, low: Tree | None, high: Tree | None) -> Tree:
        self.integrals += 1
        differential = self.peek().text == "d" and self.peek(1).kind == "name" and not self.starts()
        body = whole(1) if differential else self.deeper(self.sum)
        self.integrals -= 1
        self.expect("name", "d")
        variable = self.take()
        require(variable.kind == "name", "an integral ends with d and its variable, as in \\int x \\, dx")
        ends = (low, high) if low and high else ()
        require(bool(low) == bool(high), "an integral has both ends or none")
        return Apply("Integral", (body, Apply("()", (Name(variable.text), *ends))))
