# SPDX-License-Identifier: MIT
"""LAMMPS data files with ellipsoids, against the dump of the same configuration."""

import bz2
import gzip
import lzma

import numpy as np
import pytest
from anisoap_md import Descriptor, read_frames
from testing.helpers import assert_close, run_lammps

INPUT = """
units lj
atom_style STYLE
region box prism -1 7 -1 7 -1 7 1 0.5 -0.5
create_box 2 box
create_atoms 1 random 8 11 box overlap 1.2
create_atoms 2 random 4 12 box overlap 1.2
set type 1 shape 1 1 3
set type 2 shape 1 1.2 1.5
set type * quat/random 123
set type * mass 1.0
pair_style zero 3.5
pair_coeff * *
compute q all property/atom quatw quati quatj quatk
compute shape all property/atom shapex shapey shapez
dump d all custom 1 a.dump id type x y z c_q[*] c_shape[*]
dump_modify d format float %.17g
run 0
write_data plain.data
labelmap atom 1 L1 2 L2
write_data labels.data types labels
"""


def assert_same(a, b):
    assert a.numbers.tolist() == b.numbers.tolist() and a.pbc.all() and b.pbc.all()
    assert_close(a.cell.array, b.cell.array, 1e-14)
    assert_close(a.positions, b.positions, 1e-14)
    assert_close(a.arrays["shape"], b.arrays["shape"], 1e-14)
    assert_close(a.arrays["c_q"], b.arrays["c_q"], 1e-14)


@pytest.mark.parametrize("style", ["ellipsoid", "hybrid ellipsoid molecular", "hybrid bond ellipsoid"])
def test_data_files_are_read(tmp_path, style):
    run_lammps(tmp_path, INPUT.replace("STYLE", style).replace("L1", "C").replace("L2", "gb"))
    (dumped,) = read_frames(tmp_path / "a.dump")
    (tmp_path / "named").write_bytes((tmp_path / "plain.data").read_bytes())
    for name in ("plain.data", "named"):
        (read,) = read_frames(tmp_path / name)
        assert_same(read, dumped)
    assert_same(read_frames(tmp_path / "plain.data", format="lammps-data")[0], dumped)
    if style == "ellipsoid":
        assert_same(read_frames(tmp_path / "labels.data", -1)[0], dumped)
    d = Descriptor(2, "gto", 3.0, radial_gaussian_width=1.0, species=[1, 2])
    assert_close(d.power_spectrum(read), d.power_spectrum(dumped), 1e-12)


def test_labels_that_are_chemical_symbols(tmp_path):
    run_lammps(tmp_path, INPUT.replace("STYLE", "ellipsoid").replace("L1", "O").replace("L2", "C"))
    assert str(read_frames(tmp_path / "labels.data")[0].symbols) == "O8C4"


def test_names_of_types(tmp_path):
    run_lammps(tmp_path, INPUT.replace("STYLE", "ellipsoid").replace("L1", "rod").replace("L2", "disc"))
    for names in ({"rod": "O", "disc": "C"}, {"1": "O", 2: 6}):
        assert str(read_frames(tmp_path / "labels.data", type_names=names)[0].symbols) == "O8C4"
    with pytest.raises(
        ValueError, match="type, got '119'; expected integers from 1 to 118, or those in type"
    ):
        (tmp_path / "a.data").write_text(TEXT.replace("1 1 0 1 4 5 0", "1 119 0 1 4 5 0"))
        read_frames(tmp_path / "a.data")


TEXT = """# by hand
2 atoms
1 ellipsoids   # a comment
1 atom types
0 5 xlo xhi
0 6 ylo yhi

Masses

1 1.0

Atoms

1 1 0 1 4 5 0
2 1 1 1 1 2 0.25  # the ellipsoid

Ellipsoids

2 1 1 3 1 0 0 0
"""


def test_a_file_by_hand(tmp_path):
    path = tmp_path / "a.data"
    path.write_text(TEXT)
    (atoms,) = read_frames(path)
    assert atoms.cell.lengths().tolist() == [5, 6, 1] and atoms.get_celldisp().ravel().tolist() == [
        0,
        0,
        -0.5,
    ]
    assert atoms.positions.tolist() == [[4, 5, 0], [1, 2, 0.25]]
    assert atoms.arrays["shape"].tolist() == [[0, 0, 0], [1, 1, 3]] and np.array_equal(atoms.numbers, [1, 1])


@pytest.mark.parametrize("suffix", ["gz", "bz2", "xz"])
def test_compressed_files(tmp_path, suffix):
    path, plain = tmp_path / f"a.data.{suffix}", tmp_path / "a.data"
    plain.write_text(TEXT)
    path.write_bytes({"gz": gzip, "bz2": bz2, "xz": lzma}[suffix].compress(TEXT.encode()))
    assert read_frames(path) == read_frames(plain)
    path.write_bytes(path.read_bytes()[:-9])
    with pytest.raises(ValueError, match="anisoap: file '.*a.data.*' read with format"):
        read_frames(path)


@pytest.mark.parametrize(
    "old, new, text",
    [
        ("\n2 1 1 3 1 0 0 0", "", "section Ellipsoids, got 0 lines; expected 1"),
        ("1 1 0 1 4 5 0\n", "", "section Atoms, got 1 lines; expected 2"),
        ("2 1 1 3 1 0 0 0", "2 1 1 3 1 0 0", "damaged lines"),
        ("2 1 1 3 1 0 0 0", "2 1 1 3 1 0 0 0 1 1", "damaged lines"),
        ("2 1 1 3 1 0 0 0", "3 1 1 3 1 0 0 0", "damaged lines"),
        ("1 1 0 1 4 5 0", "2 1 0 1 4 5 0", "damaged lines"),
        ("1 1 0 1 4 5 0", "1 x 0 1 4 5 0", "type, got 'x'; expected integers"),
        ("1 1 0 1 4 5 0", "1 1 7 1 4 5 0", "got lines of another style"),
        ("1 1 0 1 4 5 0", "1 1 0 1 4 5", "got lines of another style"),
        ("Atoms", "Atoms # sphere", "got style 'sphere'; expected 'ellipsoid' or 'hybrid'"),
        ("0 5 xlo xhi", "0 5 1 xlo xhi", "header, got damaged lines"),
        ("2 atoms", "nan atoms", "header, got damaged lines"),
    ],
)
def test_damaged_files(tmp_path, old, new, text):
    path = tmp_path / "a.data"
    path.write_text(TEXT.replace(old, new, 1))
    with pytest.raises(ValueError, match=f"anisoap: LAMMPS data file '.*a.data': .*{text}"):
        read_frames(path)


def test_a_file_without_ellipsoids_is_no_empty_list(tmp_path):
    path = tmp_path / "a.data"
    path.write_text(TEXT.replace("1 ellipsoids", "0 ellipsoids"))
    with pytest.raises(ValueError, match="a.data'.*; expected"):
        read_frames(path)
