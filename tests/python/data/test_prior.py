# SPDX-License-Identifier: MIT
"""A LAMMPS pair style that is subtracted before a fit."""

import numpy as np
import pytest
from anisoap_md import Model
from anisoap_md.data.prior import Prior
from anisoap_md.frames.stress import symmetric_stress
from anisoap_md.lammps.plugin import plugin_folder
from anisoap_md.training.fitting import fit
from scipy.spatial.transform import Rotation
from testing.helpers import TRICLINIC, assert_close, make_atoms, quaternions_of, rotations_of
from testing.training.labelled import (
    NUMBERS,
    assert_same_potential,
    frames,
    label,
    linear_model,
    small_descriptor,
)

ALL = ("energy", "forces", "torques", "stress")


# Weak, since particles of the random frames overlap.
GAY_BERNE = ("pair_style gayberne 1 1 1 5.0", "pair_coeff * * 1e-6 1.0 1 1 0.2 1 1 0.2")


def of_one_shape(given):
    """As pair gayberne wants the particles of a type."""
    for a in given:
        for k, d in enumerate((1.0, 1.3, 1.7), start=1):
            a.arrays[f"c_diameter[{k}]"][:] = d
    return given


def test_prior_is_subtracted():
    descriptor = small_descriptor()
    truth = linear_model(descriptor)
    given, unseen = label(truth, of_one_shape(frames(20))), of_one_shape(frames(3, seed=5))
    prior = Prior.of(GAY_BERNE, "lj", NUMBERS)
    for a, extra in zip(given, prior.labels(given, NUMBERS, ALL), strict=True):
        a.info["energy"] += extra.energy
        a.arrays["forces"] = a.arrays["forces"] + extra.forces
        a.arrays["torques"] = a.arrays["torques"] + extra.torques
        a.info["stress"] = a.info["stress"] - _full(extra.stress) / a.get_volume()
    result = fit(given, descriptor, units="lj", prior=GAY_BERNE, test=0.2)
    assert_same_potential(result.model.core, truth, given, 1e-5)
    for found in (result.errors["train"]["forces"], result.errors["train"]["energy"]):
        assert found.rmse < 1e-6 * found.spread  # of the labels, prior included
    assert_same_potential(result.model.core, truth, unseen, 1e-3)
    kept = result.model.training["prior"]
    assert kept["commands"] == list(GAY_BERNE) and "hybrid/overlay gayberne 1 1 1 5.0 anisoap" in kept["hint"]


def gay_berne_cluster():
    generator = np.random.default_rng(1)
    positions = [[0, 0, 0], [2.2, 0.3, 0.1], [0.2, 2.5, 2.0], [4.0, 2.2, -1.0]]
    return make_atoms(
        [6, 8, 6, 8], positions, generator.normal(size=(4, 4)), np.tile([1.0, 1.3, 1.7], (4, 1))
    )


def test_prior_is_the_gradient_of_its_energy():
    atoms = gay_berne_cluster()
    prior = Prior.of(("pair_style gayberne 1 1 1 40.0", GAY_BERNE[1]), "lj", NUMBERS)
    changed, h = [], 1e-4
    for sign in (1, -1):
        moved, turned = atoms.copy(), atoms.copy()
        moved.positions[1, 2] += sign * h
        q = rotations_of(turned.arrays["c_q"][2])
        turned.arrays["c_q"][2] = quaternions_of(Rotation.from_rotvec([0, sign * h, 0]) * q)
        changed += [moved, turned]
        for a, b in ((0, 0), (1, 2), (0, 2), (0, 1)):
            strain = np.eye(3)
            strain[a, b] += sign * h / 2
            strain[b, a] += sign * h / 2
            sheared = atoms.copy()
            sheared.positions = sheared.positions @ strain
            changed.append(sheared)
    energies = np.array([x.energy for x in prior.labels(changed, NUMBERS, ["energy"])]).reshape(2, -1)
    slopes = -(energies[0] - energies[1]) / (2 * h)
    found = prior.labels([atoms], NUMBERS, ALL)[0]
    assert_close([found.forces[1, 2], found.torques[2, 1], *found.stress[[0, 3, 4, 5]]], slopes, 1e-5)


def test_prior_does_not_depend_on_the_orientation_of_the_cell():
    prior = Prior.of(GAY_BERNE, "lj", NUMBERS)
    atoms = gay_berne_cluster()
    atoms.set_cell(2.0 * TRICLINIC)
    atoms.pbc = [True, True, False]
    turn = Rotation.random(random_state=1)
    turned = atoms.copy()
    turned.set_cell(turn.apply(atoms.cell.array))
    turned.positions = turn.apply(atoms.positions)
    turned.arrays["c_q"] = quaternions_of(turn * rotations_of(atoms.arrays["c_q"]))
    a, b = prior.labels([atoms, turned], NUMBERS, ALL)
    assert_close(b.energy, a.energy, 1e-12)
    assert_close(b.forces, turn.apply(a.forces), 1e-10)
    assert_close(b.torques, turn.apply(a.torques), 1e-10)
    assert_close(np.trace(_full(b.stress)), np.trace(_full(a.stress)), 1e-10)
    assert_close(_full(b.stress), turn.as_matrix() @ _full(a.stress) @ turn.as_matrix().T, 1e-10)


def test_prior_takes_left_handed_cells():
    prior = Prior.of(GAY_BERNE, "lj", NUMBERS)
    atoms = gay_berne_cluster()
    atoms.set_cell(2.0 * TRICLINIC)
    atoms.pbc = True
    mirrored = atoms.copy()
    mirrored.set_cell(atoms.cell.array * [[-1], [1], [1]])
    a, b = prior.labels([atoms, mirrored], NUMBERS, ALL)
    for name in ALL:
        assert_close(getattr(b, name), getattr(a, name), 1e-10)


def test_symmetric_stress_of_pairs():
    """Forces between pairs at a distance, and the torques that keep the angular momentum."""
    generator = np.random.default_rng(2)
    r, f = generator.normal(size=(2, 7, 3))
    torques = -np.cross(r, f)
    w = np.einsum("pa,pb->ab", r, f)
    six = -w[[0, 1, 2, 0, 0, 1], [0, 1, 2, 1, 2, 2]]
    for given in (torques, torques.sum(axis=0)):
        assert_close(symmetric_stress(six, given, 4.0), -(w + w.T) / 8, 1e-14)


@pytest.fixture
def anisoap_style(tmp_path, monkeypatch):
    """A model, and the commands that run it."""
    monkeypatch.setenv("LAMMPS_PLUGIN_PATH", str(plugin_folder()))
    model = Model(linear_model(small_descriptor()).converted("metal"), num_threads=1)
    model.save(tmp_path / "model.json")
    return model, ["pair_style anisoap", f"pair_coeff * * {tmp_path / 'model.json'} C O"]


def test_pair_style_anisoap_sums_up_symmetric_virials_itself(anisoap_style):
    model, commands = anisoap_style
    atoms = gay_berne_cluster()
    atoms.set_cell(2.0 * TRICLINIC)
    atoms.pbc = True
    expected = model.predict(atoms)
    found = Prior.of(commands, "metal", NUMBERS).labels([atoms], NUMBERS, ALL)[0]
    w = expected.virial[0]
    assert np.abs(w - w.T).max() > 1e-3 * np.abs(w).max()
    assert_close(found.torques, expected.torques, 1e-8)
    assert_close(_full(found.stress), (w + w.T) / 2, 1e-8)


def test_stresses_of_hybrid_styles_with_anisoap_are_refused(anisoap_style):
    _, commands = anisoap_style
    mixed = [
        "pair_style hybrid/overlay gayberne 1 1 1 5.0 anisoap",
        "pair_coeff * * gayberne 1e-6 1.0 1 1 0.2 1 1 0.2",
        commands[1].replace("* *", "* * anisoap"),
    ]
    prior, atoms = Prior.of(mixed, "metal", NUMBERS), gay_berne_cluster()
    with pytest.raises(
        ValueError, match="prior, got pair_style 'hybrid/overlay .* expected anisoap alone, or"
    ):
        prior.labels([atoms], NUMBERS, ALL)
    assert np.isfinite(prior.labels([atoms], NUMBERS, ["energy"])[0].energy)


def _full(voigt):
    xx, yy, zz, yz, xz, xy = voigt
    return np.array([[xx, xy, xz], [xy, yy, yz], [xz, yz, zz]])


def test_prior_that_lammps_refuses():
    prior = Prior.of(["pair_style gaybern 1"], "lj", NUMBERS)
    with pytest.raises(ValueError, match="prior: frame 0, got LAMMPS's '.*gaybern"):
        prior.labels([gay_berne_cluster()], NUMBERS, ["energy"])
    with pytest.raises(ValueError, match="units of the prior, got 'lj'; expected 'metal'"):
        Prior.of(prior, "metal", NUMBERS)
