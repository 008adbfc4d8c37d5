"""Matrix decompositions: the product is right, and each factor is of its kind, exactly."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal

import sympy

from refine.errors import require
from refine.verifiers.answers import Answer, Proved, Refuted, Undecided
from refine.verifiers.symbolic.calculus import every
from refine.verifiers.symbolic.domain import Domains
from refine.verifiers.symbolic.numeric import look
from refine.verifiers.symbolic.prove import equal

Matrix = Any
Kind = Literal["LU", "PLU", "QR", "Cholesky", "LDL", "eigen", "Jordan", "SVD"]
Claims = dict[str, Answer]
_LARGEST = 12  # rows or columns


def matrix_decomposition(matrix: Matrix, kind: Kind, given: Any, over: Domains) -> Answer:  # noqa: ANN401
    """Whether `given`, the factors as a tuple of matrices, is a decomposition of `matrix`.

    | kind | factors | are |
    |---|---|---|
    | LU | L, U | lower with unit diagonal, upper triangular: A = L U |
    | PLU | P, L, U | P a permutation: A = P L U |
    | QR | Q, R | orthonormal columns, upper triangular: A = Q R |
    | Cholesky | L | lower triangular, diagonal positive: A = L L^H |
    | LDL | L, D | lower with unit diagonal, diagonal: A = L D L^H |
    | eigen | P, D | invertible, diagonal: A P = P D |
    | Jordan | P, J | invertible, Jordan blocks: A P = P J |
    | SVD | U, S, V | orthonormal columns; S diagonal, not negative: A = U S V^H |

    Raises:
        Wrong: it is no tuple of so many matrices that fit together.
    """
    count, claims = _KINDS[kind]
    parts = [given] if isinstance(given, sympy.MatrixBase) else list(given)
    require(len(parts) == count, f"write {count} matrices for {kind}, and nothing else")
    require(all(isinstance(part, sympy.MatrixBase) for part in parts), "write matrices as [[1, 2], [3, 4]]")
    require(max(max(part.shape) for part in parts) <= _LARGEST, f"at most {_LARGEST} rows and columns")
    try:
        return every(claims(matrix, *parts, over))
    except sympy.matrices.exceptions.ShapeError:
        return Refuted("the shapes of the factors do not fit together")


def same(left: Matrix, right: Matrix, over: Domains) -> Answer:
    """Whether two matrices are equal, entry by entry."""
    if left.shape != right.shape:
        return Refuted(f"the product is {left.shape[0]}x{left.shape[1]}, not {right.shape[0]}x{right.shape[1]}")
    entries = {f"entry ({i + 1}, {j + 1})": (i, j) for i in range(left.rows) for j in range(left.cols)}
    return _summed(every({name: equal(left[at], right[at], over) for name, at in entries.items()}), "all entries agree")


def _summed(answer: Answer, how: str) -> Answer:
    return Proved(how) if isinstance(answer, Proved) else answer


def _zero_where(matrix: Matrix, where: Callable[[int, int], bool], over: Domains) -> Answer:
    cells = [(i, j) for i in range(matrix.rows) for j in range(matrix.cols) if where(i, j)]
    found = {f"entry ({i + 1}, {j + 1})": equal(matrix[i, j], sympy.S.Zero, over) for i, j in cells}
    return _summed(every(found), "zeros in their places")


def _lower(matrix: Matrix, over: Domains) -> Answer:
    return _zero_where(matrix, lambda i, j: i < j, over)


def _upper(matrix: Matrix, over: Domains) -> Answer:
    return _zero_where(matrix, lambda i, j: i > j, over)


def _diagonal(matrix: Matrix, over: Domains) -> Answer:
    return _zero_where(matrix, lambda i, j: i != j, over)


def _ones(matrix: Matrix, over: Domains) -> Answer:
    entries = [equal(matrix[i, i], sympy.S.One, over) for i in range(min(matrix.shape))]
    return _summed(every({f"diagonal {i + 1}": a for i, a in enumerate(entries)}), "ones on the diagonal")


def _orthonormal(matrix: Matrix, over: Domains) -> Answer:
    return same(matrix.H * matrix, sympy.eye(matrix.cols), over)


def _invertible(matrix: Matrix, over: Domains) -> Answer:
    if matrix.rows != matrix.cols:
        return Refuted("the matrix is not square")
    determinant = matrix.det()
    answer = equal(determinant, sympy.S.Zero, over)
    if isinstance(answer, Proved):
        return Refuted("the determinant is 0", {}, "0", "0")
    if determinant.is_zero is False or (isinstance(answer, Refuted) and not determinant.free_symbols):
        return Proved("the determinant is not 0")
    return Undecided((f"whether the determinant {str(determinant)[:80]} is nowhere 0",))


def _signed(matrix: Matrix, over: Domains, *, strict: bool) -> Answer:
    """The diagonal is real and positive (not negative)."""
    entries = [matrix[i, i] for i in range(min(matrix.shape))]
    return _summed(every({f"diagonal {i + 1}": _sign(e, over, strict=strict) for i, e in enumerate(entries)}), "signs")


def _sign(entry: Any, over: Domains, *, strict: bool) -> Answer:  # noqa: ANN401 - a SymPy expression
    word = "positive" if strict else "not negative"
    if entry.is_positive or (not strict and entry.is_nonnegative):
        return Proved(word)
    if strict and entry == 0:
        return Refuted("0 is not positive", {}, "0", "0")
    return look(entry, sympy.S.Zero, over, contradicts=_below).refuted or Undecided((f"whether {entry} is {word}",))


def _below(a: Any, b: Any) -> bool:  # noqa: ANN401 - balls
    """Whether a is certainly no real number from b."""
    return bool(a.is_finite() and (a.real < b.real or not a.imag.contains(0)))


def _permutation(matrix: Matrix) -> Answer:
    rows = matrix.tolist()
    square = matrix.rows == matrix.cols and all(sorted(line) == [0] * (matrix.rows - 1) + [1] for line in rows)
    columns = all(sum(column) == 1 for column in zip(*rows, strict=True))
    return Proved("one 1 in each row and column") if square and columns else Refuted("P is no permutation matrix")


def _jordan(matrix: Matrix, over: Domains) -> Answer:
    """Ones or zeros above the diagonal, a one only between equal diagonal entries, zeros elsewhere."""
    answers: Claims = {"elsewhere": _zero_where(matrix, lambda i, j: j not in (i, i + 1), over)}
    for i in range(matrix.rows - 1):
        above = matrix[i, i + 1]
        if above == 1:
            answers[f"block at {i + 1}"] = equal(matrix[i, i], matrix[i + 1, i + 1], over)
        elif above != 0:
            answers[f"block at {i + 1}"] = Refuted("above the diagonal there are only zeros and ones")
    return _summed(every(answers), "Jordan blocks")


def _lu(a: Matrix, low: Matrix, up: Matrix, over: Domains) -> Claims:
    return {
        "L": _lower(low, over),
        "L's diagonal": _ones(low, over),
        "U": _upper(up, over),
        "A = L*U": same(low * up, a, over),
    }


def _plu(a: Matrix, p: Matrix, low: Matrix, up: Matrix, over: Domains) -> Claims:
    return {"P": _permutation(p), **_lu(p.T * a, low, up, over)}


def _qr(a: Matrix, q: Matrix, r: Matrix, over: Domains) -> Claims:
    return {"Q": _orthonormal(q, over), "R": _upper(r, over), "A = Q*R": same(q * r, a, over)}


def _cholesky(a: Matrix, low: Matrix, over: Domains) -> Claims:
    positive = _signed(low, over, strict=True)
    return {"L": _lower(low, over), "L's diagonal": positive, "A = L*L^H": same(low * low.H, a, over)}


def _ldl(a: Matrix, low: Matrix, d: Matrix, over: Domains) -> Claims:
    return {
        "L": _lower(low, over),
        "L's diagonal": _ones(low, over),
        "D": _diagonal(d, over),
        "A = L*D*L^H": same(low * d * low.H, a, over),
    }


def _eigen(a: Matrix, p: Matrix, d: Matrix, over: Domains) -> Claims:
    return {"D": _diagonal(d, over), "A*P = P*D": same(a * p, p * d, over), "P": _invertible(p, over)}


def _jordan_form(a: Matrix, p: Matrix, j: Matrix, over: Domains) -> Claims:
    return {"J": _jordan(j, over), "A*P = P*J": same(a * p, p * j, over), "P": _invertible(p, over)}


def _svd(a: Matrix, u: Matrix, s: Matrix, v: Matrix, over: Domains) -> Claims:
    return {
        "U": _orthonormal(u, over),
        "V": _orthonormal(v, over),
        "S": _diagonal(s, over),
        "S's diagonal": _signed(s, over, strict=False),
        "A = U*S*V^H": same(u * s * v.H, a, over),
    }


_KINDS: dict[str, tuple[int, Callable[..., Claims]]] = {
    "LU": (2, _lu),
    "PLU": (3, _plu),
    "QR": (2, _qr),
    "Cholesky": (1, _cholesky),
    "LDL": (2, _ldl),
    "eigen": (2, _eigen),
    "Jordan": (2, _jordan_form),
    "SVD": (3, _svd),
}
