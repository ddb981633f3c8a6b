# SPDX-License-Identifier: MIT
"""The example of rod, cube and tetrahedron: its labels, its bodies' groups, and the whole of it, shortened."""

import json
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest
from scipy.spatial.transform import Rotation
from testing.helpers import skip

EXAMPLE = Path(__file__).parents[2] / "examples" / "07_shapes"
NAMES = ("rod", "cube", "tetrahedron")


@pytest.fixture
def shapes(monkeypatch):
    monkeypatch.syspath_prepend(EXAMPLE)
    import shapes

    yield shapes
    sys.modules.pop("shapes")


def crowd(shapes, name, seed=0):
    """27 bodies, their cell, in disorder."""
    dense = shapes.Dense(shapes.BODIES[name], np.random.default_rng(seed))
    for _ in range(5):
        dense.sweep()
    return dense.x, dense.rotations, dense.cell


@pytest.mark.parametrize("embedding", [0.0, 1.0])
@pytest.mark.parametrize("name", NAMES)
def test_forces_and_torques_are_slopes_of_the_energy(shapes, name, embedding):
    body = shapes.BODIES[name]
    x, rotations, cell = crowd(shapes, name)
    _, forces, torques = shapes.interactions(body, x, rotations, cell, embedding)
    h = 1e-5
    for k in (0, 13):
        for axis in np.eye(3):

            def energy(step, shift, turn, k=k, axis=axis):
                moved, turned = x.copy(), rotations.copy()
                moved[k] += step * shift * axis
                turned[k] = Rotation.from_rotvec(step * turn * axis).as_matrix() @ rotations[k]
                return shapes.interactions(body, moved, turned, cell, embedding)[0]

            for found, kind in ((forces, (1, 0)), (torques, (0, 1))):
                slope = -(energy(h, *kind) - energy(-h, *kind)) / (2 * h)
                assert found[k] @ axis == pytest.approx(slope, abs=1e-6 * np.abs(found).max())


@pytest.mark.parametrize("name", NAMES)
def test_forces_add_up_to_nothing_and_images_count(shapes, name):
    """Shifts by edges of the cell change nothing; bodies alone in space balance in torques too."""
    body = shapes.BODIES[name]
    x, rotations, cell = crowd(shapes, name)
    energy, forces, _ = shapes.interactions(body, x, rotations, cell)
    assert np.abs(forces.sum(axis=0)).max() < 1e-10 * np.abs(forces).max()
    moved = x + cell * np.random.default_rng(1).integers(-2, 3, x.shape)
    assert shapes.interactions(body, moved, rotations, cell)[0] == pytest.approx(energy, rel=1e-10)
    _, forces, torques = shapes.interactions(body, x, rotations)
    total = (np.cross(x, forces) + torques).sum(axis=0)
    assert np.abs(total).max() < 1e-9 * np.abs(torques).max()


@pytest.mark.parametrize("name, turn", [("rod", (0, 0, 1)), ("cube", (1, 0, 0)), ("tetrahedron", (1, 1, 1))])
def test_bodies_have_their_groups(shapes, name, turn):
    """Turns about a main axis, by 90 degrees (cube), 120 (tetrahedron), any (rod), put sites on sites; so does a mirror."""
    body = shapes.BODIES[name]
    angle = {"rod": 1.0, "cube": np.pi / 2, "tetrahedron": 2 * np.pi / 3}[name]
    axis = np.array(turn) / np.linalg.norm(turn)
    for operation in (Rotation.from_rotvec(angle * axis).as_matrix(), np.eye(3)[[1, 0, 2]]):
        found = np.linalg.norm((body.sites @ operation.T)[:, None] - body.sites, axis=-1)
        assert found.min(axis=0).max() < 1e-12


def test_metropolis_knows_the_energy(shapes):
    """What a move of Monte Carlo costs is the change of the labels' energy."""
    dense = shapes.Dense(shapes.BODIES["cube"], np.random.default_rng(3))
    for _ in range(3):
        dense.sweep()
    x, rotations = dense.x.copy(), dense.rotations.copy()
    before = shapes.interactions(dense.body, x, rotations, dense.cell)[0]
    moved = x.copy()
    moved[4] += (0.1, -0.05, 0.02)
    change = dense._energy(4, moved[4], rotations[4]) - dense._energy(4, x[4], rotations[4])
    after = shapes.interactions(dense.body, moved, rotations, dense.cell)[0]
    assert after - before == pytest.approx(change, rel=1e-9)


def test_short_study_learns_runs_and_draws(tmp_path):
    if find_spec("matplotlib") is None:
        skip("the extra 'demo' is not installed")
    options = "--bodies cube --samples 100 1000 --test 200 --seeds 1 --rank 8 --dense 3"
    options += " --side 4 --melt 300 --duration 0.2"
    command = [sys.executable, str(EXAMPLE / "run.py"), "--output", str(tmp_path), *options.split()]
    result = subprocess.run(command, capture_output=True, text=True, timeout=300)
    assert result.returncode == 0, result.stdout + result.stderr
    assert (tmp_path / "shapes.png").read_bytes().startswith(b"\x89PNG")
    found = json.loads((tmp_path / "results.json").read_text())["cube"]
    few, many = (
        next(r for r in found["curve"] if r["pairs"] == n and r["terms"] == 200) for n in (100, 1000)
    )
    for target in ("energy", "forces", "torques"):
        assert many[target] < 0.3 and many[target] < few[target]
    assert found["dense"]["forces"] < 0.5
    fluctuations = [found[dt]["fluctuation"] for dt in ("0.0005", "0.001", "0.002")]
    assert 2 < fluctuations[1] / fluctuations[0] < 8 and 2 < fluctuations[2] / fluctuations[1] < 8


def test_short_study_of_many_bodies_prints_its_table(tmp_path):
    if find_spec("skmatter") is None or find_spec("torch") is None:
        skip("the extras 'train' and 'torch' are not installed")
    options = "--bodies rod --seeds 1 --pairs 60 --frames 2 --rank 4 --steps 20"
    command = [sys.executable, str(EXAMPLE / "many_body.py"), "--output", str(tmp_path), *options.split()]
    result = subprocess.run(command, capture_output=True, text=True, timeout=300)
    assert result.returncode == 0, result.stdout + result.stderr
    rows = json.loads((tmp_path / "many_body_rod_0.json").read_text())
    assert len(rows) == 10 and result.stdout.count("| rod, 1.0 |") == 5
