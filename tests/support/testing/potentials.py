# SPDX-License-Identifier: MIT
"""Small random potentials, and derivatives by central differences."""

from collections.abc import Callable

import numpy as np
from anisoap_md import Model, _core
from ase import Atoms
from scipy.spatial.transform import Rotation

from testing.expansions import random_expansions

SPECIES = ("C", "O")
KINDS: dict[str, dict] = {  # of models, arguments of random_model
    "linear": {"kind": "linear"},
    "monomial": {"kind": "linear", "radial_basis_name": "monomial"},
    "kernel": {"kind": "kernel"},
    "networks": {"kind": "networks"},
    "two_body": {"kind": "none", "two_body": ("uniaxial", "biaxial")},
    "both": {"kind": "kernel", "two_body": ("uniaxial", "sphere")},
    "biaxial": {"kind": "networks", "two_body": ("biaxial", "sphere")},
    "polynomial": {"kind": "none", "two_body": ("uniaxial", "biaxial"), "polynomial": True},
    "polynomial and linear": {"kind": "linear", "two_body": ("uniaxial", "sphere"), "polynomial": True},
    "point groups": {"kind": "none", "groups": ("C3v", "D6h")},
}
_RADIAL_INPUTS = 5
_AXES = {"sphere": 0, "uniaxial": 1, "biaxial": 3}
_COEFFICIENTS = {-2: 1 / 12, -1: -2 / 3, 1: 2 / 3, 2: -1 / 12}  # of the fourth-order difference


def hypers(radial_basis_name: str = "gto", taper: bool = True, species=SPECIES) -> _core.Hypers:
    window = {"radial_gaussian_width": 1.2} if radial_basis_name == "gto" else {}
    cutoff = {"cutoff_function": "cosine", "cutoff_width": 1.0} if taper else {}
    return _core.Hypers(
        max_angular=3,
        radial_basis_name=radial_basis_name,
        cutoff_radius=3.4,
        species=list(species),
        **window,
        **cutoff,
    )


def network(rng: np.random.Generator, n_inputs: int, hidden: int = 4) -> _core.Network:
    return _core.Network([n_inputs, hidden, 1], 0.4 * rng.normal(size=hidden * (n_inputs + 2) + 1))


def _local(rng: np.random.Generator, kind: str, n: int) -> _core.LocalEnergy:
    out = _core.LocalEnergy()
    out.kind, out.offset = kind, float(rng.normal())
    if kind in ("linear", "networks"):
        out.shift, out.scale = 0.1 * rng.normal(size=n), rng.uniform(0.5, 1.5, n)
    if kind == "linear":
        out.weights, out.variance_rows = rng.normal(size=n), 0.1 * rng.normal(size=(3, n))
    if kind == "networks":
        out.networks = [network(rng, n) for _ in range(2)]
    if kind == "kernel":
        points = rng.normal(size=(4, n))
        out.points = points / np.linalg.norm(points, axis=1, keepdims=True)
        out.weights, out.exponent = rng.normal(size=4), 3
        out.prior_variance, out.variance_rows = 2.0, 0.1 * rng.normal(size=(2, 4))
    return out


def _two_body(rng: np.random.Generator, symmetries) -> _core.TwoBody:
    out = _core.TwoBody()
    out.cutoff, out.width = 3.8, 0.9
    out.species = [_core.TwoBodySpecies(symmetry, 2) for symmetry in symmetries]
    pairs = []
    for a in range(len(symmetries)):
        for b in range(a, len(symmetries)):
            n, m = _AXES[symmetries[a]], _AXES[symmetries[b]]
            n_inputs = _RADIAL_INPUTS + (n + 3 * n * (n + 1) // 2 if a == b else n + m + 2 * n * m)
            pair = _core.TwoBodyPair()
            pair.species, pair.length = (a, b), 1.5
            # The steep inputs u^6 and u^12 count little.
            scale = np.ones(n_inputs)
            scale[3:5] = 1e-2, 1e-4
            pair.shift, pair.scale = np.zeros(n_inputs), scale
            pair.networks = [network(rng, n_inputs)]
            pairs.append(pair)
    out.pairs = pairs
    return out


def with_polynomials(two_body: _core.TwoBody, rng: np.random.Generator, degree: int = 6) -> _core.TwoBody:
    """The same kinds of pairs with random polynomials in place of networks."""
    pairs = two_body.pairs
    for pair in pairs:
        pair.networks, pair.shift, pair.scale = [], np.empty(0), np.empty(0)
        pair.polynomial = _core.PairPolynomial([1, 3, 6], degree)
    two_body.pairs = pairs
    for k, pair in enumerate(pairs):
        # The steep powers count little.
        weights = rng.normal(size=(two_body.n_terms(k) // 3, 3)) * [1.0, 1e-1, 1e-3]
        pair.polynomial = _core.PairPolynomial([1, 3, 6], degree, weights.ravel())
    two_body.pairs = pairs
    return two_body


def with_pair_variances(local: list, two_body: _core.TwoBody, rng: np.random.Generator) -> list:
    """Local energies with variance rows for the polynomials, as many as each has."""
    for s, one in enumerate(local):
        n = sum(two_body.n_terms(k) for k, pair in enumerate(two_body.pairs) if s in pair.species)
        one.pair_variance_rows = 0.1 * rng.normal(size=(max(len(one.variance_rows), 1), n))
    return local


def core_model(
    kind: str = "linear",
    two_body: tuple[str, ...] = (),
    units: str = "metal",
    seed: int = 1,
    species=SPECIES,
    density_scale: float = 0.8,
    polynomial: bool = False,
    groups: tuple[str, ...] = (),
    **of_hypers,
) -> _core.Model:
    """A potential with random weights; `two_body` holds the symmetry of each species, () for no two-body term, `groups` the point
    group of each, for expansions."""
    rng = np.random.default_rng(seed)
    out = _core.Model()
    out.hypers, out.units, out.density_scale = hypers(species=species, **of_hypers), units, density_scale
    n = _core.Descriptor(out.hypers).row_length("symmetric")
    out.local = [_local(rng, kind, n) for _ in species]
    if groups:
        out.two_body = random_expansions(groups, rng, cutoff=3.8, length=1.5)
    if two_body:
        out.two_body = _two_body(rng, two_body)
    if polynomial:
        out.two_body = with_polynomials(out.two_body, rng, 4 if "biaxial" in two_body else 8)
        out.local = with_pair_variances(out.local, out.two_body, rng)
    out.training = '{"frames": 3, "note": "random"}'
    return out


def random_model(*args, **kwargs) -> Model:
    return Model(core_model(*args, **kwargs), num_threads=1)


def turned(atoms: Atoms, particle: int, vector: np.ndarray) -> Atoms:
    """Copy with one particle turned by a rotation vector in the space frame."""
    out = atoms.copy()
    q = Rotation.from_quat(np.roll(atoms.arrays["c_q"][particle], -1))
    out.arrays["c_q"][particle] = np.roll((Rotation.from_rotvec(vector) * q).as_quat(), 1)
    return out


def moved(atoms: Atoms, particle: int, vector: np.ndarray) -> Atoms:
    out = atoms.copy()
    out.positions[particle] += vector
    return out


def strained(atoms: Atoms, strain: np.ndarray) -> Atoms:
    """Copy with x_a -> x_a + strain_ab x_b for positions and cell; orientations stay."""
    out = atoms.copy()
    out.set_cell(atoms.cell.array @ (np.eye(3) + strain).T)
    out.positions = atoms.positions @ (np.eye(3) + strain).T
    return out


def derivative(function: Callable[[Atoms], np.ndarray], change: Callable[[float], Atoms], h: float = 2e-4):
    """d function(change(t)) / dt at t = 0."""
    return sum(c * np.asarray(function(change(k * h))) for k, c in _COEFFICIENTS.items()) / h


def by_particle(function, atoms: Atoms, change) -> np.ndarray:
    """Derivatives [n, 3, ...] by `change` (moved or turned) of each particle along x, y, z."""
    return np.array(
        [
            [derivative(function, lambda t, i=i, e=e: change(atoms, i, t * e)) for e in np.eye(3)]
            for i in range(len(atoms))
        ]
    )


def by_strain(function, atoms: Atoms) -> np.ndarray:
    """Derivatives [3, 3, ...] by strain_ab."""
    unit = np.eye(9).reshape(3, 3, 3, 3)
    return np.array(
        [
            [derivative(function, lambda t, e=unit[a, b]: strained(atoms, t * e)) for b in range(3)]
            for a in range(3)
        ]
    )
