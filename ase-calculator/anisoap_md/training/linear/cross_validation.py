# SPDX-License-Identifier: MIT
"""Errors of one linear system in cross-validation: each fold is predicted from the others."""

from typing import Any

from ..problem import Problem
from . import passes as _accumulate
from .options import SystemOptions
from .pair_polynomial import PairDesign
from .regression import designs_of, one_thread
from .rows import Isolated, LinearSystem
from .solver import Solver


@one_thread
def cross_validated(
    problem: Problem, options: SystemOptions, polynomials: PairDesign | None = None
) -> dict[str, Any]:
    """Loss, rmse of each target, and the ridge (relative; 'evidence' where each fold has its own)."""
    data, factors = problem.data, problem.row_factors
    designs = designs_of(problem, options)
    system = LinearSystem(problem.environments, designs, polynomials, Isolated.of(problem, designs))
    solver = Solver(system.designs, options.kind == "kernel", polynomials)
    folds = _accumulate.accumulate(system, data, min(options.solver.n_folds, len(data)))
    ridge = options.solver.ridge
    if ridge == "cv":
        ridge = _accumulate.cross_validated_ridge(solver, folds, factors)
    found = _accumulate.held_out_errors(solver, folds, factors, [ridge])[0]
    return {"loss": _accumulate.loss_of(found, factors), "rmse": found, "ridge": ridge}
