"""A small mixed-integer model, solved by HiGHS on one thread so that the same input gives the same answer."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import highspy
import numpy as np
from numpy.typing import NDArray

from scheduling.optimiser.progress import Report, silent

INFINITY = highspy.kHighsInf
ENUMERATION = 1 << 16
"""The bit of a presolve rule that can lose an equality row (HiGHS 1.13 to 1.15, its issue 3216): it stays off."""
SHARP = 1e-4
"""How far the bound of the prices may lie from the best of the relaxed model."""


@dataclass(frozen=True, slots=True)
class Solution:
    """Values per variable (empty when none was found), the proven lower bound, and whether the two meet."""

    values: list[float]
    objective: float
    bound: float
    proven: bool
    feasible: bool


@dataclass(frozen=True, slots=True)
class Prices:
    """What the relaxed model proves: a lower bound, and what leaving it costs per variable and per row."""

    bound: float
    of_variables: NDArray[np.float64]
    of_rows: NDArray[np.float64]


class Milp:
    """Variables and rows are added one by one; the sum of the costs is minimised."""

    def __init__(self) -> None:
        self._costs: list[float] = []
        self._low: list[float] = []
        self._high: list[float] = []
        self._whole: list[bool] = []
        self._row_low: list[float] = []
        self._row_high: list[float] = []
        self._starts: list[int] = [0]
        self._columns: list[int] = []
        self._factors: list[float] = []

    def variable(self, cost: float = 0.0, low: float = 0.0, high: float = 1.0, *, whole: bool = True) -> int:
        """A new variable; its number."""
        self._costs.append(cost)
        self._low.append(low)
        self._high.append(high)
        self._whole.append(whole)
        return len(self._costs) - 1

    def row(self, terms: Iterable[tuple[int, float]], low: float = -INFINITY, high: float = INFINITY) -> int:
        """A new row: low <= sum of factor times variable <= high; its number."""
        for column, factor in terms:
            self._columns.append(column)
            self._factors.append(factor)
        self._starts.append(len(self._columns))
        self._row_low.append(low)
        self._row_high.append(high)
        return len(self._row_low) - 1

    def free(self, row: int) -> None:
        """Let a row allow everything."""
        self._row_low[row], self._row_high[row] = -INFINITY, INFINITY

    def size(self) -> int:
        """How many variables there are."""
        return len(self._costs)

    def fix(self, variable: int, value: float) -> None:
        """Give a variable one value."""
        self._low[variable] = self._high[variable] = value

    def price(self, costs: Iterable[tuple[int, float]]) -> None:
        """Replace the whole objective."""
        self._costs = [0.0] * len(self._costs)
        for variable, cost in costs:
            self._costs[variable] += cost

    def solve(
        self,
        *,
        seed: int = 0,
        seconds: float | None = None,
        nodes: int | None = None,
        gap: float = 1e-6,
        start: Sequence[float] | None = None,
        phase: str = "solve",
        report: Report = silent,
    ) -> Solution:
        """Minimise until best and bound are `gap` apart; a whole-numbered objective is proven below a gap of 1.

        `nodes` is the reproducible limit, `seconds` the unreproducible one.
        """
        if not self._costs:
            return Solution([], 0.0, 0.0, proven=True, feasible=True)
        options: dict[str, Any] = {"random_seed": seed % 2**31, "mip_rel_gap": 0.0, "mip_abs_gap": gap}
        if nodes is not None:
            options["mip_max_nodes"] = nodes
        solver = _solver({**options, "presolve_rule_off": ENUMERATION}, seconds)
        solver.passModel(self._model())
        if start is not None:
            given = highspy.HighsSolution()
            given.col_value = list(start)
            solver.setSolution(given)
        _listen(solver, phase, report)
        solver.run()
        return _read(solver)

    def prices(self, seconds: float | None = None) -> Prices:
        """The bound of the relaxed model with its prices.

        The bound is computed here from the rows' prices, so it is proven whatever the solver's tolerances were. An
        interior point gives a price to everything that has one; a vertex is taken where it is not sharp.
        """
        found = []
        for method in ("ipx", "simplex"):
            solver = _solver({"solver": method, "run_crossover": "off"}, seconds)
            solver.passModel(self._model(relaxed=True))
            solver.run()
            duals = solver.getSolution().row_dual
            found.append(self._proven(np.array(duals if len(duals) else [0.0] * len(self._row_low))))
            if solver.getInfo().objective_function_value - found[-1].bound < SHARP:
                break
        return max(found, key=lambda prices: prices.bound)

    def _proven(self, of_rows: NDArray[np.float64]) -> Prices:
        """What any prices of the rows prove (Lagrange): the sum over rows and variables of the least they can cost."""
        low, high = np.array(self._row_low), np.array(self._row_high)
        of_rows = np.where(np.isinf(np.where(of_rows > 0, low, high)), 0.0, of_rows)
        rows = np.repeat(np.arange(len(low)), np.diff(self._starts))
        paid = np.bincount(self._columns, of_rows[rows] * np.array(self._factors), len(self._costs))
        left = np.array(self._costs, dtype=np.float64) - paid
        at = np.where(left > 0, np.array(self._low), np.array(self._high))
        bound = left @ at + of_rows @ np.where(of_rows > 0, low, np.where(of_rows < 0, high, 0.0))
        return Prices(float(bound), left, of_rows)

    def narrow(self, prices: Prices, slack: float) -> None:
        """Keep to the answers that cost at most `slack` more than the prices' bound; all variables whole."""
        for variable in np.flatnonzero(np.abs(prices.of_variables) > slack).tolist():
            is_low = prices.of_variables[variable] > 0
            self.fix(variable, self._low[variable] if is_low else self._high[variable])
        for row in np.flatnonzero(np.abs(prices.of_rows) > slack).tolist():
            if prices.of_rows[row] > 0:
                self._row_high[row] = self._row_low[row]
            else:
                self._row_low[row] = self._row_high[row]

    def _model(self, *, relaxed: bool = False) -> Any:
        model = highspy.HighsLp()
        model.num_col_, model.num_row_ = len(self._costs), len(self._row_low)
        model.col_cost_ = np.array(self._costs)
        model.col_lower_, model.col_upper_ = np.array(self._low), np.array(self._high)
        model.row_lower_, model.row_upper_ = np.array(self._row_low), np.array(self._row_high)
        model.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
        model.a_matrix_.start_ = np.array(self._starts, dtype=np.int32)
        model.a_matrix_.index_ = np.array(self._columns, dtype=np.int32)
        model.a_matrix_.value_ = np.array(self._factors)
        kinds = (highspy.HighsVarType.kContinuous, highspy.HighsVarType.kInteger)
        model.integrality_ = [kinds[whole and not relaxed] for whole in self._whole]
        return model


def _solver(options: dict[str, Any], seconds: float | None) -> Any:
    solver: Any = highspy.Highs()  # type: ignore[no-untyped-call]
    limit = {} if seconds is None else {"time_limit": max(0.05, seconds)}
    for name, value in ({"output_flag": False, "threads": 1} | options | limit).items():
        solver.setOptionValue(name, value)
    return solver


def _listen(solver: Any, phase: str, report: Report) -> None:
    if report is silent:
        return

    def heard(kind: Any, message: str, out: Any, into: Any, user: Any) -> None:
        report(phase, out.mip_primal_bound, out.mip_dual_bound)

    solver.setCallback(heard, None)
    solver.startCallback(highspy.cb.HighsCallbackType.kCallbackMipInterrupt)
    report(phase, None, None)


def _read(solver: Any) -> Solution:
    status, info = solver.getModelStatus(), solver.getInfo()
    found = info.primal_solution_status == highspy.SolutionStatus.kSolutionStatusFeasible
    proven = status == highspy.HighsModelStatus.kOptimal
    return Solution(
        values=list(solver.getSolution().col_value) if found else [],
        objective=info.objective_function_value,
        bound=info.mip_dual_bound if info.mip_node_count >= 0 else info.objective_function_value,
        proven=proven,
        feasible=found,
    )
