# SPDX-License-Identifier: MIT
"""Stresses of frames of one state: their mean has the say of the target, single ones that of a single label."""

from argparse import ArgumentParser, Namespace

import numpy as np
import pytest
from anisoap_md import fit, write_frames
from anisoap_md.cli.main import main
from anisoap_md.cli.options import add_frame_arguments, typed_frames_from
from anisoap_md.data.dataset import Dataset, Labels, Scales, states_of
from anisoap_md.data.torques import without
from anisoap_md.training.linear.passes import accumulate
from anisoap_md.training.linear.solver import Accumulator
from anisoap_md.training.problem import MEANS, Problem
from ase import Atoms
from testing.helpers import assert_close, random_atoms

PAIRS = {"kind": "polynomial", "cutoff": 2.9, "width": 0.8, "powers": (2, 4), "degree": 2}
WIDTH = 4


def frames_of(n=24, seed=0) -> list[Atoms]:
    """Random forces and torques, stresses about a mean."""
    rng = np.random.default_rng(seed)
    out = []
    for k in range(n):
        atoms = random_atoms(k, 6, [5.0, 5.5, 6.0], numbers=(6,))
        for j, d in enumerate((1.2, 1.5, 2.0), start=1):
            atoms.arrays[f"c_diameter[{j}]"] = np.full(6, d)
        atoms.set_array("forces", rng.normal(size=(6, 3)))
        atoms.set_array("torques", rng.normal(size=(6, 3)))
        half = rng.normal(size=(3, 3))
        atoms.info["stress"] = 0.002 * (np.eye(3) + 5.0 * (half + half.T))
        out.append(atoms)
    return out


def fitted(frames, **options):
    return fit(frames, None, "none", two_body=PAIRS, walls="off", test=0, ridge=1e-10, **options)


def test_a_state_is_a_cell_a_composition_and_a_type():
    cells = [[5, 5, 5], [5, 5, 5 + 1e-9], [5, 5, 6], [5, 5, 5], [5, 5, 5], [-0.0, 5, 5], [0, 5, 5]]
    frames = [Atoms("C2", cell=cell) for cell in cells]
    frames[3].numbers = [6, 7]
    frames[4].info["phase"] = "solid"
    assert states_of(frames, "config_type") == [0, 0, -1, -1, 0, 1, 1]
    assert states_of(frames, "phase") == [0, 0, -1, -1, -1, 1, 1]


def test_states_stay_with_their_frames():
    labels = Labels(torques=np.ones((1, 3)), stress=np.ones(6))
    data = Dataset([Atoms("C")] * 3, [labels] * 3, ("torques", "stress"), states=[0, -1, 0])
    assert data.subset([2, 1]).states == [0, -1]
    assert data.minus([labels] * 3).states == [0, -1, 0]
    assert without(data, [np.ones((1, 3))] * 3).states == [0, -1, 0]


def test_means_have_the_say_of_the_target():
    frames = [Atoms("C10")] * 30

    def factors(states) -> dict[str, float]:
        data = Dataset(frames, [], ("forces", "stress"), states=states)
        weights = {"forces": 1.0, "stress": 2.0}
        return Problem(data, data, (6,), None, weights, Scales(forces=3.0, stress=0.5), 0, None).row_factors

    plain, found = factors(None), factors([0] * 30)
    assert MEANS not in plain and found["forces"] == plain["forces"]
    assert found["stress"] ** 2 + found[MEANS] ** 2 == pytest.approx(plain["stress"] ** 2)
    # one label of a stress as one of a force, each in units of its spread
    assert found["stress"] * 0.5 / 2.0 == pytest.approx(found["forces"] * 3.0)


@pytest.mark.parametrize("states", [None, [0] * 30])
def test_targets_of_weight_0_change_no_factor(states):
    def factors(**weights) -> dict[str, float]:
        data = Dataset([Atoms("C10")] * 30, [], tuple(weights), states=states)
        return Problem(data, data, (6,), None, weights, Scales(), 0, None).row_factors

    expected = factors(energy=1.0, forces=2.0)
    assert factors(energy=1.0, forces=2.0, torques=0.0, stress=0.0) == {
        **expected,
        "torques": 0.0,
        "stress": 0.0,
    }
    with_means = factors(energy=1.0, stress=2.0)
    assert factors(energy=1.0, torques=0.0, stress=2.0) == {**with_means, "torques": 0.0}


def test_rows_of_means():
    rng = np.random.default_rng(1)
    rows, labels = rng.normal(size=(7, 6, WIDTH)), rng.normal(size=(7, 6))
    states = [0, 0, -1, 1, 0, 1, -1]
    whole = np.concatenate([rows, labels[:, :, None]], axis=2)
    expected = [np.sqrt(3) * whole[[0, 1, 4]].mean(axis=0), np.sqrt(2) * whole[[3, 5]].mean(axis=0)]
    expected = np.concatenate([*expected, whole[2], whole[6]])
    folds = [Accumulator(["stress"], WIDTH) for _ in range(2)]
    for k, state in enumerate(states):
        folds[k % 2].add("stress", rows[k], labels[k], 1.0, state)
    factor, n = Accumulator.merged(folds).factor({"stress": 0.0, MEANS: 3.0})
    assert_close(factor.T @ factor, 9 * expected.T @ expected, 1e-12)
    assert n == 0
    both, n = Accumulator.merged(folds).factor({"stress": 2.0, MEANS: 3.0})
    squares = np.einsum("kia,kib->ab", whole, whole)
    assert_close(both.T @ both, 4 * squares + 9 * expected.T @ expected, 1e-12)
    assert n == 42


class System:
    """Rows that are made of the frames' cells."""

    def __init__(self, n_columns=1):
        self.n_columns = n_columns

    def rows_of(self, frames, targets):
        rows = [np.full((6, self.n_columns), 1 + a.cell[0, 0]) for a in frames]
        return ({"forces": row[:3], "stress": row} for row in rows)

    def right(self, atoms, labels, target):
        return np.ravel(getattr(labels, target))


def test_states_that_are_complete_are_let_go():
    """Of 200 states in random order: in one pass at most a row of each is held, with folds and learning curves the sums."""
    rng = np.random.default_rng(2)
    states = rng.permutation(np.repeat(np.arange(200), 3)).tolist()
    frames = [Atoms("C", cell=[1 + k % 7, 1, 1]) for k in range(600)]
    labels = [Labels(forces=rng.normal(size=(1, 3)), stress=rng.normal(size=6)) for _ in frames]
    data = Dataset(frames, labels, ("forces", "stress"), states=states)
    own = accumulate(System(300), data)[0]
    held = accumulate(System(300), data, after=lambda n, folds: None)[0]
    factors = {"forces": 2.0, "stress": 1.0, MEANS: 3.0}
    (a, n), (b, m) = own.factor(factors), held.factor(factors)
    assert n == m and own.squared_factors(factors) == held.squared_factors(factors)
    assert_close(a.T @ a, b.T @ b, 1e-12)
    own.factor(factors)  # nothing waits
    assert own.nbytes < 3.1 * 301**2 * 8
    assert held.nbytes > own.nbytes + 0.8 * 200 * 6 * 301 * 8 - 301**2 * 8


def test_only_stresses_have_means():
    one = Labels(forces=np.ones((1, 3)), stress=np.ones(6))
    data = Dataset([Atoms("C")] * 2, [one] * 2, ("forces", "stress"), states=[0, 0])
    found = accumulate(System(), data)[0]
    factor, _ = found.factor({"forces": 0.0, "stress": 0.0, MEANS: 1.0})
    assert (factor**2).sum() == pytest.approx(2 * 6 * 2)  # two columns of 6 rows, sqrt(2) each


def test_noise_of_single_stresses_does_not_move_the_forces():
    """With a type of its own each frame is a state: single stresses then have the say, as where cells differ."""
    frames, others = frames_of(), frames_of()
    for k, atoms in enumerate(others):
        atoms.info["config_type"] = str(k)
    weights = {"stress": 5.0}
    forces = fitted(frames, targets=("forces", "torques"))
    means, single = fitted(frames, weights=weights), fitted(others, weights=weights)

    def lost(found) -> float:
        ratios = [
            found.errors["train"][t].rmse / forces.errors["train"][t].rmse for t in ("forces", "torques")
        ]
        return sum(ratio**2 - 1 for ratio in ratios)

    def missed(found) -> float:
        return abs(found.pressures["train"].model - found.pressures["train"].labels)

    assert 0 < lost(means) < 0.5 * lost(single)
    assert missed(means) < 0.6 * missed(single)


def test_files_name_the_types_of_their_frames(tmp_path, capsys):
    frames = frames_of(8)
    for atoms in frames[:2]:
        atoms.info["config_type"] = "gas"
    paths = [tmp_path / "cold.extxyz", tmp_path / "hot.extxyz"]
    write_frames(paths[0], frames[:4])
    write_frames(paths[1], frames[4:])
    words = [
        "--kind",
        "none",
        "--two-body",
        "kind=polynomial",
        "cutoff=2.9",
        "width=0.8",
        "degree=2",
        "--quiet",
    ]
    words += ["--walls", "off", "--test", "0", "-o", str(tmp_path / "m.json"), "--config-weights"]

    def trained(files, *weights) -> int:
        return main(["train", *map(str, files), *words, *weights])

    assert trained(paths, "cold=2", "hot=1", "gas=1") == 0
    capsys.readouterr()
    assert trained(paths[:1], "cold=2") != 0
    assert "'cold', which no frame has as config_type" in capsys.readouterr().err


def test_frames_of_several_files_have_types(tmp_path):
    """Of one file they have those of their own alone."""
    frames = frames_of(4)
    frames[1].info["config_type"] = "gas"
    paths = [str(tmp_path / name) for name in ("cold.extxyz", "hot.extxyz")]
    write_frames(paths[0], frames[:2])
    write_frames(paths[1], frames[2:])
    parser = ArgumentParser()
    add_frame_arguments(parser)

    def types_of(*files: str) -> list[str | None]:
        args = Namespace(**vars(parser.parse_args([])), input=files, config_key="config_type")
        return [atoms.info.get("config_type") for atoms in typed_frames_from(args)]

    assert types_of(paths[0]) == [None, "gas"]
    assert types_of(*paths) == ["cold", "gas", "hot", "hot"]
