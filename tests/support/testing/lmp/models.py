# SPDX-License-Identifier: MIT
"""Small potentials with random weights, their values from Python, and the script lines that ask LAMMPS for the same."""

from pathlib import Path

import numpy as np
from anisoap_md import _core
from ase import Atoms

from testing.expansions import random_expansions
from testing.lmp.frames import Frame, read_dump, setup

SPECIES = ["C", "O"]
NUMBERS = [6, 8]
CUTOFF = 3.0
COEFF = "pair_coeff * * model.json C O\n"
STRESS = [(0, 0), (1, 1), (2, 2), (0, 1), (0, 2), (1, 2)]  # order of LAMMPS

_INPUT_SCALES = np.array([0.3, 0.3, 0.3, 1e-3, 1e-6, 0.5, 0.5, 0.5, 0.5])  # of two uniaxial bodies


def _hypers(cutoff_function: str) -> _core.Hypers:
    taper = {"cutoff_function": "cosine", "cutoff_width": 1.0} if cutoff_function == "cosine" else {}
    return _core.Hypers(
        max_angular=3,
        radial_basis_name="gto",
        cutoff_radius=CUTOFF,
        radial_gaussian_width=1.2,
        species=SPECIES,
        **taper,
    )


def _network(rng: np.random.Generator, widths: list[int]) -> _core.Network:
    n = sum((a + 1) * b for a, b in zip(widths, widths[1:], strict=False))
    return _core.Network(widths, 0.4 * rng.normal(size=n))


def _two_body(rng: np.random.Generator, committee: int) -> _core.TwoBody:
    """Wider than the many-body term, so that either cutoff is felt."""
    out = _core.TwoBody()
    out.cutoff, out.width = 1.1 * CUTOFF, 0.8
    out.species = [_core.TwoBodySpecies("uniaxial", 2), _core.TwoBodySpecies("uniaxial", 0)]
    n = len(_INPUT_SCALES)
    pairs = []
    for species in ((0, 0), (0, 1), (1, 1)):
        pair = _core.TwoBodyPair()
        pair.species, pair.length = species, 1.1
        pair.shift, pair.scale = rng.normal(size=n), rng.uniform(0.7, 1.3, n) * _INPUT_SCALES
        pair.networks = [_network(rng, [n, 8, 1]) for _ in range(committee)]
        pairs.append(pair)
    out.pairs = pairs
    return out


def _polynomials(rng: np.random.Generator, two_body: _core.TwoBody) -> _core.TwoBody:
    """The same pairs with polynomials in place of networks."""
    pairs = two_body.pairs
    for pair in pairs:
        pair.networks, pair.shift, pair.scale = [], np.empty(0), np.empty(0)
        pair.polynomial = _core.PairPolynomial([1, 4], 6)
    two_body.pairs = pairs
    for k, pair in enumerate(pairs):
        weights = rng.normal(size=(two_body.n_terms(k) // 2, 2)) * [1.0, 0.05]
        pair.polynomial = _core.PairPolynomial([1, 4], 6, weights.ravel())
    two_body.pairs = pairs
    return two_body


def _local(rng: np.random.Generator, n: int, kind: str, scale: float, uncertain: bool) -> _core.LocalEnergy:
    """Many-body energy on ``n`` features."""
    one = _core.LocalEnergy()
    one.kind = kind
    if kind == "none":
        return one
    if kind == "kernel":
        points = rng.normal(size=(6, n))
        one.points = points / np.linalg.norm(points, axis=1, keepdims=True)
        one.weights, one.exponent, one.prior_variance = scale * rng.normal(size=6), 3, 2.0
        rows = 0.1 * rng.normal(size=(4, 6))
    else:
        one.shift, one.scale = rng.normal(size=n), rng.uniform(0.5, 1.5, n)
        rows = 0.1 * rng.normal(size=(5, n))
    if kind == "linear":
        one.weights = scale * rng.normal(size=n)
    if kind == "networks":
        one.networks = [_network(rng, [n, 5, 4, 1]) for _ in range(3)]
    elif uncertain:
        one.variance_rows = rows
    return one


def random_model(
    seed: int = 1,
    units: str = "lj",
    scale: float = 1.0,
    kind: str = "linear",
    two_body: bool = True,
    uncertain: bool = True,
    cutoff_function: str = "cosine",
    polynomial: bool = False,
    groups: tuple[str, ...] = (),
) -> _core.Model:
    """A many-body term for two species, and a two-body committee, polynomials or expansions for bodies of point groups."""
    rng = np.random.default_rng(seed)
    model = _core.Model()
    hypers = _hypers(cutoff_function)
    model.hypers, model.units, model.density_scale = hypers, units, 0.8
    n = _core.Descriptor(hypers).row_length("symmetric")
    local = [_local(rng, n, kind, scale, uncertain) for _ in range(2)]
    local[0].offset, local[1].offset = 0.3, -0.4
    model.local = local
    if two_body:
        model.two_body = _two_body(rng, 2 if uncertain else 1)
    if groups:
        model.two_body = random_expansions(groups, rng, cutoff=1.1 * CUTOFF, width=0.8, length=1.1)
    if polynomial:
        model.two_body = term = _polynomials(rng, model.two_body)
        for s, one in enumerate(local):
            n = sum(term.n_terms(k) for k, pair in enumerate(term.pairs) if s in pair.species)
            one.pair_variance_rows = 0.1 * rng.normal(size=(5, n))
        model.local = local
    return model


def write(folder: Path, model: _core.Model, name: str = "model.json") -> None:
    """The model's document."""
    (folder / name).write_text(model.to_json())


def atoms_of(frame: Frame) -> Atoms:
    """The frame for Python; type k is species k of the models."""
    numbers = np.array(NUMBERS)[frame.types - 1]
    atoms = Atoms(numbers, frame.positions, cell=frame.cell, pbc=frame.periodic)
    atoms.arrays["c_q"], atoms.arrays["c_diameter"] = frame.quaternions, frame.diameters
    return atoms


def by_python(model: _core.Model, atoms: Atoms) -> dict[str, np.ndarray]:
    """energy, energies [n], forces and torques [n, 3], virial [6], virials [n, 6], uncertainties [n] or None."""
    out = _core.Potential(model).compute([atoms], NUMBERS, uncertainties=model.has_uncertainty, virials=True)
    symmetric = [
        0.5 * (w + np.swapaxes(w, -1, -2)) for w in (np.array(out["virial"])[0], np.array(out["virials"]))
    ]
    columns = [np.stack([w[..., a, b] for a, b in STRESS], axis=-1) for w in symmetric]
    return {
        "energy": np.array(out["energy"])[0],
        "energies": np.array(out["energies"]),
        "forces": np.array(out["forces"]),
        "torques": np.array(out["torques"]),
        "virial": columns[0],
        "virials": columns[1],
        "uncertainties": out["uncertainties"],
    }


def start(frame: Frame, units: str = "lj", newton: str = "on", data: str = "box.data") -> str:
    """Script lines that read the box."""
    return setup(data, frame, 0.0, newton=newton).replace("units lj", f"units {units}")


QUANTITIES = """compute e all pe/atom
compute s all stress/atom NULL virial
compute p all pressure NULL virial
thermo_style custom step c_thermo_pe c_p[1] c_p[2] c_p[3] c_p[4] c_p[5] c_p[6] vol
thermo_modify norm no format float %.17g
"""


def single_point(name: str = "r") -> str:
    """Script lines of one evaluation, for ``by_lammps``."""
    return (
        f"{QUANTITIES}dump d all custom 1 {name}.dump id fx fy fz tqx tqy tqz c_e c_s[*]\n"
        "dump_modify d sort id format float %.17g\nrun 0 post no\n"
    )


def thermo(output: str, first: str = "c_thermo_pe") -> np.ndarray:
    """Rows of the last thermo table that has a column ``first``."""
    lines = output.splitlines()
    head = max(k for k, line in enumerate(lines) if line.split()[:2] == ["Step", first])
    rows = []
    for line in lines[head + 1 :]:
        if line.startswith("Loop time"):
            break
        if line.strip() and line.split()[0].isdigit():
            rows.append([float(word) for word in line.split()])
    return np.array(rows)


def by_lammps(out, name: str = "r", pressure_unit: float = 1.0) -> dict[str, np.ndarray]:
    """Values as ``by_python`` gives them, of a run with ``single_point``. pressure_unit: force->nktv2p of the units."""
    row = thermo(out.output)[-1]
    table = read_dump(out.folder / f"{name}.dump")
    return {
        "energy": row[1],
        "energies": table[:, 6],
        "forces": table[:, :3],
        "torques": table[:, 3:6],
        "virial": row[2:8] * row[8] / pressure_unit,
        "virials": -table[:, 7:13] / pressure_unit,
    }
