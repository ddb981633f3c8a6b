# SPDX-License-Identifier: MIT
"""Labels that fit the body, what targets have to say, one noise for each of them, and splits by blocks of time."""

import json

import numpy as np
import pytest
from anisoap_md import ArgumentError, fit
from anisoap_md.data.dataset import split
from anisoap_md.training.linear.evidence import evidence_of
from anisoap_md.training.linear.options import PolynomialOptions
from anisoap_md.training.linear.solver import Accumulator, Solver
from anisoap_md.training.options import LabelOptions
from anisoap_md.training.problem import MEANS
from anisoap_md.training.report import curve_lines
from anisoap_md.training.setup import read_frames
from ase import Atoms
from testing.helpers import assert_close, random_atoms, rotations_of
from testing.training.labelled import small_descriptor

CELL = [5.0, 5.5, 6.0]
PAIRS = {"kind": "polynomial", "cutoff": 2.9, "width": 0.8, "powers": (2, 4), "degree": 2}


def uniaxial_frames(n=12, sizes=(1.2, 1.2, 2.0), seed=0) -> list[Atoms]:
    """C of these diameters, with random forces and torques across the third body axis."""
    rng = np.random.default_rng(seed)
    out = []
    for k in range(n):
        atoms = random_atoms(10 * seed + k, 6, CELL, numbers=(6,))
        for j, d in enumerate(sizes, start=1):
            atoms.arrays[f"c_diameter[{j}]"] = np.full(6, d)
        axes = rotations_of(atoms.arrays["c_q"]).as_matrix()[:, :, 2]
        torques = rng.normal(size=(6, 3))
        torques -= np.einsum("ki,ki->k", torques, axes)[:, None] * axes
        atoms.set_array("forces", rng.normal(size=(6, 3)))
        atoms.set_array("torques", torques)
        out.append(atoms)
    return out


def spun(frames, size=2.0, seed=5) -> tuple[list[Atoms], float]:
    """The same with torques about the third axis, and the share of the squared torques that these are."""
    rng = np.random.default_rng(seed)
    out, about, whole = [], 0.0, 0.0
    for atoms in frames:
        changed = atoms.copy()
        axes = rotations_of(atoms.arrays["c_q"]).as_matrix()[:, :, 2]
        added = size * rng.normal(size=len(atoms))[:, None] * axes
        changed.arrays["torques"] = atoms.arrays["torques"] + added
        about += (added**2).sum()
        whole += (changed.arrays["torques"] ** 2).sum()
        out.append(changed)
    return out, about / whole


def fitted(frames, kind="none", descriptor=None, **options):
    return fit(frames, descriptor, kind, two_body=PAIRS, walls="off", test=0.25, **options)


def with_stresses(frames, seed=9) -> list[Atoms]:
    rng = np.random.default_rng(seed)
    for atoms in frames:
        half = rng.normal(size=(3, 3))
        atoms.info["stress"] = half + half.T
    return frames


class TestPressure:
    def test_is_that_of_the_virials(self):
        """Minus a third of the trace of ASE's stress, in LAMMPS's unit: 1 kcal/mol/A^3 is 68568 atm, 1 eV/A^3 1.602e6 bar."""
        frames = with_stresses(uniaxial_frames())
        train, test = split(12, 0.25, 0)
        for units, unit in (("real", 68568.415), ("metal", 1.6021765e6), ("lj", 1.0)):
            found = fitted(frames, units=units)
            for name, chosen in (("train", train), ("test", test)):
                each = np.array([-np.trace(frames[k].info["stress"]) / 3 * unit for k in chosen])
                one = found.pressures[name]
                assert one.labels == pytest.approx(each.mean(), rel=1e-9)
                assert one.error == pytest.approx(each.std(ddof=1) / np.sqrt(len(each)), rel=1e-9)
                assert one.n == len(chosen)
                stresses = [found.model.predict([frames[k]]).virial[0] for k in chosen]
                model = [np.trace(w) / 3 * unit / frames[0].get_volume() for w in stresses]
                assert one.model == pytest.approx(np.mean(model), rel=1e-9)
                assert found.training["pressures"][name]["labels"] == one.labels
        assert f"train pressure labels {found.pressures['train'].labels:.4g} +- " in found.table()

    def test_of_one_frame_has_no_error(self):
        found = fitted(with_stresses(uniaxial_frames(2)), units="real")
        assert (
            np.isnan(found.pressures["test"].error) and found.training["pressures"]["test"]["error"] is None
        )
        assert "test  pressure labels" in found.table() and "nan" not in found.table()

    def test_is_told_of_stresses_alone(self):
        assert fitted(uniaxial_frames()).pressures == {}


class TestTorquesAboutTheAxis:
    def test_change_no_weight_and_no_error(self):
        frames = uniaxial_frames()
        more, _ = spun(frames)
        plain, noisy = fitted(frames), fitted(more)
        assert plain.unreached is None and plain.training["unreached_torques"] is None
        a, b = (r.model.core.two_body.pairs[0].polynomial.weights for r in (plain, noisy))
        assert_close(b, a, 1e-9)
        for name in ("train", "test"):
            assert noisy.errors[name]["torques"].rmse == pytest.approx(
                plain.errors[name]["torques"].rmse, rel=1e-9
            )
        assert noisy.training["scales"]["torques"] == pytest.approx(
            plain.training["scales"]["torques"], rel=1e-12
        )

    def test_are_told_with_the_raw_errors(self, tmp_path):
        more, _ = spun(uniaxial_frames())
        train, _ = split(12, 0.25, 0)
        found = fitted(more)
        labels = np.concatenate([more[k].arrays["torques"] for k in train])
        axes = np.concatenate([rotations_of(more[k].arrays["c_q"]).as_matrix()[:, :, 2] for k in train])
        share = (np.einsum("ki,ki->k", labels, axes) ** 2).sum() / (labels**2).sum()
        assert found.unreached.share == pytest.approx(share, rel=1e-12)
        raw, reached = found.unreached.raw["train"], found.errors["train"]["torques"]
        # what is left out is orthogonal to all that a model gives
        expected = reached.rmse**2 + share * (labels**2).mean()
        assert raw.rmse**2 == pytest.approx(expected, rel=1e-9)
        assert f"{100 * share:.3g} % of the squared torques" in found.table()
        found.save(tmp_path / "m.json")
        training = json.loads((tmp_path / "m.json").read_text())["training"]
        training = json.loads(training) if isinstance(training, str) else training
        assert training["unreached_torques"]["raw"]["train"]["rmse"] == raw.rmse

    def test_belong_to_biaxial_bodies(self):
        more, _ = spun(uniaxial_frames(sizes=(1.2, 1.5, 2.0)))
        assert fitted(more).unreached is None

    def test_belong_to_bodies_that_the_user_calls_biaxial(self):
        more, _ = spun(uniaxial_frames())
        found = fit(more, None, "none", two_body={**PAIRS, "bodies": {"C": "biaxial"}}, walls="off", test=0)
        assert found.unreached is None

    def test_are_those_of_the_many_body_term_too(self):
        more, _ = spun(uniaxial_frames())
        descriptor = small_descriptor(species=["C"])
        assert fit(more, descriptor, "linear", test=0).unreached.share > 0.3
        biaxial, _ = spun(uniaxial_frames(sizes=(1.2, 1.5, 2.0)))
        called = fit(
            biaxial, descriptor, "linear", two_body={**PAIRS, "bodies": {"C": "z"}}, walls="off", test=0
        )
        assert called.unreached is None  # the density has three axes
        alone = fit(biaxial, None, "none", two_body={**PAIRS, "bodies": {"C": "z"}}, walls="off", test=0)
        assert alone.unreached is None  # and so have contact distances
        other = fit(more, descriptor, "linear", two_body={**PAIRS, "bodies": {"C": "x"}}, walls="off", test=0)
        assert other.unreached is None  # two axes leave no turn that changes nothing

    def test_of_spheres_stay_errors(self):
        found = fitted(uniaxial_frames(sizes=(1.5, 1.5, 1.5)))
        assert found.unreached is None and found.errors["train"]["torques"].r2 == pytest.approx(0, abs=0.05)


def test_a_target_of_few_labels_has_an_equal_say():
    """Two targets that contradict each other: the compromise does not depend on how many labels either has."""
    from anisoap_md.data.dataset import Dataset, Scales
    from anisoap_md.training.problem import Problem

    def compromise(n_frames: int, n: int, weights) -> float:
        frames = [Atoms("C" * n)] * n_frames
        data = Dataset(frames, [], ("energy", "forces"))
        problem = Problem(data, data, (6,), None, weights, Scales(energy=2.0, forces=0.5), 0, None)
        factors = problem.row_factors
        sums = {
            "energy": n_frames * factors["energy"] ** 2 * 4.0,
            "forces": 3 * n * n_frames * factors["forces"] ** 2 * 0.25,
        }
        return sums["energy"] / sums["forces"]  # of errors as large as the spreads

    for n_frames, n in ((3, 1), (10, 200)):
        assert compromise(n_frames, n, {"energy": 1.0, "forces": 1.0}) == pytest.approx(1.0)
        assert compromise(n_frames, n, {"energy": 3.0, "forces": 1.0}) == pytest.approx(9.0)


class Plain:
    def __init__(self, n: int) -> None:
        self.n_columns = n

    def whitening(self) -> np.ndarray:
        return np.eye(self.n_columns)


def two_targets(n_weights=40, noise=(0.5, 5.0), counts=(1200, 120), seed=3, state=None):
    """Rows of forces and of stresses of the same weights, which are drawn from a prior of variance 1."""
    rng = np.random.default_rng(seed)
    w = rng.normal(size=n_weights)
    out = Accumulator(["forces", "stress"], n_weights + 1)
    scale = np.logspace(0, -1.5, n_weights)
    for target, n, s in (("forces", counts[0], noise[0]), ("stress", counts[1], noise[1])):
        x = rng.normal(size=(n, n_weights)) * scale
        out.add(
            target,
            np.column_stack([np.zeros(n), x]),
            x @ w + s * rng.normal(size=n),
            1.0,
            state if target == "stress" else None,
        )
    return out, Solver([Plain(n_weights)], False), w


def test_each_target_has_its_noise():
    rows, solver, _ = two_targets()
    found = evidence_of(solver, rows, {"forces": 1.0, "stress": 1.0})
    assert found.noise["forces"] == pytest.approx(0.5, rel=0.1)
    assert found.noise["stress"] == pytest.approx(5.0, rel=0.2)


def test_weights_that_labels_determine_take_no_noise_away():
    """Of 60 labels with 40 weights the fit takes half of the noise in; errors alone would say 0.06 on average."""
    found = []
    for seed in range(6):
        rows, solver, _ = two_targets(noise=(0.1, 10.0), counts=(60, 600), seed=seed)
        found.append(evidence_of(solver, rows, {"forces": 1.0, "stress": 1.0}).noise["forces"])
    assert np.mean(found) == pytest.approx(0.1, rel=0.15)


def test_one_target_has_the_evidence_of_one_noise():
    rows, solver, _ = two_targets()
    alone = evidence_of(solver, rows, {"forces": 2.0, "stress": 0.0})
    factor, n = rows.factor({"forces": 2.0})
    assert alone.ridge == pytest.approx(solver.solve(factor, n, "evidence").ridge, rel=1e-3)


@pytest.mark.parametrize("weight", [1.0, 10.0, 100.0])
def test_the_prior_does_not_follow_the_weights(weight):
    """Prior variance = mean weighted noise / ridge, whatever the weights."""
    rows, solver, w = two_targets()
    factors = {"forces": 1.0, "stress": weight}
    found = evidence_of(solver, rows, factors)
    factor, n = rows.factor(factors)
    largest = solver.decomposition(factor, n).largest
    counts = {"forces": 1200, "stress": 120}
    noise = sum(counts[t] * (factors[t] * found.noise[t]) ** 2 for t in counts) / 1320
    assert noise / (found.ridge * largest**2) == pytest.approx(np.mean(w**2), rel=0.5)


def test_blocks_of_time_are_held_out():
    train, held = split(200, 0.1, 0, blocks=True)
    assert sorted(train + held) == list(range(200)) and len(held) == 20
    runs = np.split(held, np.flatnonzero(np.diff(held) > 1) + 1)
    assert {len(run) for run in runs} <= {10, 20} and {run[0] % 10 for run in runs} == {0}
    assert split(200, 0.1, 1, blocks=True)[1] != held
    assert [len(part) for part in split(3, 0.4, 0, blocks=True)] == [2, 1]


def test_folds_are_blocks_of_time():
    frames = uniaxial_frames(23)
    for k, atoms in enumerate(frames):
        atoms.info["time"] = k
    data, _, _ = read_frames(frames, 0.0, small_descriptor(species=["C"]), LabelOptions(split="blocks"), 5)
    times = np.array([a.info["time"] for a in data.frames])
    assert sorted(times) == list(range(23))
    starts = 0
    for fold in range(5):
        mine = np.sort(times[fold::5])
        assert mine.tolist() == list(range(starts, starts + len(mine)))
        starts += len(mine)
    assert (np.diff(times[::5]) != 1).any()  # in random order within a block


def test_a_split_of_another_name_is_refused():
    with pytest.raises(ArgumentError, match="split, got 'block'"):
        fitted(uniaxial_frames(), split="block")


def test_options_of_pairs_stand_for_bodies():
    """The same as a mapping and as PolynomialOptions."""
    more, _ = spun(uniaxial_frames())
    pairs = PolynomialOptions(**{k: v for k, v in PAIRS.items() if k != "kind"})
    assert fit(more, None, "none", two_body=pairs, walls="off", test=0).unreached.share > 0.3


def test_documents_hold_the_diameters_of_a_species():
    plain = uniaxial_frames()
    found = fitted(plain)
    assert found.training["diameters"] == {"C": pytest.approx([1.2, 1.2, 2.0])}
    assert found.model.diameters["C"] == pytest.approx([1.2, 1.2, 2.0])
    plain[3].arrays["c_diameter[3]"][2] = 2.1
    several = fitted(plain, seed=1)
    assert several.training["diameters"] == {"C": None} and several.model.diameters == {}


def test_learning_curves_have_standard_errors_over_blocks_of_time():
    """The last point is that of the model: its errors of each fifth of the test frames."""
    frames, held = uniaxial_frames(8), uniaxial_frames(11, seed=7)
    found = fit(frames, None, "none", two_body=PAIRS, walls="off", test=held, learning_curve=True)
    points = found.learning_curve
    predicted = [found.model.predict(atoms).forces for atoms in held]
    squares = [(p - a.arrays["forces"]) ** 2 for p, a in zip(predicted, held, strict=True)]
    blocks = [squares[:3], squares[3:5], squares[5:7], squares[7:9], squares[9:]]
    errors = [np.sqrt(np.concatenate(block).mean()) for block in blocks]
    assert points[-1]["standard_error"]["forces"] == pytest.approx(
        np.std(errors, ddof=1) / np.sqrt(5), rel=1e-6
    )
    assert points[-1]["rmse"]["forces"] == pytest.approx(np.sqrt(np.concatenate(squares).mean()), rel=1e-9)
    assert "+-" in curve_lines(found)[0]
    alone = fit(frames, None, "none", two_body=PAIRS, walls="off", test=held[:1], learning_curve=True)
    assert "standard_error" not in alone.learning_curve[0] and "+-" not in curve_lines(alone)[0]


def test_frames_that_are_states_of_their_own_have_the_ridge_of_frames_without_states():
    """Rows are the same: of each stress a part as a single one, the rest as the mean over its state."""
    rows, solver, _ = two_targets()
    alone, _, _ = two_targets(state=-1)
    plain = evidence_of(solver, rows, {"forces": 1.0, "stress": 5.0})
    split = evidence_of(solver, alone, {"forces": 1.0, "stress": 3.0, MEANS: 4.0})
    assert split.ridge == pytest.approx(plain.ridge, rel=1e-6)
    assert alone.squared_factors({"forces": 1.0, "stress": 3.0, MEANS: 4.0}) == {
        "forces": 1200,
        "stress": 3000,
    }
