# SPDX-License-Identifier: MIT
"""The example of liquid benzene: its molecules and averages, and the whole of it, shortened."""

import json
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest
from ase import Atoms
from testing.helpers import skip

EXAMPLE = Path(__file__).parents[2] / "examples" / "05_benzene"


@pytest.fixture
def modules(monkeypatch):
    """analysis and molecule of the example."""
    monkeypatch.syspath_prepend(EXAMPLE)
    import analysis
    import molecule

    yield analysis, molecule
    for name in ("analysis", "molecule", "run"):
        sys.modules.pop(name, None)


@pytest.mark.parametrize("name, n, edge", [("benzene", 216, 31.766), ("hexafluorobenzene", 216, 34.636)])
def test_cube_has_the_density(modules, name, n, edge):
    """Edges worked out from molar masses 78.114 and 186.054 g/mol."""
    assert modules[1].MOLECULES[name].edge(n) == pytest.approx(edge, abs=2e-3)


@pytest.mark.parametrize("name", ["benzene", "hexafluorobenzene"])
def test_data_file_holds_rigid_neutral_molecules(modules, name, tmp_path):
    _, molecule = modules
    kind = molecule.MOLECULES[name]
    molecule.write_data(tmp_path / "atoms.data", kind, side=2, seed=3)
    body = (tmp_path / "atoms.data").read_text().split("Atoms # full\n\n")[1]
    table = np.array([line.split() for line in body.splitlines()], dtype=float).reshape(8, 12, 7)
    assert table[:, :, 3].sum(axis=1) == pytest.approx(0)
    x = table[:, :, 4:]
    outer = np.linalg.norm(x[:, 6:] - x[:, :6], axis=2)
    ring = np.linalg.norm(x[:, :6] - np.roll(x[:, :6], 1, axis=1), axis=2)
    assert outer == pytest.approx(kind.bond, abs=1e-5) and ring == pytest.approx(1.40, abs=1e-5)
    pairs = [(x[a], x[b]) for a in range(8) for b in range(a)]
    assert (
        min(np.linalg.norm(a[:, None] - b, axis=-1).min() for a, b in pairs) > 3 - 1e-5
    )  # whatever their turns


def test_correlations_of_an_aligned_ideal_gas(modules):
    analysis, _ = modules
    generator = np.random.default_rng(0)
    frames = []
    for _ in range(20):
        atoms = Atoms("C400", positions=30 * generator.random((400, 3)), cell=[30] * 3, pbc=True)
        atoms.arrays["c_q"] = np.tile([1.0, 0, 0, 0], (400, 1))
        frames.append(atoms)
    found = analysis.Correlations.of(frames)
    assert found.g[20:].mean() == pytest.approx(1, abs=0.01)
    assert found.p2 == pytest.approx(1)
    assert np.abs(found.ue[20:].mean()) < 0.01
    assert found.difference(found) == {"g": 0, "p2": 0, "ue": 0}


def test_correlations_of_two_bodies(modules):
    """Axes along x (a turn of 90 degrees about y) and z, a distance of 4.05 along z."""
    analysis, _ = modules
    atoms = Atoms("C2", positions=[[5, 5, 5], [5, 5, 9.05]], cell=[40] * 3, pbc=True)
    atoms.arrays["c_q"] = np.array([[np.sqrt(0.5), 0, np.sqrt(0.5), 0], [1, 0, 0, 0]])
    found = analysis.Correlations.of([atoms])
    (k,) = np.flatnonzero(found.g)
    low, high = analysis.EDGES[k : k + 2]
    assert low <= 4.05 < high
    assert found.g[k] == pytest.approx(2 / (4 / 3 * np.pi * (high**3 - low**3) * 4 / 40**3))
    assert found.p2[k] == pytest.approx(-0.5)
    assert found.ue[k] == pytest.approx(0.5 * (-0.5 + 1))


def test_diffusion_of_a_random_walk(modules):
    """Steps of variance s^2 along each axis and interval dt: D = s^2 / 2 dt, here 0.25 A^2/ps = 2.5e-9 m^2/s."""
    analysis, _ = modules
    generator = np.random.default_rng(0)
    steps = generator.normal(scale=np.sqrt(0.5), size=(200, 500, 3))
    paths = np.cumsum(steps, axis=0) + 0.7 * np.arange(200)[:, None, None]  # the whole drifts
    frames = [Atoms("C500", positions=x, cell=[12] * 3, pbc=True) for x in paths]
    for atoms in frames:
        atoms.wrap()
    assert analysis.diffusion(frames, interval=1.0) == pytest.approx(2.5, rel=0.03)


@pytest.mark.parametrize(
    "options, words",
    [
        ([], ["--two-body", "kind=polynomial", "cutoff=10"]),
        (
            ["--group", "D6h", "--cutoff", "9"],
            ["--two-body", "kind=symmetric", "cutoff=9", "--bodies", "C=D6h"],
        ),
    ],
)
def test_two_body_term_that_is_trained(modules, monkeypatch, tmp_path, options, words):
    import run

    monkeypatch.setattr(sys, "argv", ["run.py", "--output", str(tmp_path), *options])
    assert run.Study(run.parse()).two_body() == words


def test_stages_of_other_options_are_not_taken_for_these(modules, monkeypatch, tmp_path):
    import run

    monkeypatch.setattr(sys, "argv", ["run.py", "--output", str(tmp_path)])
    study = run.Study(run.parse())
    study.command("info.out", "info")
    made = (tmp_path / "info.out").stat()
    study.command("info.out", "info")
    assert (tmp_path / "info.out").stat() == made
    with pytest.raises(SystemExit, match="made with other options; expected an --output of its own"):
        study.command("info.out", "info", "--json")


def test_short_benzene_is_learned_and_drawn(tmp_path):
    if find_spec("matplotlib") is None:
        skip("the extra 'demo' is not installed")
    options = "--side 3 --temperatures 300 --cutoff 7.5 --compress 1500 --atom-equilibrate 300 --atom-steps 2000 --every 50"
    options += " --equilibrate 200 --steps 2000 --runs 1 --atom-speed 50"
    command = [sys.executable, str(EXAMPLE / "run.py"), "--output", str(tmp_path), *options.split()]
    result = subprocess.run(command, capture_output=True, text=True, timeout=600)
    assert result.returncode == 0, result.stdout + result.stderr
    assert (tmp_path / "benzene.png").read_bytes().startswith(b"\x89PNG")
    found = json.loads((tmp_path / "results.json").read_text())
    learned = found["model_300 300 K"]
    assert learned["rms"]["g"] < 0.3
    assert abs(learned["temperature"][0] - 300) < 10
    assert 0.6 < learned["density"][0] < 1.1
    assert learned["diffusion"] > 0
    speeds = found["speed_ns_per_day"]
    assert speeds["bodies"] > 5 * speeds["atoms"]
