"""Mathematics of candidates, decided: text is read by a grammar of ours, never by Python's, and claims are answered by
`Proved`, `Refuted` with a counterexample, or `Undecided`.
"""

from refine.verifiers.answers import Answer as Answer
from refine.verifiers.answers import Proved as Proved
from refine.verifiers.answers import Refuted as Refuted
from refine.verifiers.answers import Undecided as Undecided
from refine.verifiers.symbolic.read import expression as expression

__all__ = ["Answer", "Proved", "Refuted", "Undecided", "expression"]
