# SPDX-License-Identifier: MIT
"""References, orientations, sizes and how rigid bodies are."""

import numpy as np
import pytest
from anisoap_md import ArgumentError, coarse_grain
from anisoap_md.coarse.orientation import Reference
from anisoap_md.coarse.sizes import shape_of_moments
from ase.build import molecule
from ase.io import write
from testing.helpers import rotations_of
from testing.liquids import LEFT, liquid

BENZENE = molecule("C6H6")


def shaken(atoms, amplitude, seed=0):
    out = atoms.copy()
    out.positions += np.random.default_rng(seed).normal(size=(len(atoms), 3)) * amplitude
    return out


def error(source, **options) -> str:
    with pytest.raises(ArgumentError) as caught:
        list(coarse_grain(source, **options))
    return str(caught.value)


def test_moments_and_axes_of_benzene():
    coarse = coarse_grain(liquid())
    (body,) = coarse.bodies
    x, m = BENZENE.positions, BENZENE.get_masses()
    r = x - m @ x / m.sum()
    expected = np.sort(
        np.linalg.eigvalsh(sum(k * (a @ a * np.eye(3) - np.outer(a, a)) for k, a in zip(m, r, strict=True)))
    )
    np.testing.assert_allclose(body.reference.moments, expected, rtol=1e-6)
    assert body.reference.equal == (0, 1)
    assert np.abs(body.reference.positions[:, 2]).max() < 1e-12  # z is the normal
    assert (
        abs(body.reference.positions[0, 1]) < 1e-12 and body.reference.positions[0, 0] > 0
    )  # x through the first atom


@pytest.mark.parametrize("given", ["atoms", "array", "file", "mapping"])
def test_a_given_reference_is_found_again(given, tmp_path):
    write(tmp_path / "one.xyz", BENZENE)
    references = {
        "atoms": BENZENE,
        "array": BENZENE.positions,
        "file": str(tmp_path / "one.xyz"),
        "mapping": {"C6H6": BENZENE},
    }
    coarse = coarse_grain(liquid(), reference=references[given])
    assert len(list(coarse)) == 1
    assert coarse.rigidity["C"].rms < 1e-7  # files round


def test_a_reference_that_does_not_match_is_refused():
    assert "positions of shape (3, 3)" in error(liquid(), reference=molecule("H2O"))
    assert "(12, 3)" in error(liquid(), reference=molecule("H2O"))
    swapped = BENZENE[[6, *range(6), *range(7, 12)]]
    assert "H as atom 0" in error(liquid(), reference=swapped)
    scrambled = BENZENE.positions[[3, 1, 5, 0, 2, 4, 8, 10, 6, 11, 9, 7]]
    assert "the same molecule" in error(liquid(), reference=scrambled)
    assert "did you mean 'first'" in error(liquid(), reference="frist")


def test_the_mean_reference_is_nearer_than_the_first():
    frames = [shaken(liquid(seed=k), 0.03, k) for k in range(6)]
    deviations = {}
    for reference in ("first", "average"):
        coarse = coarse_grain(frames, reference=reference)
        assert len(list(coarse)) == 6
        deviations[reference] = coarse.rigidity["C"].rms
    # deviations from a sample are sqrt(2) times those from the mean
    assert 1.2 < deviations["first"] / deviations["average"] < 1.6
    assert "read once" in error(iter(frames), reference="average")


def test_frames_that_are_read_once():
    frames = [liquid(seed=k) for k in range(3)]
    coarse = coarse_grain(iter(frames))
    once = list(coarse)
    with pytest.raises(ArgumentError, match="an iterator that was read before"):
        list(coarse)
    twice = list(coarse_grain(frames))
    for a, b in zip(once, twice, strict=True):
        np.testing.assert_array_equal(a.arrays["c_q"], b.arrays["c_q"])


def test_bodies_that_bend_give_a_warning():
    coarse = coarse_grain([liquid(), shaken(liquid(), 0.2)])
    with pytest.warns(UserWarning, match=r"bodies C \(C6H6\), got RMSD to the reference"):
        frames = list(coarse)
    assert len(frames) == 2 and coarse.rigidity["C"].is_poor


def test_rms_deviation_is_weighted_by_mass():
    """One molecule whose first hydrogen is moved along its bond by 0.4 A, against the turned and shifted reference."""
    from scipy.optimize import minimize
    from scipy.spatial.transform import Rotation

    moved = BENZENE.copy()
    k = int(np.flatnonzero(moved.numbers == 1)[0])
    moved.positions[k] *= 1 + 0.4 / np.linalg.norm(moved.positions[k])
    coarse = coarse_grain(liquid([moved]), reference=BENZENE)
    assert len(list(coarse)) == 1
    m = BENZENE.get_masses()

    def deviation(v):
        x = Rotation.from_rotvec(v[:3]).apply(BENZENE.positions) + v[3:]
        return np.sqrt((m * ((x - moved.positions) ** 2).sum(axis=1)).sum() / m.sum())

    best = minimize(deviation, np.full(6, 0.01), method="BFGS").fun
    assert coarse.rigidity["C"].rms == pytest.approx(best, rel=1e-5)


def test_principal_axes_follow_a_bent_body_and_need_unlike_moments():
    atoms = shaken(liquid([molecule("CH3CH2OH")] * 3), 0.05)
    coarse = coarse_grain(atoms, orientation="principal", diameters=[3, 4, 5])
    (frame,) = coarse
    order = np.argsort(coarse.bodies[0].reference.moments)
    assert order[0] == 2  # a rod along z
    for k in range(3):
        one = atoms[atoms.arrays["mol"] == k + 1]
        one.set_positions(one.get_distances(0, range(len(one)), mic=True, vector=True))
        m, x = one.get_masses(), one.positions - one.get_center_of_mass()
        tensor = sum(a * (r @ r * np.eye(3) - np.outer(r, r)) for a, r in zip(m, x, strict=True))
        axes = rotations_of(frame.arrays["c_q"])[k].as_matrix()
        own = axes.T @ tensor @ axes
        assert np.abs(own - np.diag(np.diag(own))).max() < 1e-10 * np.trace(tensor)
        assert (np.argsort(np.diag(own)) == order).all()
    assert "of which some agree" in error(liquid(), orientation="principal")
    assert "did you mean 'principal'" in error(liquid(), orientation="principle")


def test_diameters_of_van_der_waals_spheres():
    coarse = coarse_grain(liquid())
    c, h = (np.linalg.norm(BENZENE.positions[BENZENE.numbers == z][0]) for z in (6, 1))
    narrow = 2 * max(h * np.cos(np.pi / 6) + 1.2, c * np.cos(np.pi / 6) + 1.7)  # atoms at 30 degrees from y
    wide = 2 * max(h + 1.2, c + 1.7)  # an atom on x
    expected = [(wide + narrow) / 2] * 2 + [3.4]
    np.testing.assert_allclose(coarse.bodies[0].diameters, expected, rtol=1e-3)


def test_diameters_of_gyration_and_inertia():
    """A solid ellipsoid has <x^2> = d^2 / 20, and moments m (d_y^2 + d_z^2) / 20."""
    atoms = liquid([LEFT] * 2)
    x = LEFT.positions - LEFT.get_center_of_mass()
    m = LEFT.get_masses()
    for way, weights in (("gyration", np.ones(5)), ("inertia", m)):
        coarse = coarse_grain(atoms, diameters=way)
        body = coarse.bodies[0]
        centred = x - weights @ x / weights.sum()
        second = weights @ (centred**2).sum(axis=1) / weights.sum()
        assert (body.diameters**2).sum() / 20 == pytest.approx(second, rel=1e-6)
    d = body.diameters**2
    np.testing.assert_allclose(m.sum() / 20 * (d.sum() - d), body.reference.moments, rtol=1e-6)
    np.testing.assert_allclose(shape_of_moments(body.reference), body.diameters, rtol=1e-12)


def test_the_shape_of_a_planar_body_has_nearly_its_moments():
    m = BENZENE.get_masses()
    reference = Reference.of(BENZENE.positions, m)
    d = shape_of_moments(reference) ** 2
    np.testing.assert_allclose(m.sum() / 20 * (d.sum() - d), reference.moments, rtol=0.011)


@pytest.mark.parametrize(
    "diameters, text",
    [
        ("inertia", "flat, linear or single body"),
        ("vdv", "did you mean 'vdw'"),
        ([1, 2], "three finite lengths"),
        ([1, 2, 0], "three finite lengths"),
        ({"N": [1, 1, 1]}, "none for the body 'C6H6'"),
    ],
)
def test_diameters_that_are_none_are_refused(diameters, text):
    assert text in error(liquid(), diameters=diameters)


def test_diameters_of_the_caller():
    for given in ([6.4, 6.4, 3.4], {"C": [6.4, 6.4, 3.4]}, {"C6H6": [6.4, 6.4, 3.4]}):
        (frame,) = coarse_grain(liquid(), diameters=given)
        assert frame.arrays["c_diameter"].tolist() == [[6.4, 6.4, 3.4]] * 4
