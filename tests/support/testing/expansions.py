# SPDX-License-Identifier: MIT
"""Two-body terms with random expansions for bodies of point groups."""

from collections.abc import Sequence

import numpy as np
from anisoap_md import _core
from anisoap_md.training.linear.pairs.candidates import functions_of, terms_of

MOST = 24  # functions of a pair of species; more are drawn from


def random_expansions(
    groups: Sequence[str],
    rng: np.random.Generator,
    rank: int = 4,
    cutoff: float = 3.0,
    width: float = 0.9,
    length: float = 1.0,
    powers: tuple[list[int], list[int]] = ([2, 5], [3]),
) -> _core.TwoBody:
    """All pairs of species; powers of the gap and of the distance."""
    term = _core.TwoBody()
    term.cutoff, term.width = cutoff, width
    term.species = [_core.TwoBodySpecies("biaxial", 2, g) for g in groups]
    found = [_core.PointGroup(g) for g in groups]
    pairs = []
    for a in range(len(groups)):
        for b in range(a, len(groups)):
            pair = _core.TwoBodyPair()
            pair.species, pair.length = (a, b), length
            functions = functions_of(found[a], found[b], a == b, rank)
            if len(functions) > MOST:
                chosen = rng.choice(len(functions) - 1, MOST - 1, replace=False) + 1
                functions = functions[np.sort(np.append(0, chosen))]
            terms = terms_of(functions, np.ones(len(powers[0]) + len(powers[1]), dtype=bool))
            pair.symmetric = _core.SymmetricExpansion(*powers, terms, rng.normal(size=len(terms)))
            pairs.append(pair)
    term.pairs = pairs
    return term
