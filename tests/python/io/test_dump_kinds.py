# SPDX-License-Identifier: MIT
"""YAML and binary dumps of LAMMPS hold what its text dumps of the same run hold."""

import gzip
import struct

import numpy as np
import pytest
from anisoap_md import cli, iread, read_frames
from testing.helpers import run_lammps

COLUMNS = "id type x y z c_q[*] c_shape[*] fx fy fz"
KINDS = {"text": "x.dump", "yaml": "x.yaml", "binary": "x.bin"}
INPUT = """
units lj
atom_style ellipsoid
boundary p f p
region box prism -1 6 0 5 0 7 1.5 0 -0.5
create_box 2 box
create_atoms 1 random 12 1 box
create_atoms 2 random 7 2 box
set type * mass 1.0
set type 1 shape 1.0 1.2 3.0
set type 2 shape 0.7 0.9 0.8
set group all quat/random 5
velocity all create 1.0 3
pair_style zero 2.0
pair_coeff * *
compute q all property/atom quatw quati quatj quatk
compute shape all property/atom shapex shapey shapez
fix move all nve/asphere
"""
GENERAL = """
units lj
atom_style ellipsoid
lattice custom 1.0 a1 4 0.3 0.1 a2 0.2 4 -0.3 a3 0.1 -0.2 4 basis 0 0 0 basis 0.5 0.4 0.3 triclinic/general
create_box 1 NULL 0 1 0 1 0 1
create_atoms 1 box
set type * mass 1.0
set type 1 shape 1.0 1.2 3.0
set group all quat/random 5
pair_style zero 1.0
pair_coeff * *
neighbor 0.1 bin
compute q all property/atom quatw quati quatj quatk
compute shape all property/atom shapex shapey shapez
run 0
write_dump all custom x.dump id type x y z c_q[*] c_shape[*] modify triclinic/general yes format float %.17g
write_dump all custom x.bin id type x y z c_q[*] c_shape[*] modify triclinic/general yes
"""


@pytest.fixture(scope="module")
def dumps(tmp_path_factory):
    """Three dumps of one run, of three frames each."""
    lines = []
    for kind, name in KINDS.items():
        style = "yaml" if kind == "yaml" else "custom"
        lines += [f"dump {kind} all {style} 2 {name} {COLUMNS}", f"dump_modify {kind} units yes time yes"]
        if kind != "binary":
            lines += [f"dump_modify {kind} format float %.17g"]
    lines += ["dump_modify yaml thermo yes"]
    return run_lammps(tmp_path_factory.mktemp("dumps"), INPUT + "\n".join(lines) + "\nrun 4\n")


@pytest.fixture
def text(dumps):
    return read_frames(dumps / KINDS["text"])


def assert_same(found, expected):
    assert len(found) == len(expected) > 0
    for a, b in zip(found, expected, strict=True):
        assert a.info == b.info and a.pbc.tolist() == b.pbc.tolist()
        assert set(a.arrays) == set(b.arrays)
        assert np.array_equal(a.cell.array, b.cell.array) and np.array_equal(
            a.get_celldisp(), b.get_celldisp()
        )
        for name, values in b.arrays.items():
            assert np.array_equal(a.arrays[name], values), name


@pytest.mark.parametrize("kind", ["yaml", "binary"])
def test_all_kinds_hold_the_same(dumps, text, kind):
    assert text[0].info == {"units": "lj", "timestep": 0, "time": 0.0} and "forces" in text[0].arrays
    assert_same(read_frames(dumps / KINDS[kind]), text)
    assert_same(read_frames(dumps / KINDS[kind], "-2:"), text[-2:])
    assert_same(read_frames(dumps / KINDS[kind], format="lammps-dump-text"), text)


def test_a_compressed_yaml_dump(dumps, text, tmp_path):
    path = tmp_path / "x.yaml.gz"
    path.write_bytes(gzip.compress((dumps / KINDS["yaml"]).read_bytes()))
    assert_same(read_frames(path), text)


def test_a_general_box_in_a_binary_dump(tmp_path):
    run_lammps(tmp_path, GENERAL)
    assert_same(read_frames(tmp_path / "x.bin"), read_frames(tmp_path / "x.dump"))


def test_names_of_elements(tmp_path):
    """A binary dump has numbers of types in their place."""
    one = "write_dump all {} x.{} id element x y z modify element C N\n"
    run_lammps(tmp_path, INPUT + one.format("yaml", "yaml") + one.format("custom", "bin") + "run 0\n")
    named, numbered = (read_frames(tmp_path / f"x.{suffix}")[0] for suffix in ("yaml", "bin"))
    assert named.get_chemical_symbols() == ["C"] * 12 + ["N"] * 7
    assert numbered.numbers.tolist() == [1] * 12 + [2] * 7
    (again,) = iread(tmp_path / "x.bin", type_names={"1": "C", "2": "N"})
    assert again.get_chemical_symbols() == named.get_chemical_symbols()


@pytest.mark.parametrize("kind", ["yaml", "binary"])
def test_they_are_described(dumps, tmp_path, kind):
    options = "--max-angular 2 --cutoff-radius 2.5 --radial-gaussian-width 1 --quiet"
    rows = []
    for name in (kind, "text"):
        out = tmp_path / f"{name}.npz"
        assert cli.main(["describe", str(dumps / KINDS[name]), "-o", str(out), *options.split()]) == 0
        rows.append(np.load(out)["features"])
    assert np.array_equal(*rows)


def cut_yaml(data: bytes) -> dict[str, bytes]:
    return {
        "15 of 19 particles": b"\n".join(data.split(b"\n")[:-6]),
        "entries for 15 columns": data.replace(b", 1.2 ,", b",", 1),
        "no natoms": data.replace(b"natoms: 19", b"atoms: 19", 1),
        "behind 18 particles": data.replace(b"natoms: 19", b"natoms: 18", 1),
        "among the particles": data.replace(b"natoms: 19", b"natoms: 20", 1),
        "no line data:": data + b"---\ncreator: LAMMPS\ntimestep: 9\n",
        "line 'x' before the particles": data.replace(b"box:", b"x\nbox:", 1),
        "finite bounds": data.replace(b"  - [ -1", b"  - [ nan", 1),
        "boundaries": data.replace(b"boundary: [ p,", b"boundary: [ q,", 1),
    }


def cut_binary(data: bytes) -> dict[str, bytes]:
    box = 8 + 10 + 8 + 16  # of the kind of the box
    rows = data.index(b"fx fy fz") + 8
    return {
        "bytes": data[:-5],
        "another beginning": data + b"12345678",
        "a box of no known kind": data[:box] + struct.pack("i", 7) + data[box + 4 :],
        "names of": data.replace(b"fx fy", b"fxxfy", 1),
        "numbers for 19 particles": data[:rows] + struct.pack("i", 0) + data[rows + 4 :],
        "revision 1; expected revision 2": data[:22] + struct.pack("i", 1) + data[26:],
        "byte order": data[:18] + struct.pack(">i", 1) + data[22:],
    }


@pytest.mark.parametrize("kind, cut", [("yaml", cut_yaml), ("binary", cut_binary)])
def test_damaged_files(dumps, tmp_path, kind, cut):
    for detail, content in cut((dumps / KINDS[kind]).read_bytes()).items():
        path = tmp_path / KINDS[kind]
        path.write_bytes(content)
        with pytest.raises(
            ValueError, match=r"anisoap: frame \d of '.*', got|anisoap: .*BOX BOUNDS"
        ) as caught:
            read_frames(path)
        assert detail in str(caught.value), (detail, str(caught.value))
