# SPDX-License-Identifier: MIT
"""Files that keep orientations, sizes and torques, and the files of OVITO and LAMMPS."""

import bz2

import ase.io
import numpy as np
import pytest
from anisoap_md import Descriptor, cli, iread, read_frames, with_results, write_frames
from ase import Atoms
from ase.calculators.calculator import Calculator, all_changes
from testing.helpers import TRICLINIC, assert_close, quaternions_of, random_atoms, rotations_of

# As OVITO 3.17.2 exports three particles with semi-axes, of which the last is a sphere.
OVITO = """3
Lattice="5.0 0.0 0.0 1.0 6.0 0.0 0.0 0.0 7.0" pbc="T T F" Properties=species:S:1:pos:R:3:orientation:R:4:aspherical_shape:R:3:radius:R:1:torque:R:3
C 0.0 0.0 0.0 0.1 0.2 0.3 0.8999999488 0.5 0.6 0.7 0.5 0.5 0.6 0.7
O 1.0 1.0 1.0 0.0 0.0 0.0 1.0 1.0 1.0 2.0 0.6 1.0 1.0 2.0
C 2.0 2.0 3.0 1.0 0.0 0.0 0.0 0.0 0.0 0.0 0.7 0.0 0.0 0.0
"""  # noqa: E501

DUMP = """ITEM: TIMESTEP
7
ITEM: NUMBER OF ATOMS
2
ITEM: BOX BOUNDS pp pp pp
0 5
0 6
0 7
ITEM: ATOMS id type x y z c_q[1] c_q[2] c_q[3] c_q[4] c_shape[1] c_shape[2] c_shape[3] fx fy fz tqx tqy tqz vx
2 1 1 2 3 0 1 0 0 1 2 3 .1 .2 .3 .4 .5 .6 7
1 1 4 5 6 1 0 0 0 1 1 2 .7 .8 .9 .01 .02 .03 8
"""


class Labels(Calculator):
    """Random energies, forces, stresses, torques and uncertainties."""

    implemented_properties = [
        "energy",
        "free_energy",
        "energies",
        "forces",
        "stress",
        "torques",
        "uncertainties",
    ]

    def calculate(self, atoms=None, properties=None, system_changes=all_changes):
        super().calculate(atoms, properties, system_changes)
        n, rng = len(atoms), np.random.default_rng(len(atoms))
        shapes = {"energies": n, "forces": (n, 3), "stress": 6, "torques": (n, 3), "uncertainties": n}
        self.results = {name: rng.normal(size=shape) for name, shape in shapes.items()}
        self.results["energy"] = self.results["free_energy"] = float(rng.normal())


@pytest.fixture
def labelled() -> list[Atoms]:
    """Frames with results, momenta and tags. One has as many particles as a vector has components."""
    frames = [random_atoms(1, 4, TRICLINIC), random_atoms(2, 3, TRICLINIC, pbc=[True, False, True])]
    for k, atoms in enumerate(frames):
        atoms.calc = Labels()
        atoms.get_potential_energy()
        atoms.set_momenta(np.random.default_rng(k).normal(size=(len(atoms), 3)))
        atoms.set_tags(np.arange(len(atoms)) + k)
        atoms.info["temperature"] = 1.5 + k
    return frames


def assert_same(read: Atoms, written: Atoms) -> None:
    """All that the file is to keep, to the bit."""
    assert np.array_equal(read.numbers, written.numbers) and np.array_equal(read.pbc, written.pbc)
    for name in ("positions", "c_q", "momenta", "tags"):
        assert np.array_equal(read.arrays[name], written.arrays[name]), name
    assert np.array_equal(read.cell.array, written.cell.array)
    assert read.info["temperature"] == written.info["temperature"]
    for name in ("energy", "energies", "forces", "stress"):
        assert np.array_equal(read.calc.results[name], written.calc.results[name]), name
    for name in ("torques", "uncertainties"):
        assert np.array_equal(read.arrays[name], written.calc.results[name]), name
    d = Descriptor(2, "monomial", 3.0, species=["C", "O"])
    assert np.array_equal(d.power_spectrum(read), d.power_spectrum(written))


@pytest.mark.parametrize("suffix", [".extxyz", ".xyz", ".traj"])
def test_files_keep_everything(tmp_path, labelled, suffix):
    path = tmp_path / f"a{suffix}"
    write_frames(path, (atoms for atoms in labelled))
    read = read_frames(path)
    assert len(read) == 2
    for a, b in zip(read, labelled, strict=True):
        assert_same(a, b)
    assert_same(read_frames(path, 1)[0], labelled[1])
    write_frames(tmp_path / f"again{suffix}", read)
    for a, b in zip(read_frames(tmp_path / f"again{suffix}"), labelled, strict=True):
        assert_same(a, b)


@pytest.mark.parametrize("suffix", [".extxyz", ".traj"])
@pytest.mark.parametrize(
    "names", [("quat", "shape"), ("quaternions", "c_diameter1")], ids=["one array", "three arrays"]
)
def test_other_names_are_kept(tmp_path, suffix, names):
    atoms = random_atoms(3, 5, TRICLINIC)
    expected = Descriptor(2, "monomial", 3.0, species=["C", "O"]).power_spectrum(atoms)
    atoms.arrays[names[0]] = atoms.arrays.pop("c_q")
    d = [atoms.arrays.pop(f"c_diameter[{k}]") for k in (1, 2, 3)]
    if names[1] == "shape":
        atoms.arrays["shape"] = np.column_stack(d)
    else:
        atoms.arrays.update({f"c_diameter{k}": x for k, x in enumerate(d, start=1)})
    write_frames(tmp_path / f"a{suffix}", atoms)
    read = read_frames(tmp_path / f"a{suffix}")[0]
    assert names[0] in read.arrays and names[1] in read.arrays
    found = Descriptor(2, "monomial", 3.0, species=["C", "O"]).power_spectrum(read)
    assert np.array_equal(found, expected)


def test_ase_reads_the_extended_xyz(tmp_path, labelled):
    write_frames(tmp_path / "a.extxyz", labelled)
    atoms = ase.io.read(tmp_path / "a.extxyz", index=0)
    assert np.array_equal(atoms.arrays["torques"], labelled[0].calc.results["torques"])
    assert np.array_equal(atoms.get_forces(), labelled[0].calc.results["forces"])
    assert np.array_equal(atoms.arrays["c_diameter"][:, 1], labelled[0].arrays["c_diameter[2]"])


@pytest.mark.parametrize("name", ["CONFIG.extxyz", "POSCAR_3.xyz", "frames.dat"])
def test_extended_xyz_is_told_by_its_text(tmp_path, name):
    """ASE goes by names first, and takes these for files of DL_POLY and VASP."""
    frames = [random_atoms(k, 5, TRICLINIC) for k in range(2)]
    write_frames(tmp_path / "frames.extxyz", frames)
    (tmp_path / "frames.extxyz").rename(tmp_path / name)
    got = read_frames(tmp_path / name)
    assert [a.arrays["c_q"].tolist() for a in got] == [a.arrays["c_q"].tolist() for a in frames]


def test_with_results_computes_nothing_and_leaves_the_atoms_alone():
    atoms = random_atoms(4, 3, TRICLINIC)
    atoms.calc = Labels()
    assert with_results(atoms).calc is None and "torques" not in with_results(atoms).arrays
    atoms.get_forces()
    stored = with_results(atoms)
    assert "torques" not in atoms.arrays and isinstance(atoms.calc, Labels)
    assert np.array_equal(stored.arrays["torques"], atoms.calc.results["torques"])
    assert stored.get_potential_energy() == atoms.get_potential_energy()
    atoms.positions += 0.1
    assert "torques" not in with_results(atoms).arrays, "stale results are no results"


def test_frames_without_a_calculator_and_without_particles(tmp_path):
    frames = [random_atoms(5, 2, TRICLINIC), random_atoms(6, 1, TRICLINIC, pbc=False)]
    for suffix in (".extxyz", ".traj"):
        write_frames(tmp_path / f"a{suffix}", frames)
        read = read_frames(tmp_path / f"a{suffix}")
        assert [len(a) for a in read] == [2, 1] and all(a.calc is None for a in read)
        assert np.array_equal(read[1].arrays["c_q"], frames[1].arrays["c_q"])


def test_a_failed_write_leaves_the_old_file(tmp_path, labelled):
    path = tmp_path / "a.traj"
    write_frames(path, labelled)
    before = path.read_bytes()

    def broken():
        yield labelled[0]
        raise RuntimeError("no more")

    with pytest.raises(RuntimeError, match="no more"):
        write_frames(path, broken())
    assert path.read_bytes() == before and [p.name for p in tmp_path.iterdir()] == ["a.traj"]


def test_wrong_paths_are_errors(tmp_path, labelled):
    with pytest.raises(
        ValueError, match=r"anisoap: suffix of the output file, got '\.traq'; .*did you mean '\.traj'"
    ):
        write_frames(tmp_path / "a.traq", labelled)
    with pytest.raises(FileNotFoundError, match="anisoap: output file"):
        write_frames(tmp_path / "none" / "a.traj", labelled)
    with pytest.raises(FileNotFoundError):
        read_frames(tmp_path / "none.extxyz")


def test_lammps_dumps_are_read(tmp_path):
    (tmp_path / "a.dump").write_text(DUMP)
    atoms = read_frames(tmp_path / "a.dump")[0]
    assert atoms.arrays["c_q"].tolist() == [[1, 0, 0, 0], [0, 1, 0, 0]]
    assert atoms.arrays["shape"].tolist() == [[1, 1, 2], [1, 2, 3]]
    assert atoms.info["timestep"] == 7 and atoms.arrays["vx"].tolist() == [8, 7]
    assert atoms.arrays["forces"].tolist() == [[0.7, 0.8, 0.9], [0.1, 0.2, 0.3]]
    assert atoms.arrays["torques"].tolist() == [[0.01, 0.02, 0.03], [0.4, 0.5, 0.6]]
    assert "tqx" not in atoms.arrays


def ovito(tmp_path, text: str = OVITO) -> Atoms:
    (tmp_path / "o.xyz").write_text(text)
    return read_frames(tmp_path / "o.xyz")[0]


def test_ovito_files_are_converted(tmp_path):
    atoms = ovito(tmp_path)
    assert_close(atoms.arrays["c_q"], [[0.8999999488, 0.1, 0.2, 0.3], [1, 0, 0, 0], [0, 1, 0, 0]], 1e-15)
    assert_close(atoms.arrays["c_diameter"], [[1, 1.2, 1.4], [2, 2, 4], [1.4, 1.4, 1.4]], 1e-15)
    assert "orientation" not in atoms.arrays and "aspherical_shape" not in atoms.arrays
    assert np.isfinite(Descriptor(2, "monomial", 3.0).power_spectrum(atoms)).all()


def test_iread_and_describe_know_the_files_of_ovito(tmp_path):
    atoms = ovito(tmp_path, OVITO * 2)
    path, out = tmp_path / "o.xyz", tmp_path / "o.npz"
    assert [a == atoms for a in iread(path)] == [True, True] and len(
        list(iread(path, "-1:", format="extxyz"))
    ) == 1
    basis = ["--max-angular", "2", "--cutoff-radius", "3", "--radial-basis-name", "monomial"]
    assert cli.main(["describe", str(path), "-o", str(out), *basis, "--quiet"]) == 0
    assert_close(
        np.load(out)["features"], Descriptor(2, "monomial", 3.0).power_spectrum([atoms, atoms]), 1e-15
    )


def test_compressed_files_of_ovito(tmp_path):
    atoms = ovito(tmp_path)
    (tmp_path / "o.xyz.bz2").write_bytes(bz2.compress(OVITO.encode()))
    assert read_frames(tmp_path / "o.xyz.bz2") == [atoms]


@pytest.mark.parametrize("shape", ["0.0 0.0 0.0", "0.7 0.7 0.7"])
def test_spheres_of_ovito_need_no_orientation(tmp_path, shape):
    line = "2.0 2.0 3.0 1.0 0.0 0.0 0.0 0.0 0.0 0.0 0.7"
    assert line in OVITO
    text = OVITO.replace(line, f"2.0 2.0 3.0 0.0 0.0 0.0 0.0 {shape} 0.7")
    atoms = ovito(tmp_path, text)
    assert atoms.arrays["c_q"][2].tolist() == [1, 0, 0, 0]
    found = Descriptor(2, "monomial", 3.0).power_spectrum(atoms)
    assert_close(found, Descriptor(2, "monomial", 3.0).power_spectrum(ovito(tmp_path)), 1e-12)
    lost = ovito(tmp_path, OVITO.replace(line, "2.0 2.0 3.0 0.0 0.0 0.0 0.0 0.7 0.7 0.8 0.7"))
    assert lost.arrays["c_q"][2].tolist() == [0, 0, 0, 0]  # refused by every descriptor


@pytest.mark.parametrize("names", [("1", "2"), ("Type_1", "Type_2"), ("type1", "02")])
def test_numbers_of_types_in_files_of_ovito(tmp_path, names):
    text = OVITO.replace("C ", f"{names[0]} ").replace("O ", f"{names[1]} ")
    assert ovito(tmp_path, text).numbers.tolist() == [1, 2, 1]
    moved = text.replace("species:S:1:pos:R:3", "pos:R:3:species:S:1")
    rows = [line.split() for line in moved.splitlines()[2:]]
    moved = "\n".join(
        moved.splitlines()[:2] + [" ".join([*row[1:4], row[0], *row[4:]]) for row in rows] + [""]
    )
    assert ovito(tmp_path, moved) == ovito(tmp_path, text)


@pytest.mark.parametrize(
    "names, text",
    [
        (("A", "O"), "species, got 'A'; expected chemical symbols, numbers"),
        (("0", "O"), "species, got '0'"),
        (("119", "O"), "species, got '119'"),
        (("1", "H"), "species, got 'H' beside 'H'; expected one name"),
    ],
)
def test_names_of_types_that_are_not_known(tmp_path, names, text):
    wrong = OVITO.replace("C ", f"{names[0]} ").replace("O ", f"{names[1]} ")
    with pytest.raises(ValueError, match=f"anisoap: frame 0 of '.*o.xyz': {text}"):
        ovito(tmp_path, wrong)


def test_names_of_types_that_the_caller_explains(tmp_path):
    text = OVITO.replace("C ", "A ").replace("O ", "Type_2 ")
    with pytest.raises(ValueError, match="got 'A'; expected .* or those in type_names"):
        ovito(tmp_path, text)
    assert read_frames(tmp_path / "o.xyz", type_names={"A": "C", "Type_2": 8})[0] == ovito(tmp_path)
    (tmp_path / "o.xyz").write_text(text)
    with pytest.raises(ValueError, match="got 'Type_2' beside 'He'; expected one name"):
        read_frames(tmp_path / "o.xyz", type_names={"A": "He"})
    with pytest.raises(ValueError, match="species, got 'Qq'"):
        read_frames(tmp_path / "o.xyz", type_names={"A": "Qq"})
    with pytest.raises(TypeError, match="type_names, got .*; expected a mapping"):
        read_frames(tmp_path / "o.xyz", type_names=["A"])
    write_frames(tmp_path / "a.xyz", Atoms("C"))
    with pytest.raises(
        ValueError, match="type_names, got '.*a.xyz'; expected a file of LAMMPS, OVITO or HOOMD"
    ):
        read_frames(tmp_path / "a.xyz", type_names={"A": "C"})


def test_flat_files_of_ovito(tmp_path):
    flat = OVITO.replace("0.0 0.0 7.0", "0.0 0.0 0.001").replace('pbc="T T F"', "")
    flat = flat.replace("1.0 1.0 1.0 0.0", "1.0 1.0 0.0 0.0").replace("2.0 2.0 3.0", "2.0 2.0 0.0")
    with pytest.raises(ValueError, match="at z = 0 of a periodic box of height 0.001.* the option dimension"):
        ovito(tmp_path, flat)
    assert read_frames(tmp_path / "o.xyz", dimension=2)[0].pbc.tolist() == [True, True, False]
    centred = flat.replace("0.001", "1.0").replace("Properties", 'Origin="0 0 -0.5" Properties')
    with pytest.raises(ValueError, match="of height 1, .* the option dimension"):
        ovito(tmp_path, centred)


@pytest.mark.parametrize("name", ["wxyz", "xyzw", "inverse", "xyzw-inverse", "orientation"])
@pytest.mark.parametrize("suffix", [".extxyz", ".traj"])
def test_conventions_of_quaternions(tmp_path, name, suffix):
    """The same frame, as a program of another convention writes it."""
    atoms = random_atoms(3, 4, TRICLINIC)
    turns = rotations_of(atoms.arrays["c_q"])
    other = atoms.copy()
    q = quaternions_of(turns.inv() if "inverse" in name else turns)
    convention = "xyzw" if name == "orientation" else name
    if convention.startswith("xyzw"):
        q = q[:, [1, 2, 3, 0]]
    del other.arrays["c_q"]
    other.set_array("orientation" if name == "orientation" else "quaternions", q)
    write_frames(tmp_path / f"a{suffix}", other)
    (read,) = read_frames(tmp_path / f"a{suffix}", quaternions=convention)
    d = Descriptor(2, "monomial", 3.0)
    assert_close(d.power_spectrum(read), d.power_spectrum(atoms), 1e-12)


@pytest.mark.parametrize("name", ["inverse", "xyzw-inverse", "xyzw"])
def test_a_file_of_ovito_may_hold_inverse_quaternions(tmp_path, name):
    """The order is OVITO's, whichever is named."""
    path = tmp_path / "o.xyz"
    path.write_text(OVITO)
    turns = [
        rotations_of(f[0].arrays["c_q"]) for f in (read_frames(path), read_frames(path, quaternions=name))
    ]
    between = turns[0] * (turns[1] if name.endswith("inverse") else turns[1].inv())
    assert (between.magnitude() < 1e-6).all()
    with pytest.raises(ValueError, match="quaternions, got 'wxyz' for frame 0 of .* with OVITO's x, y, z, w"):
        read_frames(path, quaternions="wxyz")


def test_options_of_reading_that_are_wrong(tmp_path):
    path = tmp_path / "a.xyz"
    write_frames(path, Atoms("C"))
    for options, text in (
        (
            {"quaternions": "xyz"},
            "quaternions, got 'xyz'; expected wxyz, xyzw, inverse, xyzw-inverse, did you",
        ),
        ({"quaternions": "xyzw"}, "quaternions, got 'xyzw' for frame 0 of .* without any; expected None"),
        ({"dimension": 1}, "dimension, got 1; expected 2 or 3"),
        ({"dimension": True}, "dimension, got True; expected 2 or 3"),
        ({"keep": ["Cq"]}, "species, got 'Cq'; expected chemical"),
        ({"keep": []}, "species, got an empty list"),
    ):
        with pytest.raises(ValueError, match=f"anisoap: {text}"):
            read_frames(path, **options)


def test_an_orientation_of_unknown_order_stays(tmp_path):
    atoms = ovito(tmp_path, OVITO.replace("aspherical_shape", "something"))
    assert "c_q" not in atoms.arrays and atoms.arrays["orientation"].shape == (3, 4)


def test_a_particle_of_ovito_without_a_size_is_an_error(tmp_path):
    with pytest.raises(ValueError, match=r"frame 0 of '.*o\.xyz': aspherical_shape of particle 2, got 0 0 0"):
        ovito(tmp_path, OVITO.replace("radius", "something"))


def test_orientations_that_contradict_each_other_are_errors(tmp_path):
    both = OVITO.replace("torque:R:3", "c_q:R:4").replace(" 0.5 0.6 0.7\nO", " 0.9 0.1 0.2 0.3\nO")
    both = both.replace("0.6 1.0 1.0 2.0\n", "0.6 -1 0 0 0\n").replace("0.7 0.0 0.0 0.0\n", "0.7 0 1 0 0\n")
    atoms = ovito(tmp_path, both)
    assert atoms.arrays["c_q"][1].tolist() == [-1, 0, 0, 0]
    with pytest.raises(ValueError, match="orientation of particle 1, got another one than its quaternion"):
        ovito(tmp_path, both.replace("0.6 -1 0 0 0", "0.6 0 0 0 1"))


def test_six_numbers_of_stress_are_read_again(tmp_path):
    atoms = random_atoms(1, 3, TRICLINIC)
    atoms.info["stress"] = np.arange(1.0, 7.0)
    write_frames(tmp_path / "a.xyz", atoms)
    assert atoms.info["stress"].shape == (6,)
    (again,) = read_frames(tmp_path / "a.xyz")
    assert_close(again.get_stress(), np.arange(1.0, 7.0), 1e-8)


@pytest.mark.parametrize(
    "value",
    [
        "",
        "x\\",
        "a\\nb",
        "two\nlines",
        "a\rb",
        "_JSON {",
        'say "x"',
        "'",
        "[",
        "x=y",
        "1 2",
        "T",
        None,
        np.array([]),
        [],
        "\u2028",
    ],
    ids=repr,
)
def test_values_of_info_that_ase_writes_otherwise(tmp_path, value):
    atoms = random_atoms(1, 3, TRICLINIC, pbc=[True, False, False])
    atoms.info.update(first=1.5, note=value, last="end")
    write_frames(tmp_path / "a.xyz", [atoms, atoms])
    for read in read_frames(tmp_path / "a.xyz"):
        assert read.pbc.tolist() == [True, False, False] and list(read.info) == ["first", "note", "last"]
        assert read.info["first"] == 1.5 and read.info["last"] == "end"
        same = np.size(read.info["note"]) == 0 if np.size(value) == 0 else read.info["note"] == value
        assert same and np.array_equal(read.positions, atoms.positions)


@pytest.mark.parametrize("key", ["", "pbc", "Lattice", "Properties", "two\nlines", 'a"b', "a=b", 3])
def test_keys_of_info_that_do_not_read_back(tmp_path, key):
    atoms = random_atoms(1, 3, TRICLINIC)
    atoms.info[key] = "value"
    try:
        write_frames(tmp_path / "a.xyz", atoms)
    except ValueError as error:
        assert "anisoap: info of a frame, got key" in str(error) and not list(tmp_path.iterdir())
    else:
        (read,) = read_frames(tmp_path / "a.xyz")
        assert read.info == {key: "value"} and read.pbc.all()
    assert key in ('a"b', "a=b") or not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    "name",
    [
        "a:b",
        "a b",
        'a"b',
        "a\\b",
        "a=b",
        "pos",
        "species",
        "Z",
        "charge",
        "symbols",
        "move_mask",
        "",
        "a\nb",
        "{a",
        "a[",
        "a{1}",
        "3",
    ],
)
def test_names_of_arrays_that_do_not_read_back(tmp_path, name):
    atoms = random_atoms(1, 3, TRICLINIC)
    atoms.set_array(name, np.arange(3.0))
    try:
        write_frames(tmp_path / "a.xyz", atoms)
    except ValueError as error:
        assert str(error).startswith(f"anisoap: array of a frame, got '{name}'") and not list(
            tmp_path.iterdir()
        )
    else:
        assert name in ("a=b", "3")
        assert read_frames(tmp_path / "a.xyz")[0].arrays[name].tolist() == [0, 1, 2]


@pytest.mark.parametrize(
    "values, text",
    [
        (np.zeros((3, 0)), r"'a' of shape \(3, 0\)"),
        (np.array([0, 2**31, 1]), f"'a' with {2**31}; expected integers"),
        (np.array([0, -(2**31) - 1, 1]), f"'a' with -{2**31 + 1}; expected integers"),
    ],
)
def test_values_that_do_not_read_back(tmp_path, values, text):
    atoms = random_atoms(1, 3, TRICLINIC)
    atoms.set_array("a", values)
    with pytest.raises(ValueError, match=f"array of a frame, got {text}"):
        write_frames(tmp_path / "a.xyz", atoms)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("least, most", [(-(2**31), 2**31 - 1), (0, 1)])
def test_integers_that_read_back(tmp_path, least, most):
    atoms = random_atoms(1, 3, TRICLINIC)
    atoms.set_array("a", np.array([least, most, 0]))
    write_frames(tmp_path / "a.xyz", atoms)
    assert read_frames(tmp_path / "a.xyz")[0].arrays["a"].tolist() == [least, most, 0]


def test_names_of_arrays_that_contradict_each_other(tmp_path):
    atoms = random_atoms(1, 3, TRICLINIC)
    atoms.set_array("v", np.zeros((3, 2)))
    atoms.set_array("v1", np.zeros(3))
    with pytest.raises(ValueError, match="arrays of a frame, got .*v, v1, .*; expected names that differ"):
        write_frames(tmp_path / "a.xyz", atoms)
