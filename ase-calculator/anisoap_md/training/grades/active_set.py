# SPDX-License-Identifier: MIT
"""Active sets of the site rows of a training, and their inverses in the model."""

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
from threadpoolctl import threadpool_limits

from ... import _core
from ...common.progress import progress
from ...frames.species import to_symbols
from ..problem import Problem
from .directions import Directions
from .maxvol import maxvol
from .rows import SiteRows

MOST_NUMBERS = 40000  # of a species in the document


@threadpool_limits.wrap(limits=1, user_api="blas")
def fill_grades(model: _core.Model, problem: Problem) -> dict[str, dict[str, int]]:
    """Gives each species of a model its ``grade_rows`` and ``pair_grade_rows``.

    The grade of a particle with the site row b is the largest entry of |b T A^-1|: T are leading directions of the training rows,
    as many as ``MOST_NUMBERS`` allows, and A the active set among the rows b T (E. Podryabinkin, A. Shapeev, Comput. Mater. Sci.
    140, 171 (2017)).

    Returns
    -------
    dict
        Symbol -> ``rows`` of the active set, ``directions`` and ``columns`` that the rows have, ``particles`` of the training.
    """
    site_rows = SiteRows(model, problem.environments)
    directions = [Directions(weights) for weights in site_rows.weights]
    for of_frame in _passes(site_rows, problem, "rows of the grade"):
        for known, rows in zip(directions, of_frame, strict=True):
            known.add(rows)
    found = [known.leading(MOST_NUMBERS // max(known.n_columns, 1)) for known in directions]
    projected: list[list[np.ndarray]] = [[] for _ in found]
    for of_frame in _passes(site_rows, problem, "active set"):
        for held, rows, (leading, _) in zip(projected, of_frame, found, strict=True):
            held.append(rows @ leading)
    local, facts = model.local, {}
    for s, symbol in enumerate(to_symbols(problem.species)):
        leading, rank = found[s]
        inverse = (leading @ _inverse(np.concatenate(projected[s]))).T
        local[s].grade_rows = inverse[:, : site_rows.n_features[s]]
        local[s].pair_grade_rows = inverse[:, site_rows.n_features[s] :]
        facts[symbol] = {
            "rows": len(inverse),
            "directions": rank,
            "columns": directions[s].n_columns,
            "particles": directions[s].n_rows,
        }
    model.local = local
    return facts


def _passes(site_rows: SiteRows, problem: Problem, what: str) -> Iterable[list[np.ndarray]]:
    frames = problem.data.frames
    bar = progress(frames, what, "frames", problem.execution.progress)
    return (of_frame for _, of_frame in zip(bar, site_rows.of(frames), strict=True))


def _inverse(rows: np.ndarray) -> np.ndarray:
    """A^-1 [r, r] of the active set among rows [n, r]."""
    return np.linalg.inv(rows[maxvol(rows)]) if rows.size else np.empty((0, 0))


def lines(facts: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """Text of the facts, a line for each species."""
    return [
        f"grade {symbol}: active set of {of['rows']} among {of['particles']} particles, in "
        + (
            f"all {of['directions']} directions"
            if of["rows"] == of["directions"]
            else f"the leading {of['rows']} of {of['directions']} directions"
        )
        for symbol, of in facts.items()
    ]
