"""Mathematics of candidates, decided: text is read by a grammar of ours, never by Python's, and claims are answered by
`Proved`, `Refuted` with a counterexample, or `Undecided`.
"""

from refine.verifiers.answers import Answer as Answer
from refine.verifiers.answers import Proved as Proved
from refine.verifiers.answers import Refuted as Refuted
from refine.verifiers.answers import Undecided as Undecided
from refine.verifiers.answers import scored as scored
from refine.verifiers.symbolic.ask import antiderivative_of as antiderivative_of
from refine.verifiers.symbolic.ask import closed_form_of as closed_form_of
from refine.verifiers.symbolic.ask import equals as equals
from refine.verifiers.symbolic.ask import factorisation_of as factorisation_of
from refine.verifiers.symbolic.ask import identity as identity
from refine.verifiers.symbolic.ask import inequality_holds as inequality_holds
from refine.verifiers.symbolic.ask import matrix_decomposition as matrix_decomposition
from refine.verifiers.symbolic.ask import root_of as root_of
from refine.verifiers.symbolic.ask import solution_set_of as solution_set_of
from refine.verifiers.symbolic.ask import solves_ode as solves_ode
from refine.verifiers.symbolic.ask import solves_recurrence as solves_recurrence
from refine.verifiers.symbolic.domain import Complex as Complex
from refine.verifiers.symbolic.domain import Integer as Integer
from refine.verifiers.symbolic.domain import Real as Real
from refine.verifiers.symbolic.domain import nonnegative as nonnegative
from refine.verifiers.symbolic.domain import positive as positive
from refine.verifiers.symbolic.final import final_answer as final_answer
from refine.verifiers.symbolic.read import expression as expression
from refine.verifiers.symbolic.same import same_answer as same_answer
from refine.verifiers.symbolic.tree import Bounds as Bounds

__all__ = [
    "Answer",
    "Bounds",
    "Complex",
    "Integer",
    "Proved",
    "Real",
    "Refuted",
    "Undecided",
    "antiderivative_of",
    "closed_form_of",
    "equals",
    "expression",
    "factorisation_of",
    "final_answer",
    "identity",
    "inequality_holds",
    "matrix_decomposition",
    "nonnegative",
    "positive",
    "root_of",
    "same_answer",
    "scored",
    "solution_set_of",
    "solves_ode",
    "solves_recurrence",
]
