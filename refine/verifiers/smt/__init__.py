"""Claims about all inputs, decided by Z3: machine words, integers and real numbers.

    from refine.verifiers import smt

    word = smt.BitVec(32)
    answer = smt.equivalent(candidate.text, "x & -x", {"x": word})     # Proved, Refuted with an input, Undecided

A text is a Python expression, or one function of assignments and a return; it is read node by node against an
allow-list and never evaluated (`read.py` has the table of what each operator means). The proof runs in a process of its
own (`solver.py`), which is killed where it overruns its time or memory. Extra: `smt`.
"""

from refine.verifiers.smt.claims import Loop as Loop
from refine.verifiers.smt.claims import equivalent as equivalent
from refine.verifiers.smt.claims import holds as holds
from refine.verifiers.smt.claims import invariant as invariant
from refine.verifiers.smt.read import Reading as Reading
from refine.verifiers.smt.read import read as read
from refine.verifiers.smt.sorts import BitVec as BitVec
from refine.verifiers.smt.sorts import Int as Int
from refine.verifiers.smt.sorts import Real as Real
from refine.verifiers.smt.sorts import Sort as Sort
from refine.verifiers.smt.sorts import z3 as z3

__all__ = ["BitVec", "Int", "Loop", "Reading", "Real", "Sort", "equivalent", "holds", "invariant", "read", "z3"]
