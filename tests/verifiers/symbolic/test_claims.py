"""Each checker on texts, as the worker reads them, in this process: right, wrong, incomplete and evasive answers."""

from __future__ import annotations

from typing import Any

import pytest

from refine.verifiers.answers import Answer, Proved, Refuted, Undecided
from refine.verifiers.symbolic import plain
from refine.verifiers.symbolic.claims import answered
from refine.verifiers.symbolic.domain import Complex, Domain, Integer, Real, nonnegative, positive

R, P, C, N = Real(), positive(), Complex(), Integer(1)
Over = dict[str, Domain]


def told(claim: str, statement: str, candidate: str, over: Over, **more: Any) -> Any:
    fixed = {"variable": "x", "field": "Q", "initial": {}, "function": "y"} | more
    question = {"claim": claim, "statement": statement, "candidate": candidate, "domains": plain.written(over), **fixed}
    return answered(question)


def decide(claim: str, statement: str, candidate: str, over: Over, **more: Any) -> Answer:
    return plain.answer_read(told(claim, statement, candidate, over, **more))


KINDS = {"proved": Proved, "refuted": Refuted, "undecided": Undecided}


@pytest.mark.parametrize(
    ("integrand", "answer", "domain", "kind"),
    [
        ("x*exp(x)", "(x-1)*exp(x)", R, "proved"),
        ("x*exp(x)", "(x-1)*exp(x)+7", R, "proved"),
        ("x*exp(x)", "(x+1)*exp(x)", R, "refuted"),
        ("x*exp(x)", "(x-1)*exp(x)+x/10^9", R, "refuted"),
        ("1/x", "log(Abs(x))", R, "proved"),
        ("sqrt(1-x^2)", "(x*sqrt(1-x^2)+asin(x))/2", Real(-1, 1), "proved"),
        ("1/(x^4+1)", "sqrt(2)/8*log((x^2+sqrt(2)*x+1)/(x^2-sqrt(2)*x+1))+sqrt(2)/4*(atan(sqrt(2)*x+1)+atan(sqrt(2)*x-1))", R, "proved"),  # noqa: E501 - one formula
        ("exp(-x^2)", "sqrt(pi)/2*erf(x)", R, "proved"),
        ("1/x", "floor(x)", R, "undecided"),
        ("2*x", "x^2+atan(x+1)+atan(1/(x+1))-pi/2", R, "refuted"),
        ("1/(2+cos(x))", "2/sqrt(3)*atan(tan(x/2)/sqrt(3))", R, "refuted"),
        ("1/(2+cos(x))", "2/sqrt(3)*atan(tan(x/2)/sqrt(3))", Real(-3, 3), "proved"),
        ("2*x", "x^2+sqrt(x^2-2*10^9*x+10^18)/(x-10^9)", R, "refuted"),
    ],
)  # fmt: skip
def test_antiderivatives(integrand: str, answer: str, domain: Domain, kind: str) -> None:
    found = decide("antiderivative_of", integrand, answer, {"x": domain})
    assert isinstance(found, KINDS[kind]), found.feedback()


@pytest.mark.parametrize(
    ("target", "answer", "over", "kind"),
    [
        ("Sum(k^2,(k,1,n))", "n*(n+1)*(2*n+1)/6", {"n": N}, "proved"),
        ("Sum(k^2,(k,1,n))", "n*(n+1)*(2*n+1)/6+1/10^9", {"n": N}, "refuted"),
        ("Sum(k*factorial(k),(k,1,n))", "factorial(n+1)-1", {"n": N}, "proved"),
        ("Product(1-1/k^2,(k,2,n))", "(n+1)/(2*n)", {"n": Integer(2)}, "proved"),
        ("Sum(x^k,(k,0,n))", "(1-x^(n+1))/(1-x)", {"n": Integer(0), "x": Real(0, 1, open_high=True)}, "proved"),
        ("Sum(binomial(n,k),(k,0,n))", "2^n", {"n": Integer(0)}, "proved"),
        ("Sum(binomial(n,k),(k,0,n))", "2^n+1", {"n": Integer(0)}, "refuted"),
        ("Sum(1/k^2,(k,1,oo))", "pi^2/6", {}, "proved"),
        ("Integral(x^2,(x,0,1))", "1/3", {}, "proved"),
        ("Integral(x^2,(x,0,1))", "1/3+1/10^9", {}, "refuted"),
        ("Integral(1/(1+t^2),(t,0,x))", "atan(x)", {"x": R}, "proved"),
        ("Limit(sin(x)/x,x,0)", "1", {}, "proved"),
        ("Integral(exp(-x^2)*cos(sin(x)),(x,0,1))", "2/3", {}, "refuted"),
    ],
)
def test_closed_forms(target: str, answer: str, over: Over, kind: str) -> None:
    found = decide("closed_form_of", target, answer, over)
    assert isinstance(found, KINDS[kind]), found.feedback()


def test_terms_that_depend_on_the_upper_bound_are_no_case_for_induction() -> None:
    """1 = Sum(n-k...) style traps: F(n) - F(n-1) is not the last term there."""
    found = decide("closed_form_of", "Sum(n-k,(k,1,n))", "0", {"n": N})
    assert isinstance(found, Refuted)


@pytest.mark.parametrize(
    ("claim", "statement", "evasive"),
    [
        ("closed_form_of", "Sum(k^2,(k,1,n))", "Sum(k^2,(k,1,n))"),
        ("closed_form_of", "Sum(k^2,(k,1,n))", "Integral(x,(x,0,n))"),
        ("closed_form_of", "Sum(k^2,(k,1,n))", "Piecewise((1,n=1),(5,n=2),(14,True))"),
        ("antiderivative_of", "n*exp(n)", "Integral(n*exp(n),n)"),
        ("solves_ode", "Derivative(y(n),n)=y(n)", "y(n)"),
        ("equals", "n", "import os"),
        ("identity", "", "n"),
        ("factorisation_of", "12", "24*(1/2)"),
        ("solves_ode", "Derivative(y(n),n)=y(n)", "y(0)=exp(n)"),
        ("solves_ode", "Derivative(y(n),n)=y(n)", "n=exp(n)"),
        ("equals", "n+1", "n=n+1"),
        ("identity", "", "0^(1000-n)=0"),
        ("identity", "", "(sin(1)^2+cos(1)^2-1)^(1000-n)=0"),
        ("closed_form_of", "Sum(k,(k,1,n))", "n*(n+1)/2+0^(n-1000)"),
        ("matrix_decomposition", "[[1,0],[0,1]]", "[[1,0],[0,1]]"),
    ],
)
def test_an_evasive_answer_is_told_what_to_write(claim: str, statement: str, evasive: str) -> None:
    reply = told(claim, statement, evasive, {"n": N}, variable="n", kind="LU")
    assert set(reply) == {"wrong"}


@pytest.mark.parametrize(("target", "answer"), [("x^2+1", "(x+i)*(x-i)"), ("x", "x^2*(1/x)")])
def test_factors_over_the_reals_are_polynomials_with_real_coefficients(target: str, answer: str) -> None:
    assert set(told("factorisation_of", target, answer, {"x": R}, field="R")) == {"wrong"}


@pytest.mark.parametrize("answer", ["0^(1000-n)", "a(5)=0", "n=0", "(sqrt(6)-sqrt(2)*sqrt(3))^(1000-n)"])
def test_what_fails_far_out_or_says_something_else_solves_no_recurrence(answer: str) -> None:
    over: Over = {"n": Integer(0)}
    reply = told("solves_recurrence", "a(n+1)=a(n)", answer, over, function="a", initial={"0": "0"})
    assert set(reply) == {"wrong"}


def test_a_statement_that_cannot_be_read_is_the_tasks_fault() -> None:
    assert "the task's own text" in told("equals", "x +* 2", "x", {"x": R})["fault"]


@pytest.mark.parametrize(
    ("answer", "initial", "kind"),
    [
        ("y(x) = sin(x)+2*cos(x)", {"0": ["2", "1"]}, "proved"),
        ("sin(x)+2*cos(x)", {"0": ["2", "1"]}, "proved"),
        ("sin(x)+cos(x)", {"0": ["2", "1"]}, "refuted"),
        ("sin(x)+2*cos(x)+x/10^9", {}, "refuted"),
        ("2*sin(x+1)", {}, "proved"),
    ],
)
def test_differential_equations(answer: str, initial: dict[str, list[str]], kind: str) -> None:
    found = decide("solves_ode", "Derivative(y(x),(x,2))+y(x)=0", answer, {"x": R}, initial=initial)
    assert isinstance(found, KINDS[kind]), found.feedback()


@pytest.mark.parametrize(
    ("equation", "answer", "initial", "kind"),
    [
        ("a(n+2)=a(n+1)+a(n)", "(((1+sqrt(5))/2)^n-((1-sqrt(5))/2)^n)/sqrt(5)", {"0": "0", "1": "1"}, "proved"),
        ("a(n+2)=a(n+1)+a(n)", "0", {"0": "0", "1": "1"}, "refuted"),
        ("a(n+1)=2*a(n)+1", "a(n) = 2^n-1", {"0": "0"}, "proved"),
        ("a(n+1)=2*a(n)+1", "2^n", {}, "refuted"),
        ("a(n+1)=(n+1)*a(n)", "factorial(n)", {"0": "1"}, "proved"),
    ],
)
def test_recurrences(equation: str, answer: str, initial: dict[str, str], kind: str) -> None:
    over: Over = {"n": Integer(0)}
    found = decide("solves_recurrence", equation, answer, over, function="a", initial=initial)
    assert isinstance(found, KINDS[kind]), found.feedback()


@pytest.mark.parametrize(
    ("statement", "answer", "domain", "kind"),
    [
        ("x^2-5*x+6=0", "{2,3}", R, "proved"),
        ("x^2-5*x+6=0", "x=2 or x=3", R, "proved"),
        ("x^2-5*x+6=0", "2", R, "refuted"),
        ("x^2-5*x+6=0", "{2,3,4}", R, "refuted"),
        ("(x-1)^2*(x-2)=0", "{1,2}", R, "proved"),
        ("(x-1)^2*(x-2)=0", "{1}", R, "refuted"),
        ("x^4-1", "{1,-1}", R, "proved"),
        ("x^4-1", "{1,-1}", C, "refuted"),
        ("x^4-1", "{1,-1,i,-i}", C, "proved"),
        ("x^2-2", "{sqrt(2),-sqrt(2)}", R, "proved"),
        ("x^2-2", "{sqrt(2)}", P, "proved"),
        ("x^2-2", "{sqrt(2),-sqrt(2)}", P, "refuted"),
        ("x^2-2", "{1.414213562373095,-1.414213562373095}", R, "refuted"),
        ("x^2+1", r"\emptyset", R, "proved"),
        ("x^5-x-1", r"\emptyset", R, "refuted"),
        ("(x^2-1)/(x-1)", "{-1}", R, "proved"),
        ("2*x^2-3*x+1", "{1}", Integer(), "proved"),
        ("exp(x)=2", "{log(2)}", R, "undecided"),
        ("log(x)^2=1", "{e}", P, "refuted"),
        ("x^2<=2", "[-sqrt(2),sqrt(2)]", R, "proved"),
        ("x^2<=2", "(-sqrt(2),sqrt(2))", R, "refuted"),
        ("x^2<4", "(-2,2)", R, "proved"),
        ("x^2<4", "-2<x<2", R, "proved"),
        ("1/x<1", "(-oo,0) U (1,oo)", R, "proved"),
        ("1/x<1", "(-oo,0] U (1,oo)", R, "refuted"),
    ],
)
def test_solution_sets(statement: str, answer: str, domain: Domain, kind: str) -> None:
    found = decide("solution_set_of", statement, answer, {"x": domain})
    assert isinstance(found, KINDS[kind]), found.feedback()


def test_a_missing_root_is_named() -> None:
    found = decide("solution_set_of", "x^2-5*x+6=0", "2", {"x": R})
    assert isinstance(found, Refuted)
    assert dict(found.at) == {"x": "3"}


@pytest.mark.parametrize(
    ("answer", "domain", "kind"),
    [("sqrt(2)", R, "proved"), ("1.41421356", R, "refuted"), ("-sqrt(2)", P, "refuted"), ("-sqrt(2)", R, "proved")],
)
def test_a_root(answer: str, domain: Domain, kind: str) -> None:
    assert isinstance(decide("root_of", "x^2=2", answer, {"x": domain}), KINDS[kind])


@pytest.mark.parametrize(
    ("inequality", "over", "kind"),
    [
        ("x^2+1>=2*x", {"x": R}, "proved"),
        ("x^2+1>2*x", {"x": R}, "refuted"),
        ("x^3-x+1>0", {"x": Real(-1, 1)}, "proved"),
        ("x^4-2*x^2+1+1/10^12>0", {"x": R}, "proved"),
        ("x^4-2*x^2+1-1/10^12>0", {"x": R}, "refuted"),
        ("(x^2-2)^2>1/10^20", {"x": R}, "refuted"),
        ("x+1/x>=2", {"x": P}, "proved"),
        ("exp(x)>=1+x", {"x": R}, "proved"),
        ("exp(x)>1+x", {"x": R}, "refuted"),
        ("exp(x)>1+x", {"x": P}, "proved"),
        ("sin(x)<=x", {"x": nonnegative()}, "proved"),
        ("cos(x)>=1-x^2/2", {"x": R}, "proved"),
        ("log(1+x)<=x", {"x": nonnegative()}, "proved"),
        ("x*y<=(x^2+y^2)/2", {"x": R, "y": R}, "proved"),
        ("x*y<(x^2+y^2)/2", {"x": R, "y": R}, "refuted"),
        ("sin(x)*cos(y)+2>0", {"x": Real(0, 1), "y": Real(0, 1)}, "proved"),
        ("sin(x)^2+cos(x)^2>1", {"x": Real(0, 1, open_low=True)}, "undecided"),
        ("1>2", {}, "refuted"),
        ("x^2+3*y^2>=3.464101*x*y", {"x": R, "y": R}, "proved"),
        ("x^2+3*y^2>=3.464102*x*y", {"x": R, "y": R}, "refuted"),
        ("a^2+b^2+c^2>=1.41422*(a*b+b*c)", {"a": R, "b": R, "c": R}, "refuted"),
        ("(x-3)^2+(y+7)^2>=1/10^6", {"x": R, "y": R}, "refuted"),
        ("x^2*y^4+x^4*y^2+1>=3.00001*x^2*y^2", {"x": R, "y": R}, "refuted"),
        ("x*y>=-1", {"x": R, "y": nonnegative()}, "refuted"),
        ("x*y>=0", {"x": nonnegative(), "y": nonnegative()}, "proved"),
        ("exp(x)+exp(-y)+(x-y+5)^2>=2/10", {"x": R, "y": R}, "refuted"),
    ],
)
def test_inequalities(inequality: str, over: Over, kind: str) -> None:
    found = decide("inequality_holds", "", inequality, over)
    assert isinstance(found, KINDS[kind]), found.feedback()


@pytest.mark.parametrize(
    ("inequality", "over", "said"),
    [
        ("(x-21/10)*(x-22/10)>=0", {"x": R}, "at x = 13/6 the left side is -1/450 and the right side is 0 "),
        ("(x^2-301/100)^2>=1/10^9", {"x": R}, "at x = -2389/1377 the left side is 2.0714350e-10 and"),
        ("(x^2-2)^2>0", {"x": R}, "at x = -sqrt(2) the left side is 0 and the right side is 0 "),
        ("x^2+3*y^2>=3.464102*x*y", {"x": R, "y": R}, "at x = 97/56, y = 1 the left side is 6.0003189 "),
    ],
)
def test_a_counterexample_is_a_short_fraction_with_both_sides(inequality: str, over: Over, said: str) -> None:
    assert said in decide("inequality_holds", "", inequality, over).feedback()


@pytest.mark.parametrize(
    ("claim", "statement", "answer", "said"),
    [
        ("equals", "2*x", "2*x+1", "at x = -599/512 your formula is -1.3398438 where it should be -2.3398438"),
        ("antiderivative_of", "2*x", "x^2+x", "its derivative is -1.3398438 where it should be -2.3398438"),
        ("closed_form_of", "Integral(2*t,(t,0,x))", "x^2+1", "the value is 1.3687172 and your formula is 2.3687172"),
        ("solves_ode", "Derivative(y(x),x)=y(x)", "x", "put in, your formula leaves 2.1699219 where it should leave 0"),
        ("solves_ode", "Derivative(y(x),x)=y(x)", "2*exp(x)", "your formula is 2.0000000 where it should be 1.0000000"),
        ("identity", "", "2*x=x", "the left side is -2.3398438 and the right side is -1.1699219"),
    ],
)
def test_the_feedback_says_which_side_is_the_candidates(claim: str, statement: str, answer: str, said: str) -> None:
    assert said in decide(claim, statement, answer, {"x": R}, initial={"0": ["1"]}).feedback()


@pytest.mark.parametrize(
    ("target", "answer", "field", "kind"),
    [
        ("360", "2^3*3^2*5", "Q", "proved"),
        ("360", "2^3*9*5", "Q", "refuted"),
        ("360", "2^3*3^2*7", "Q", "refuted"),
        ("-12", "-2^2*3", "Q", "proved"),
        ("10^30+57", "10^30+57", "Q", "proved"),
        ("x^4-1", "(x-1)*(x+1)*(x^2+1)", "Q", "proved"),
        ("x^4-1", "(x^2-1)*(x^2+1)", "Q", "refuted"),
        ("x^4-1", "(x-1)*(x+1)*(x^2+1)", "R", "proved"),
        ("x^4-1", "(x-1)*(x+1)*(x^2+1)", "C", "refuted"),
        ("x^4-1", "(x-1)(x+1)(x-i)(x+i)", "C", "proved"),
        ("x^4+1", "(x^2+sqrt(2)*x+1)*(x^2-sqrt(2)*x+1)", "R", "proved"),
        ("x^2-2", "x^2-2", "Q", "proved"),
        ("x^2-2", "x^2-2", "R", "refuted"),
        ("x^2-y^2", "(x-y)*(x+y)", "Q", "proved"),
    ],
)
def test_factorisations(target: str, answer: str, field: str, kind: str) -> None:
    found = decide("factorisation_of", target, answer, {"x": C, "y": C}, field=field)
    assert isinstance(found, KINDS[kind]), found.feedback()


@pytest.mark.parametrize(
    ("matrix", "kind", "answer", "verdict"),
    [
        ("[[2,1],[1,2]]", "eigen", "[[1,1],[1,-1]], [[3,0],[0,1]]", "proved"),
        ("[[2,1],[1,2]]", "eigen", "[[1,1],[1,1]], [[3,0],[0,3]]", "refuted"),
        ("[[2,1],[1,2]]", "eigen", "[[1,1],[1,-1]], [[3,0],[0,2]]", "refuted"),
        ("[[4,2],[2,3]]", "Cholesky", "[[2,0],[1,sqrt(2)]]", "proved"),
        ("[[4,2],[2,3]]", "Cholesky", "[[-2,0],[-1,sqrt(2)]]", "refuted"),
        ("[[4,2],[2,3]]", "LU", "[[1,0],[1/2,1]],[[4,2],[0,2]]", "proved"),
        ("[[4,2],[2,3]]", "LU", "[[4,0],[2,2]],[[1,1/2],[0,1]]", "refuted"),
        ("[[4,2],[2,3]]", "LDL", "[[1,0],[1/2,1]],[[4,0],[0,2]]", "proved"),
        ("[[0,1],[2,3]]", "PLU", "[[0,1],[1,0]],[[1,0],[0,1]],[[2,3],[0,1]]", "proved"),
        ("[[0,1],[2,3]]", "PLU", "[[0,2],[1,0]],[[1,0],[0,1]],[[2,3],[0,1/2]]", "refuted"),
        ("[[3,0],[4,5]]", "QR", "[[3/5,-4/5],[4/5,3/5]],[[5,4],[0,3]]", "proved"),
        ("[[3,0],[4,5]]", "QR", "[[1,0],[4/3,1]],[[3,0],[0,5]]", "refuted"),
        ("[[1,1],[0,1]]", "Jordan", "[[1,0],[0,1]],[[1,1],[0,1]]", "proved"),
        ("[[1,2],[0,1]]", "Jordan", "[[1,0],[0,1]],[[1,2],[0,1]]", "refuted"),
        ("[[0,2],[1,0]]", "SVD", "[[1,0],[0,1]],[[2,0],[0,1]],[[0,1],[1,0]]", "proved"),
        ("[[0,2],[1,0]]", "SVD", "[[-1,0],[0,1]],[[-2,0],[0,1]],[[0,1],[1,0]]", "refuted"),
        ("[[x,1],[1,x]]", "LU", "[[1,0],[1/x,1]],[[x,1],[0,x-1/x]]", "proved"),
    ],
)
def test_matrix_decompositions(matrix: str, kind: str, answer: str, verdict: str) -> None:
    found = decide("matrix_decomposition", matrix, answer, {"x": P}, kind=kind)
    assert isinstance(found, KINDS[verdict]), found.feedback()
