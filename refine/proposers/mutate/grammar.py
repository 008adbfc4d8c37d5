"""What new sub-expressions are made of: names in scope, the task's terminals and functions, numbers."""

from __future__ import annotations

import ast
import builtins
from dataclasses import dataclass

import numpy as np

from refine.proposers.mutate.chance import pick, weighted
from refine.proposers.mutate.program import nodes, value_of
from refine.proposers.mutate.sites import ARRAY_MODULES, Kind, Scope, kind_of
from refine.task import Grammar

_ARITHMETIC: tuple[tuple[float, type[ast.operator]], ...] = (
    (3.0, ast.Add),
    (3.0, ast.Sub),
    (3.0, ast.Mult),
    (1.5, ast.Div),
)
_COMPARISONS: tuple[type[ast.cmpop], ...] = (ast.Lt, ast.LtE, ast.Gt, ast.GtE, ast.Eq)
_NUMPY = ("abs", "sqrt", "square", "exp", "log1p", "tanh", "sign", "floor")
_MATH = ("sqrt", "exp", "log1p", "tanh", "floor", "sin", "cos")
_BUILTINS = frozenset(dir(builtins))
_NOT_NEGATIVE = frozenset({"sqrt", "log1p", "log"})


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """What may be used in one program.

    Attributes:
        modules: names that the program has for numpy, torch and math, "np" for instance.
        terminals: the task's expressions, with the names in each.
        functions: unary functions as written: "np.exp".
        constants: numbers worth trying.
        names: names known anywhere: imports, definitions, builtins.
    """

    modules: frozenset[str]
    terminals: tuple[tuple[str, frozenset[str]], ...]
    functions: tuple[str, ...]
    constants: tuple[float, ...]
    names: frozenset[str]

    @property
    def arrays(self) -> str | None:
        """The module of arrays, as the program calls it."""
        return next((name for name in ARRAY_MODULES if name in self.modules), None)


def vocabulary(tree: ast.Module, grammar: Grammar, *, expression: bool) -> Vocabulary:
    """What `tree` imports and defines, and what the task's grammar adds to that. In an expression language all of the
    grammar's functions are there; in a program only those of a module that it imports.
    """
    names = _module_names(tree)
    modules = frozenset(name for name in (*ARRAY_MODULES, "math") if name in names)
    own = [f"{m}.{f}" for m in sorted(modules) for f in (_MATH if m == "math" else _NUMPY)]
    given = [f for f in grammar.functions if expression or f.split(".")[0] in names]
    functions = tuple(dict.fromkeys([*given, *([] if grammar.functions else own)])) or ("abs",)
    terminals = tuple((text, _names(text)) for text in grammar.terminals)
    used = {float(value) for node in nodes(tree) if (value := value_of(node)) is not None and abs(value) < 1e9}
    constants = (*grammar.constants, *sorted(used))
    return Vocabulary(modules, terminals, functions, constants, names | {f.split(".")[0] for f in given})


def _module_names(tree: ast.Module) -> frozenset[str]:
    names = set(_BUILTINS)
    for node in nodes(tree):
        if isinstance(node, ast.Import | ast.ImportFrom):
            names |= {(alias.asname or alias.name).split(".")[0] for alias in node.names}
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            names.add(node.name)
    return frozenset(names)


def _names(text: str) -> frozenset[str]:
    names = [node for node in nodes(ast.parse(text, mode="eval")) if isinstance(node, ast.Name)]
    bound = {name.id for name in names if isinstance(name.ctx, ast.Store)}  # the a of "for a in b"
    return frozenset(name.id for name in names) - bound


def rounded(value: float) -> int | float:
    """Five digits are enough for a number in a program; whole ones are written without a point."""
    short = float(f"{value:.5g}")
    return int(short) if short.is_integer() and abs(short) < 1e15 else short


def number(value: float) -> ast.expr:
    """A literal. A negative one is a negation, as Python reads it back."""
    body = ast.Constant(abs(rounded(value)))
    return ast.UnaryOp(ast.USub(), body) if value < 0 else body


def variable(name: str) -> ast.Name:
    return ast.Name(name, ast.Load())


def constant(rng: np.random.Generator, words: Vocabulary) -> ast.expr:
    """One of the known numbers, as it is or moved, or one of any magnitude from 0.1 to 100."""
    draw = rng.random()
    if words.constants and draw < 0.6:
        value = pick(rng, words.constants)
        return number(value if draw < 0.3 else value * float(np.exp(0.5 * rng.standard_normal())))
    return number(float(10.0 ** rng.uniform(-1.0, 2.0)))


def leaf(rng: np.random.Generator, words: Vocabulary, scope: Scope, kind: Kind) -> ast.expr:
    """A terminal, a name or a number; for an array one that is an array, where there is any."""
    if kind == "scalar" and rng.random() < 0.45:
        return constant(rng, words)
    fitting = [text for text, names in words.terminals if names <= scope.keys() | words.names]
    named = [name for name, what in scope.items() if what == "array" or (kind == what == "scalar")]
    for texts in (fitting, named) if rng.random() < 0.6 else (named, fitting):
        trees = [ast.parse(text, mode="eval").body for text in ([pick(rng, texts)] if texts else [])]
        usable = [tree for tree in trees if kind != "array" or kind_of(tree, scope) == "array"]
        if usable:
            return usable[0]
    return variable(pick(rng, named)) if named else constant(rng, words)


def grow(rng: np.random.Generator, words: Vocabulary, scope: Scope, kind: Kind, depth: int) -> ast.expr:
    """A new expression of that kind, at most `depth` operations deep (a condition one more)."""
    if kind == "condition":
        return condition(rng, words, scope, depth)
    if depth <= 0 or rng.random() < 0.2:
        return leaf(rng, words, scope, kind)
    form = weighted(rng, ((6.0, "binary"), (1.0, "unary"), (1.5, "choice"), (1.0, "power"), (0.7, "extreme")))
    first = grow(rng, words, scope, kind, depth - 1)
    if form == "unary" and takes(words, kind):
        return apply(pick(rng, words.functions), first)
    if form == "power":
        return power(rng, first)
    return join(rng, words, scope, form, (first, grow(rng, words, scope, "scalar", depth - 1)))


def join(
    rng: np.random.Generator, words: Vocabulary, scope: Scope, form: str, values: tuple[ast.expr, ast.expr]
) -> ast.expr:
    first, other = values
    if form == "choice":
        return choose(rng, words, scope, values)
    if form == "extreme":
        return extreme(rng, words, first, other)
    return arithmetic(rng, first, other) if rng.random() < 0.5 else arithmetic(rng, other, first)


def arithmetic(rng: np.random.Generator, left: ast.expr, right: ast.expr) -> ast.expr:
    """A sum, difference, product or quotient; what is divided by is kept away from 0."""
    operator = weighted(rng, _ARITHMETIC)
    if operator is ast.Div and not isinstance(right, ast.Constant):
        right = ast.BinOp(ast.Constant(1), ast.Add(), ast.Call(variable("abs"), [right], []))
    elif operator is ast.Div and isinstance(right, ast.Constant) and right.value == 0:
        operator = ast.Add
    return ast.BinOp(left, operator(), right)


def power(rng: np.random.Generator, base: ast.expr) -> ast.expr:
    return ast.BinOp(base, ast.Pow(), ast.Constant(pick(rng, (2, 2, 3, 4))))


def takes(words: Vocabulary, kind: Kind) -> bool:
    """Whether functions may be applied to a value of that kind: torch's take no numbers."""
    return kind == "array" or words.arrays != "torch"


def apply(function: str, argument: ast.expr) -> ast.expr:
    """`function(argument)`, kept where the function is a finite number: no root of a negative, no huge exponent."""
    name = function.rpartition(".")[2]
    if name in _NOT_NEGATIVE:
        argument = ast.Call(variable("abs"), [argument], [])
    elif name == "exp":
        argument = ast.UnaryOp(ast.USub(), ast.Call(variable("abs"), [argument], []))
    return ast.Call(ast.parse(function, mode="eval").body, [argument], [])


def condition(rng: np.random.Generator, words: Vocabulary, scope: Scope, depth: int) -> ast.Compare:
    """A comparison, of what is in scope with a number more often than not."""
    kind: Kind = "array" if "array" in scope.values() and rng.random() < 0.8 else "scalar"
    left = grow(rng, words, scope, kind, depth - 1)
    for _ in range(3):  # of two numbers only one branch would ever be taken
        if not isinstance(left, ast.Constant | ast.UnaryOp):
            break
        left = leaf(rng, words, scope, kind)
    right = constant(rng, words) if rng.random() < 0.6 else grow(rng, words, scope, "scalar", depth - 1)
    return ast.Compare(left, [pick(rng, _COMPARISONS)()], [right])


def choose(
    rng: np.random.Generator, words: Vocabulary, scope: Scope, values: tuple[ast.expr, ast.expr], *, depth: int = 0
) -> ast.expr:
    """One of two values by a new condition: `np.where` where that is an array, else `... if ... else ...`."""
    test = condition(rng, words, scope, depth)
    yes, no = values if rng.random() < 0.5 else reversed(values)
    if words.arrays is None or "array" not in (kind_of(side, scope) for side in (test.left, *test.comparators)):
        return ast.IfExp(test, yes, no)
    return ast.Call(ast.Attribute(variable(words.arrays), "where", ast.Load()), [test, yes, no], [])


def extreme(rng: np.random.Generator, words: Vocabulary, a: ast.expr, b: ast.expr) -> ast.expr:
    """The larger or the smaller of two."""
    name = pick(rng, ("max", "min"))
    if words.arrays is None:
        return ast.Call(variable(name), [a, b], [])
    module = variable(words.arrays)
    if words.arrays == "torch":  # its maximum takes no numbers
        first, other = (b, a) if isinstance(a, ast.Constant) else (a, b)
        bound = ast.keyword("min" if name == "max" else "max", other)
        return ast.Call(ast.Attribute(module, "clamp", ast.Load()), [first], [bound])
    return ast.Call(ast.Attribute(module, f"{name}imum", ast.Load()), [a, b], [])
