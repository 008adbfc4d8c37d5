"""Where a program may change: each expression that is a number or a condition, with the names in scope there.

Types are guessed, as far as it pays: a name is an array or a scalar by its annotation, by what it was assigned, or by
being used in arithmetic; whatever is neither (strings, lists, objects) is left alone.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

from refine.proposers.mutate.program import Definition, Program, bodies, nodes, value_of

Kind = Literal["array", "scalar", "condition"]
Scope = Mapping[str, "Kind | Literal['other']"]
"""Names that may be used at a place; "other" are those that are no numbers, or not known to be."""

REDUCING = frozenset(
    {"max", "min", "sum", "mean", "std", "var", "median", "prod", "argmax", "argmin", "any", "all", "len"}
)
STRUCTURAL = frozenset(
    {"range", "arange", "zeros", "ones", "empty", "full", "linspace", "reshape", "eye", "round", "roll"}
)
_SCALAR_CALLS = frozenset({"int", "float", "abs", "round", "len", "sum", "min", "max", "pow"})
ARRAY_MODULES = ("np", "numpy", "torch")
"""Names of modules whose functions take and give arrays."""
_MODULES = frozenset({*ARRAY_MODULES, "math"})
_NO_NUMBERS = (ast.List, ast.Tuple, ast.ListComp, ast.Dict, ast.Set, ast.JoinedStr)


@dataclass(frozen=True, slots=True)
class Site:
    """One expression: `holder.field`, or `holder.field[index]`, and the names that may be used there.

    Attributes:
        result: whether it is all that a function returns, so that a scalar cannot stand in for an array.
    """

    holder: ast.AST
    name: str
    index: int | None
    kind: Kind
    scope: Scope
    result: bool

    @property
    def node(self) -> ast.expr:
        value = getattr(self.holder, self.name)
        found = value if self.index is None else value[self.index]
        assert isinstance(found, ast.expr)
        return found

    def put(self, node: ast.expr) -> None:
        if self.index is None:
            setattr(self.holder, self.name, node)
        else:
            getattr(self.holder, self.name)[self.index] = node


@dataclass(frozen=True, slots=True)
class Slot:
    """A place between the statements of a function where another one may stand, and the names in scope there."""

    body: list[ast.stmt]
    index: int
    scope: Scope


@dataclass(slots=True)
class Survey:
    """All places of a region where something may change, in the order of the text."""

    sites: list[Site] = field(default_factory=list)
    slots: list[Slot] = field(default_factory=list)
    constants: list[tuple[ast.Constant, bool]] = field(default_factory=list)
    """Numbers, and whether each must stay an integer: an index, a count, an exponent."""


@dataclass(frozen=True, slots=True)
class Outline:
    """What is known of names before a program is walked.

    Attributes:
        arithmetic: names that are operands somewhere, so numbers.
        unsaid: what an argument without annotation is, if it is a number.
        names: scalars in scope anywhere: the variables of an expression.
    """

    arithmetic: frozenset[str]
    unsaid: Kind
    names: tuple[str, ...] = ()


def outline(tree: ast.Module, names: tuple[str, ...] = ()) -> Outline:
    return Outline(_used_in_arithmetic(tree), "array" if _imports_arrays(tree) else "scalar", names)


def survey(program: Program, known: Outline) -> Survey:
    """Walks the whole program for names; records what lies in the region."""
    walker = _Walker(program, known)
    walker.statements(program.tree.body, dict.fromkeys(known.names, "scalar"), inside=False, function=False)
    return walker.found


def kind_of(node: ast.expr, scope: Scope) -> Kind | None:  # noqa: C901, PLR0911 - one line for each form
    """What a value is; None where that is not known or not a number."""
    match node:
        case ast.Constant(value=bool()):
            return "condition"
        case ast.Constant(value=int() | float()):
            return "scalar"
        case ast.Name(id=name):
            kind = scope.get(name)
            return None if kind == "other" else kind
        case ast.Compare() | ast.BoolOp() | ast.UnaryOp(op=ast.Not()):
            return "condition"
        case ast.UnaryOp(operand=operand):
            return kind_of(operand, scope)
        case ast.BinOp(left=left, right=right):
            return _kind_of_arithmetic(left, right, scope)
        case ast.IfExp(body=body, orelse=orelse):
            return _joined(kind_of(body, scope), kind_of(orelse, scope))
        case ast.Call():
            return _kind_of_call(node, scope)
        case ast.Subscript(value=value, slice=index):
            return _kind_of_item(index, scope, of_array=kind_of(value, scope) == "array")
        case ast.Attribute(value=ast.Name(id=module), attr="pi" | "e") if module in _MODULES:
            return "scalar"
    return None


def called(node: ast.Call) -> tuple[str, str]:
    """The module (or "") and the name of what is called; ("", "") for anything else."""
    match node.func:
        case ast.Name(id=name):
            return "", name
        case ast.Attribute(value=ast.Name(id=module), attr=name):
            return module, name
        case ast.Attribute(value=ast.Attribute() as inner, attr=name) if ast.unparse(inner).startswith("torch."):
            return "torch", name  # torch.nn.functional.softplus
    return "", ""


def _joined(a: Kind | None, b: Kind | None) -> Kind | None:
    if a is None or b is None:
        return None
    return "array" if "array" in (a, b) else "scalar"


def _kind_of_call(node: ast.Call, scope: Scope) -> Kind | None:
    module, name = called(node)
    known = module in _MODULES or (not module and (name in _SCALAR_CALLS or scope.get(f"{name}()") is not None))
    if not known:
        return None
    if module in ARRAY_MODULES and (name not in REDUCING or "dim" in (word.arg for word in node.keywords)):
        kinds = [kind_of(argument, scope) for argument in node.args]
        return "array" if "array" in kinds or name in STRUCTURAL else "scalar"
    return "scalar"


def _kind_of_arithmetic(left: ast.expr, right: ast.expr, scope: Scope) -> Kind | None:
    """Of a number and something unknown a number; not of lists and texts."""
    if isinstance(left, _NO_NUMBERS) or isinstance(right, _NO_NUMBERS):
        return None
    one, other = kind_of(left, scope), kind_of(right, scope)
    return None if one is None and other is None else _joined(one or "scalar", other or "scalar")


def _kind_of_item(index: ast.expr, scope: Scope, *, of_array: bool) -> Kind | None:
    part = isinstance(index, ast.Slice) or kind_of(index, scope) in ("array", "condition")
    if of_array:
        return "array" if part else "scalar"
    return None if part or (isinstance(index, ast.Constant) and isinstance(index.value, str)) else "scalar"


def _used_in_arithmetic(tree: ast.Module) -> frozenset[str]:
    names = set()
    for node in nodes(tree):
        operands: list[ast.expr] = []
        if isinstance(node, ast.BinOp) and not isinstance(node.op, ast.Mod):
            operands = [node.left, node.right]
        elif isinstance(node, ast.Call) and called(node)[0] in _MODULES:
            operands = node.args
        names |= {operand.id for operand in operands if isinstance(operand, ast.Name)}
    return frozenset(names)


def _is_docstring(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _imports_arrays(tree: ast.Module) -> bool:
    imports = [node for node in tree.body if isinstance(node, ast.Import)]
    return any(alias.name in ("numpy", "torch") for node in imports for alias in node.names)


class _Walker:
    """One pass over the statements, the names in scope handed down."""

    def __init__(self, program: Program, known: Outline) -> None:
        self.program = program
        self.known = known
        self.found = Survey()

    def statements(self, body: list[ast.stmt], scope: Scope, *, inside: bool, function: bool) -> Scope:
        """Visits a list of statements; the names in scope after it."""
        region = range(self.program.first, len(body) - self.program.rest) if body is self.program.body else None
        for index, statement in enumerate(body):
            here = inside or (region is not None and index in region)
            if here and function and not _is_docstring(statement):
                self.found.slots.append(Slot(body, index, scope))
            scope = self.statement(statement, scope, inside=here, function=function)
        return scope

    def statement(self, node: ast.stmt, scope: Scope, *, inside: bool, function: bool) -> Scope:
        """Visits one statement; the names in scope after it."""
        if isinstance(node, Definition):
            self.statements(node.body, {**scope, **self.arguments(node.args)}, inside=inside, function=True)
            return scope
        if isinstance(node, ast.ClassDef):
            self.statements(node.body, scope, inside=inside, function=False)
            return scope
        inner = scope
        if isinstance(node, ast.For | ast.AsyncFor):
            inner = {**scope, **self.targets(node.target)}
        if inside:
            self.parts(node, scope)
        for body in bodies(node):
            self.statements(body, inner, inside=inside, function=function)
        for handler in [*getattr(node, "handlers", []), *getattr(node, "cases", [])]:
            self.statements(handler.body, inner, inside=inside, function=function)
        return {**scope, **self.assigned(node, scope)} if isinstance(node, ast.Assign | ast.AnnAssign) else scope

    def arguments(self, args: ast.arguments) -> dict[str, Kind | Literal["other"]]:
        found: dict[str, Kind | Literal["other"]] = {}
        for argument in [*args.posonlyargs, *args.args, *args.kwonlyargs]:
            note = ast.unparse(argument.annotation) if argument.annotation is not None else ""
            if "ndarray" in note or "NDArray" in note or "Tensor" in note:
                found[argument.arg] = "array"
            elif note in ("int", "float"):
                found[argument.arg] = "scalar"
            elif not note and argument.arg in self.known.arithmetic:
                found[argument.arg] = self.known.unsaid
            else:
                found[argument.arg] = "other"
        return found

    def targets(self, target: ast.expr) -> dict[str, Kind | Literal["other"]]:
        names = [node.id for node in nodes(target) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)]
        return {name: "scalar" if name in self.known.arithmetic else "other" for name in names}

    def assigned(self, node: ast.Assign | ast.AnnAssign, scope: Scope) -> Scope:
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        kind = kind_of(node.value, scope) if node.value is not None else None
        names = [target.id for target in targets if isinstance(target, ast.Name)]
        if kind in ("array", "scalar"):
            return dict.fromkeys(names, kind)
        return {name: kind for target in targets for name, kind in self.targets(target).items()}

    def parts(self, node: ast.stmt, scope: Scope) -> None:
        """The expressions of one statement, not those of the statements below it."""
        whole = isinstance(node, ast.Return | ast.Expr)
        for name, value in ast.iter_fields(node):
            if name in ("annotation", "target", "targets", "decorator_list"):
                continue
            for index, child in _expressions(value):
                self.expression(node, name, index, child, scope, whole=whole)

    def expression(
        self, holder: ast.AST, name: str, index: int | None, node: ast.expr, scope: Scope, *, whole: bool = False
    ) -> None:
        if name == "test":  # of an if or a while: the truth of an array is no truth
            scope = {name: kind for name, kind in scope.items() if kind != "array"}
        kind = kind_of(node, scope)
        if isinstance(node, ast.Constant) and kind == "scalar":
            exponent = isinstance(holder, ast.BinOp) and isinstance(holder.op, ast.Pow) and name == "right"
            self.found.constants.append((node, exponent and isinstance(node.value, int)))
        if kind is not None and name != "slice":
            self.found.sites.append(Site(holder, name, index, kind, scope, whole))
        if isinstance(node, ast.Lambda):
            scope = {**scope, **self.arguments(node.args)}
        for generator in getattr(node, "generators", []):
            scope = {**scope, **self.targets(generator.target)}
        self.children(node, scope)

    def children(self, node: ast.expr, scope: Scope) -> None:
        if isinstance(node, ast.Call) and called(node)[1] in STRUCTURAL:
            self.integers(node)
            return
        if isinstance(node, ast.Subscript):
            self.expression(node, "value", None, node.value, scope)
            self.integers(node.slice)
            return
        for name, value in ast.iter_fields(node):
            if name in ("func", "keywords") and isinstance(node, ast.Call):
                continue  # a function's name; axis=..., dtype=...
            for index, child in _expressions(value):
                self.expression(node, name, index, child, scope)
            if name == "generators":
                for generator in value:
                    self.expression(generator, "iter", None, generator.iter, scope)

    def integers(self, node: ast.AST) -> None:
        """Numbers where only integers make sense: counts and indices."""
        for inner in nodes(node):
            if isinstance(inner, ast.Constant) and value_of(inner) is not None:
                self.found.constants.append((inner, isinstance(inner.value, int)))


def _expressions(value: object) -> Iterator[tuple[int | None, ast.expr]]:
    if isinstance(value, ast.expr):
        yield None, value
    elif isinstance(value, list):
        yield from ((index, item) for index, item in enumerate(value) if isinstance(item, ast.expr))
