# SPDX-License-Identifier: MIT
"""Files and objects that hold atoms: dumps with a topology, data files, extended XYZ, MDAnalysis; groups of samples."""

import numpy as np
import pytest
from anisoap_md import ArgumentError, coarse_grain, read_frames, write_frames
from ase.geometry import find_mic
from testing.helpers import run_lammps
from testing.liquids import liquid, write_data, write_dump

NAMES = {"1": "H", "2": "C"}


@pytest.fixture
def frames():
    return [liquid(seed=k) for k in range(3)]


def assert_same(found, expected, bound=1e-12):
    found, expected = list(found), list(expected)
    assert len(found) == len(expected) > 0
    for a, b in zip(found, expected, strict=True):
        assert find_mic(a.positions - b.positions, b.cell, b.pbc)[1].max() < 10 * bound
        for name in ("forces", "torques"):
            if name in b.arrays:
                scale = np.abs(b.arrays[name]).max()
                assert np.abs(a.arrays[name] - b.arrays[name]).max() < bound * scale
        assert (a.numbers == b.numbers).all()
        assert np.abs(a.get_masses() - b.get_masses()).max() < 1e-3


def error(source, **options) -> str:
    with pytest.raises(ArgumentError) as caught:
        list(coarse_grain(source, **options))
    return str(caught.value)


@pytest.mark.parametrize("by", ["type_names", "topology", "masses"])
def test_a_dump_with_types(frames, tmp_path, by):
    write_dump(tmp_path / "run.dump", frames)
    write_data(tmp_path / "run.data", frames[0])
    options = {
        "type_names": {"type_names": NAMES},
        "topology": {"topology": tmp_path / "run.data"},
        "masses": {"masses": {1: 1.008, "2": 12.011}},
    }
    assert_same(coarse_grain(tmp_path / "run.dump", **options[by]), coarse_grain(frames))


def test_yaml_and_binary_dumps(frames, tmp_path):
    write_data(tmp_path / "run.data", frames[0])
    script = "units real\natom_style full\nbox tilt large\nread_data run.data\n"
    script += "pair_style lj/cut 5\npair_coeff * * 0.01 1\nrun 0\n"
    dumps = {"run.dump": "custom", "run.yaml": "yaml", "run.bin": "custom"}
    for name, style in dumps.items():
        digits = " modify format float %.17g" if name != "run.bin" else ""
        script += f"write_dump all {style} {name} id mol type x y z fx fy fz{digits}\n"
    run_lammps(tmp_path, script)
    expected = list(coarse_grain(tmp_path / "run.dump", type_names=NAMES))
    for name in dumps:
        assert_same(coarse_grain(tmp_path / name, type_names=NAMES), expected)
        assert "masses, got atoms of type" in error(tmp_path / name)


def test_a_dump_with_types_alone_is_refused(frames, tmp_path):
    write_dump(tmp_path / "run.dump", frames)
    text = error(tmp_path / "run.dump")
    assert "masses, got atoms of type" in text and "type_names={'1': 'C', ...}" in text


def test_a_topology_of_other_atoms_is_refused(frames, tmp_path):
    write_dump(tmp_path / "run.dump", frames)
    write_data(tmp_path / "few.data", frames[0][:36])
    assert "topology, got 36 atoms for frames of 48" in error(
        tmp_path / "run.dump", topology=tmp_path / "few.data"
    )
    other = frames[0].copy()
    other.numbers[[0, 11]] = other.numbers[[11, 0]]
    write_data(tmp_path / "other.data", other)
    assert "of atom 0, which is of type 2" in error(tmp_path / "run.dump", topology=tmp_path / "other.data")
    assert "a LAMMPS data file with molecules" in error(frames, topology=tmp_path / "run.dump")


def test_a_data_file_is_a_frame(frames, tmp_path):
    write_data(tmp_path / "run.data", frames[0])
    bare = frames[0].copy()
    del bare.arrays["forces"]
    assert_same(coarse_grain(tmp_path / "run.data"), coarse_grain(bare))
    assert_same(coarse_grain(tmp_path / "run.data", type_names=NAMES), coarse_grain(bare))


@pytest.mark.parametrize("damage, text", [("# full", "no style behind the name"), (" 0.0 ", "damaged lines")])
def test_damaged_data_files_are_refused(frames, tmp_path, damage, text):
    path = tmp_path / "run.data"
    write_data(path, frames[0])
    path.write_text(path.read_text().replace(damage, "" if "#" in damage else " 0.0 x "))
    assert text in error(path)


def test_masses_make_elements_but_not_of_united_atoms(frames, tmp_path):
    """CH3 has no van der Waals radius: its mass is that of no element."""
    for atoms in frames:
        atoms.set_masses(np.where(atoms.numbers == 6, 15.035, 1.008))
    write_dump(tmp_path / "run.dump", frames)
    write_data(tmp_path / "run.data", frames[0])
    assert "no van der Waals radius" in error(
        tmp_path / "run.dump", topology=tmp_path / "run.data", species={"6*H 6*type2": "C"}
    )
    assert (
        len(list(coarse_grain(tmp_path / "run.dump", topology=tmp_path / "run.data", diameters=[6, 6, 3])))
        == 3
    )


def test_extended_xyz_and_slices(frames, tmp_path):
    write_frames(tmp_path / "run.extxyz", frames)
    assert_same(coarse_grain(tmp_path / "run.extxyz", index="1:"), coarse_grain(frames[1:]))


def test_frames_survive_a_file(frames, tmp_path):
    write_frames(tmp_path / "bodies.extxyz", coarse_grain(frames))
    read = read_frames(tmp_path / "bodies.extxyz")
    for a, b in zip(read, coarse_grain(frames), strict=True):
        np.testing.assert_array_equal(a.get_forces(), b.arrays["forces"])
        for name in ("torques", "c_q", "c_diameter", "masses", "mol"):
            np.testing.assert_array_equal(a.arrays[name], b.arrays[name])


def test_units_stand_in_the_frames(frames, tmp_path):
    write_dump(tmp_path / "run.dump", frames)
    assert {a.info["units"] for a in coarse_grain(tmp_path / "run.dump", type_names=NAMES, units="real")} == {
        "real"
    }
    assert {a.info["units"] for a in coarse_grain(frames)} == {"metal"}
    assert "units, got 'reel'" in error(frames, units="reel")
    assert "units, got None with stress_column" in error(
        tmp_path / "run.dump", type_names=NAMES, stress_column="c_s"
    )


def test_mdanalysis(frames):
    mda = pytest.importorskip("MDAnalysis", reason="MDAnalysis is optional")
    n = len(frames[0])
    universe = mda.Universe.empty(
        n,
        n_residues=4,
        atom_resindex=frames[0].arrays["mol"] - 1,
        trajectory=True,
        forces=True,
        velocities=True,
    )
    universe.add_TopologyAttr("elements", frames[0].get_chemical_symbols())
    universe.add_TopologyAttr("masses", frames[0].get_masses())
    universe.load_new(
        np.array([a.positions for a in frames]),
        forces=np.array([a.arrays["forces"] for a in frames]) * 4.184,
        dimensions=np.array([a.cell.cellpar() for a in frames]),
    )
    assert_same(coarse_grain(universe), coarse_grain(frames), 1e-5)
    half = universe.select_atoms("resindex 0 2")
    assert [len(a) for a in coarse_grain(half)] == [2, 2, 2]
    assert next(iter(coarse_grain(universe))).info["units"] == "real"


class TestGroups:
    """Labels averaged over samples of one configuration."""

    @pytest.fixture
    def samples(self):
        """Two configurations, three samples each, whose forces differ."""
        out = []
        for k in range(6):
            atoms = liquid(seed=k // 3)
            atoms.arrays["forces"] = np.random.default_rng(k).normal(size=(48, 3))
            atoms.info["configuration"] = k // 3
            out.append(atoms)
        return out

    @pytest.mark.parametrize("groups", [3, [0, 0, 0, 4, 4, 4], "configuration"])
    def test_means_and_errors(self, samples, groups):
        single = list(coarse_grain(samples))
        means = list(coarse_grain(samples, groups=groups))
        assert len(means) == 2
        for g, mean in enumerate(means):
            for name in ("forces", "torques"):
                values = np.array([a.arrays[name] for a in single[3 * g : 3 * g + 3]])
                np.testing.assert_allclose(mean.arrays[name], values.mean(axis=0), rtol=1e-12, atol=1e-12)
                expected = values.std(axis=0, ddof=1) / np.sqrt(3)
                np.testing.assert_allclose(mean.arrays[f"{name}_error"], expected, rtol=1e-9)
            assert mean.info["n_samples"] == 3

    def test_turns_about_the_axis_of_a_uniaxial_body_are_none(self, samples):
        for k, atoms in enumerate(samples[:3]):
            x = atoms.positions[:12]
            order = np.roll(np.arange(6), k)
            atoms.positions[:12] = x[np.concatenate([order, order + 6])]
        assert len(list(coarse_grain(samples[:3], groups=3))) == 1
        assert "body 0 turned" in error(samples[:3], groups=3, diameters=[6, 7, 3])

    def test_a_group_that_is_not_full_is_refused(self, samples):
        assert "groups, got 2 for 3 frames" in error(samples[:3], groups=2)

    @pytest.mark.parametrize(
        "groups, text",
        [
            (4, "body 0 turned"),
            (0, "frames a group >= 1"),
            (6, "body 0 turned"),
            ([0, 0, 1], "3 entries for 6 frames"),
            ([0, 0, 1, 0, 1, 1], "group 0 in two places"),
            ("step", "of which frame 0 has no entry"),
        ],
    )
    def test_groups_that_are_none_are_refused(self, samples, groups, text):
        with pytest.raises(ArgumentError) as caught:
            list(coarse_grain(samples, groups=groups))
        assert text in str(caught.value)
