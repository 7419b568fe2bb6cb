"""The integer model: what its prices prove, against every answer there is."""

from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st

from scheduling.optimiser.milp import INFINITY, Milp

Small = st.integers(-2, 3)


@st.composite
def models(draw: st.DrawFn) -> tuple[list[int], list[tuple[list[int], float, float]]]:
    """The costs of four variables that are 0 or 1, and two or three rows that leaving all at 0 satisfies."""
    rows = []
    for factors in draw(st.lists(st.lists(Small, min_size=4, max_size=4), min_size=2, max_size=3)):
        low = draw(st.sampled_from((-INFINITY, 0.0, -1.0)))
        rows.append((factors, low, draw(st.sampled_from((0.0, 1.0, 2.0)))))
    return draw(st.lists(st.integers(-4, 3), min_size=4, max_size=4)), rows


def _milp(costs: list[int], rows: list[tuple[list[int], float, float]]) -> Milp:
    milp = Milp()
    for cost in costs:
        milp.variable(float(cost))
    for factors, low, high in rows:
        milp.row([(v, float(factor)) for v, factor in enumerate(factors) if factor], low, high)
    return milp


def _answers(costs: list[int], rows: list[tuple[list[int], float, float]]) -> dict[tuple[int, ...], int]:
    """Every answer that keeps the rows, and what it costs."""
    return {
        values: sum(map(int.__mul__, costs, values))
        for values in product((0, 1), repeat=4)
        if all(low <= sum(map(int.__mul__, factors, values)) <= high for factors, low, high in rows)
    }


@settings(max_examples=80, deadline=None, derandomize=True)
@given(models())
def test_no_answer_costs_less_than_the_prices_prove(model: tuple) -> None:  # type: ignore[type-arg]
    assert min(_answers(*model).values()) >= _milp(*model).prices().bound - 1e-6


@settings(max_examples=80, deadline=None, derandomize=True)
@given(models(), st.integers(0, 2))
def test_the_best_of_a_narrowed_model_is_the_best_of_all(model: tuple, spare: int) -> None:  # type: ignore[type-arg]
    milp, best = _milp(*model), min(_answers(*model).values())
    prices = milp.prices()
    milp.narrow(prices, best + spare - prices.bound + 1e-6)
    solution = milp.solve()
    assert solution.feasible
    assert round(solution.objective) == best


def test_a_model_without_variables_costs_nothing() -> None:
    assert Milp().prices().bound == 0.0
