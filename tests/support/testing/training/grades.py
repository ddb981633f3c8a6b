# SPDX-License-Identifier: MIT
"""Extrapolation grades for random models, and their formula in NumPy."""

import numpy as np
from anisoap_md import _core
from anisoap_md.frames.bodies import diameters, with_diameters
from ase import Atoms


def with_grades(core: _core.Model, seed: int = 7, n_rows: int = 4) -> _core.Model:
    """The model with random rows for the grades of its linear terms and polynomials."""
    generator = np.random.default_rng(seed)
    local, term = core.local, core.two_body
    for s, one in enumerate(local):
        n_terms = sum(term.n_terms(k) for k, pair in enumerate(term.pairs) if s in pair.species)
        one.grade_rows = generator.normal(size=(n_rows, len(one.weights)))
        one.pair_grade_rows = generator.normal(size=(n_rows, n_terms))
    core.local = local
    return core


def site_rows(core: _core.Model, atoms: Atoms, numbers) -> list[np.ndarray]:
    """Scaled features of each particle, then halves of the terms of its pairs."""
    scaled = with_diameters(atoms, core.density_scale * diameters(atoms))
    features = _core.Descriptor(core.hypers).compute([scaled], numbers, "symmetric")[0]
    terms = _core.pair_term_rows(core.two_body, atoms, numbers) if core.two_body.pairs else []
    out = []
    for i, z in enumerate(atoms.numbers):
        s = list(numbers).index(z)
        one = core.local[s]
        x = (features[i] - one.shift) * one.scale if one.kind == "linear" else np.empty(0)
        mine = [k for k, pair in enumerate(core.two_body.pairs) if s in pair.species]
        out.append(np.concatenate([x, *(terms[k]["energies"][i] for k in mine)]))
    return out


def grades_of(core: _core.Model, atoms: Atoms, numbers) -> np.ndarray:
    """[n] largest |G x + G_p t|."""
    out = []
    for row, z in zip(site_rows(core, atoms, numbers), atoms.numbers, strict=True):
        one = core.local[list(numbers).index(z)]
        n = len(one.weights)
        total = np.zeros(1)
        if one.grade_rows.size:
            total = total + one.grade_rows @ row[:n]
        if one.pair_grade_rows.size:
            total = total + one.pair_grade_rows.reshape(-1, len(row) - n) @ row[n:]
        out.append(np.abs(total).max())
    return np.array(out)
