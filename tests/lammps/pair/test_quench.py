# SPDX-License-Identifier: MIT
"""The minimisation that lammps-plugin/README.md prints comes to the energy of a relaxation in Python."""

import numpy as np
import pytest
from anisoap_md import AniSOAPCalculator, Descriptor, EllipsoidFilter, fit, read_frames
from anisoap_md.frames import bodies
from anisoap_md.lammps.data_file import Box, data_file
from ase.optimize import FIRE
from scipy.spatial.transform import Rotation
from testing.lmp.manual import block
from testing.lmp.models import thermo
from testing.printed import ROOT

TWO_BODY = {"kind": "polynomial", "cutoff": 4.0, "width": 1.0, "degree": 4}
N = 5
START = """units lj
atom_style ellipsoid
boundary p p p
read_data bodies.data
pair_style anisoap
pair_coeff * * model.json C
neighbor 0.3 bin
"""
MOST = """compute torque all property/atom tqx tqy tqz
compute most all reduce maxabs c_torque[*]
"""
THERMO = """thermo_style custom step pe fmax c_most[1] c_most[2] c_most[3]
thermo_modify norm no format float %.15g
thermo 100
"""


@pytest.fixture
def cluster(tmp_path):
    """Bodies near a minimum of a model of the Gay-Berne liquid, alone in a box; the model lies in the folder."""
    frames = read_frames(ROOT / "examples" / "data" / "liquid.xyz")
    descriptor = Descriptor(
        3,
        "gto",
        3.0,
        radial_gaussian_width=1.0,
        species=["C"],
        cutoff_function="cosine",
        cutoff_width=1.0,
    )
    fit(frames, descriptor, "none", two_body=TWO_BODY, units="lj", test=0).save(tmp_path / "model.json")
    nearest = np.argsort(frames[-1].get_distances(0, range(len(frames[-1])), mic=True))[:N]
    atoms = frames[-1][nearest]
    atoms.positions[:] = atoms.get_distances(0, range(N), mic=True, vector=True) + 10.0
    atoms.cell[:] = 20 * np.eye(3)
    relax(atoms, tmp_path, 1e-2)
    rng = np.random.default_rng(3)
    atoms.positions += rng.normal(scale=0.03, size=(N, 3))
    bodies.set_rotations(
        atoms, Rotation.from_rotvec(rng.normal(scale=0.03, size=(N, 3))) * bodies.rotations(atoms)
    )
    (tmp_path / "bodies.data").write_text(data_file(atoms, Box.of(atoms), [6], "bodies", np.ones(N)))
    return atoms


def relax(atoms, folder, fmax: float) -> float:
    """Energy of the minimum, to which the atoms go."""
    atoms.calc = AniSOAPCalculator(folder / "model.json", num_threads=1)
    assert FIRE(EllipsoidFilter(atoms), logfile=None).run(fmax=fmax, steps=5000)
    return atoms.get_potential_energy()


@pytest.mark.parametrize("ranks", [1, 2])
def test_bodies_come_to_rest_where_python_relaxes_them(lammps, cluster, tmp_path, ranks):
    recipe, run, steps = block("angmom 3.333").rpartition("run ")
    rows = thermo(lammps(START + recipe + THERMO + run + steps, ranks=ranks).output, "PotEng")
    assert rows[-1, 0] < float(steps) and rows[-1, 2:].sum() < 1e-4 < rows[0, 2:].sum()
    before = rows[0, 1]
    expected = relax(cluster, tmp_path, 1e-4)
    assert before - expected > 1e-3 * abs(expected)
    assert rows[-1, 1] == pytest.approx(expected, rel=1e-6)


def test_minimize_leaves_torques(lammps, cluster):
    """Which is why the recipe is there."""
    rows = thermo(lammps(START + MOST + THERMO + "minimize 0 1e-6 1000 10000\n").output, "PotEng")
    assert rows[-1, 3:].max() > 1e-2
