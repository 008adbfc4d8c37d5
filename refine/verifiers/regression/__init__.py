"""Symbolic regression: a formula with free constants, fitted and measured in the judge.

    from refine.verifiers import regression

    problem = regression.Problem(("x", "v"), train=..., tests={"in domain": ..., "out of domain": ...})
    fit = regression.formula(candidate.text, problem)         # an expression; or
    fit = regression.program(candidate, "f", problem)         # def f(x, v, params), run in the sandbox

The constants are fitted on `train` by least squares from several seeded starts; what counts is the normalised mean
squared error on data that the fit did not see. Extra: `regression`.
"""

from refine.verifiers.regression.fit import Data as Data
from refine.verifiers.regression.fit import Fit as Fit
from refine.verifiers.regression.fit import Problem as Problem
from refine.verifiers.regression.fit import formula as formula
from refine.verifiers.regression.fit import nmse as nmse
from refine.verifiers.regression.fit import program as program
from refine.verifiers.regression.fit import recovered as recovered
from refine.verifiers.regression.formula import FUNCTIONS as FUNCTIONS
from refine.verifiers.regression.formula import Formula as Formula
from refine.verifiers.regression.formula import read as read

__all__ = ["FUNCTIONS", "Data", "Fit", "Formula", "Problem", "formula", "nmse", "program", "read", "recovered"]
