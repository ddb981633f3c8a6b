# SPDX-License-Identifier: MIT
"""Frames of LAMMPS that a file tells only in part: headers, general boxes, two dimensions, points."""

import numpy as np
import pytest
from anisoap_md import Descriptor, iread, read_frames
from testing.helpers import assert_close, rotations_of, run_lammps

COLUMNS = """
compute q all property/atom quatw quati quatj quatk
compute shape all property/atom shapex shapey shapez
"""
HEADERS = f"""
units lj
atom_style ellipsoid
region box block -2 6 -2 6 -2 6
create_box 1 box
create_atoms 1 random 12 11 box overlap 1.2
set type 1 shape 1 1 3
set type 1 quat/random 5
set type 1 mass 1.0
pair_style zero 3.5
pair_coeff * *
timestep 0.25
{COLUMNS}
dump plain all custom 1 plain.dump id type x y z c_q[*] c_shape[*]
dump units all custom 1 units.dump id type x y z c_q[*] c_shape[*]
dump time all custom 1 time.dump id type x y z c_q[*] c_shape[*]
dump both all custom 1 both.dump id type xs ys zs c_q[*] c_shape[*]
dump_modify units units yes
dump_modify time time yes
dump_modify both units yes time yes
dump_modify plain format float %.17g
dump_modify units format float %.17g
dump_modify time format float %.17g
dump_modify both format float %.17g
run 2
"""
GENERAL = f"""
units lj
atom_style ellipsoid
read_data in.data
pair_style gayberne 1.0 3.0 1.0 4.0
pair_coeff * * 1.0 1.0 1.0 1.0 0.2 1.0 1.0 0.2
{COLUMNS}
dump r all custom 1 restricted.dump id type x y z c_q[*] c_shape[*] fx fy fz tqx tqy tqz
dump g all custom 1 general.dump id type x y z c_q[*] c_shape[*] fx fy fz tqx tqy tqz
dump_modify r format float %.17g
dump_modify g format float %.17g triclinic/general yes
run 0
write_data general.data triclinic/general
write_data restricted.data
"""
GENERAL_DATA = """general

3 atoms
1 atom types
3 ellipsoids

6 1 0.5 avec
-1 7 1 bvec
0.3 -1.2 8 cvec
1 2 3 abc origin

Atoms # ellipsoid

1 1 1 1 1.5 2.6 3.7
2 1 1 1 3.5 3.6 4.7
3 1 1 1 1.5 4.6 5.7

Ellipsoids

1 1 1 3 0.8 0.6 0 0
2 1 1 3 0.8 0 0.5 0.2
3 1 1 3 0.3 0.2 0.1 -0.9
"""
FLAT = f"""
units lj
dimension 2
atom_style ellipsoid
region box block 0 8 0 8 -0.5 0.5
create_box 1 box
create_atoms 1 single 2 2 0
create_atoms 1 single 4 2.5 0
create_atoms 1 single 3 4.5 0
set type 1 shape 1 3 1
set atom 1 quat 0 0 1 30
set atom 2 quat 0 0 1 110
set atom 3 quat 0 0 1 -50
set type 1 mass 1.0
pair_style zero 3.5
pair_coeff * *
{COLUMNS}
dump x all custom 1 x.dump id type x y z c_q[*] c_shape[*]
dump xs all custom 1 xs.dump id type xs ys zs c_q[*] c_shape[*]
dump_modify x format float %.17g
dump_modify xs format float %.17g
run 0
write_data x.data
"""
POINTS = f"""
units lj
atom_style hybrid ellipsoid molecular
region box block 0 8 0 8 0 8
create_box 2 box
create_atoms 1 single 2 2 2
create_atoms 2 single 3 3.5 2.5
create_atoms 1 single 4 2.5 2
create_atoms 2 single 2 2 4
mass 2 1.0
set type 1 shape 1 1 3
set type 1 quat/random 123
set type 1 mass 1.0
pair_style zero 3.5
pair_coeff * *
{COLUMNS}
dump all all custom 1 all.dump id type x y z c_q[*] c_shape[*]
group bodies type 1
dump bodies bodies custom 1 bodies.dump id type x y z c_q[*] c_shape[*]
run 0
write_data all.data
"""
DESCRIPTOR = Descriptor(4, "gto", 3.5, radial_gaussian_width=1.0, species=["H"])


def frame(
    bounds="pp pp pp", rows="1 1 0.5 1 1\n2 1 7.5 1 1\n", n=2, columns="id type x y z", box="0 8\n" * 3
):
    return (
        f"ITEM: TIMESTEP\n0\nITEM: NUMBER OF ATOMS\n{n}\nITEM: BOX BOUNDS {bounds}\n{box}"
        f"ITEM: ATOMS {columns}\n{rows}"
    )


def test_units_and_times_of_dumps(tmp_path):
    run_lammps(tmp_path, HEADERS)
    plain = read_frames(tmp_path / "plain.dump")
    for name, info in (("units", {"units": "lj"}), ("time", {}), ("both", {"units": "lj"})):
        read = read_frames(tmp_path / f"{name}.dump")
        assert len(read) == 3 and len(list(iread(tmp_path / f"{name}.dump", "-2:"))) == 2
        for step, (a, b) in enumerate(zip(read, plain, strict=True)):
            assert_close(a.positions, b.positions, 1e-14)
            assert np.array_equal(a.arrays["c_q"], b.arrays["c_q"]) and a.pbc.all()
            times = {} if name == "units" else {"time": 0.25 * step}
            assert a.info == {"timestep": step, **info, **times}


@pytest.mark.parametrize("bounds", ["", "xy xz yz", "pp pp", "pp pp qq", "pp pp pf", "xx yy zz"])
def test_boxes_that_do_not_name_their_boundaries(tmp_path, bounds):
    path = tmp_path / "a.dump"
    path.write_text(frame(bounds, box="0 8 0\n" * 3 if bounds == "xy xz yz" else "0 8\n" * 3))
    with pytest.raises(
        ValueError, match="frame 0 of .*: line ITEM: BOX BOUNDS, got .*; expected three of pp"
    ):
        read_frames(path)


def test_boundaries(tmp_path):
    path = tmp_path / "a.dump"
    path.write_text(frame("p fs mm") + frame("xy xz yz pp pp ff", box="0 8 0\n" * 3))
    assert [a.pbc.tolist() for a in read_frames(path)] == [[True, False, False], [True, True, False]]


@pytest.mark.parametrize(
    "text, detail",
    [
        (
            frame(rows="1 1 0.5 1 1 99\n2 1 7.5 1 1 98\n"),
            "line 1 of the particles has 6 entries for 5 columns",
        ),
        (frame(rows="1 1 0.5 1 1\n2 1 7.5 1 1 98\n"), "line 2 of the particles has 6 entries for 5 columns"),
        (frame(rows="1 1 0.5 1\n2 1 7.5 1\n"), "line 1 of the particles has 4 entries"),
        (frame(rows="1 C 0.5 1 1 1\n2 C 7.5 1 1 1\n", columns="id element x y z"), "has 6 entries"),
        (frame(n=1), "line '2 1 7.5 1 1' where a frame or its header goes on"),
        (frame(n=-1), "no TIMESTEP, NUMBER OF ATOMS or BOX BOUNDS"),
        (frame(box="0 8 0\n" * 3), "three lines of 2 finite bounds"),
        (frame(box="0 nan\n" * 3), "three lines of 2 finite bounds"),
        (frame("xy xz yz pp pp pp"), "three lines of 3 finite bounds"),
        (frame().replace("NUMBER OF ATOMS", "NUMBER OF ENTRIES"), "line 'ITEM: NUMBER OF ENTRIES'"),
        ("ITEM: UNITS\nlj\n" + frame().split("ITEM: ATOMS")[0], "no line ITEM: ATOMS"),
    ],
)
def test_lines_that_do_not_fit_the_header(tmp_path, text, detail):
    path = tmp_path / "a.dump"
    path.write_text(text)
    with pytest.raises(ValueError, match="frame [01] of .*a.dump'.* ends early or is damaged") as info:
        read_frames(path)
    assert detail in str(info.value)


def test_components_are_in_the_order_of_their_numbers(tmp_path):
    path = tmp_path / "a.dump"
    path.write_text(frame(columns="id type x y z c_d[10] c_d[2] c_d[1]", rows="1 1 0 0 0 10 2 1\n", n=1))
    assert read_frames(path)[0].arrays["c_d"].tolist() == [[1, 2, 10]]


@pytest.mark.parametrize(
    "columns, kinds, names",
    [
        ("element", ("GB", "C"), {"GB": "O"}),
        ("typelabel", ("GB", "C"), {"GB": 8}),
        ("typelabel", ("O", "C"), None),
        ("type", ("1", "200"), {"1": "O", "200": "C"}),
        ("type typelabel", ("1 GB", "2 C"), {"GB": "O"}),
    ],
)
def test_names_of_types(tmp_path, columns, kinds, names):
    path = tmp_path / "a.dump"
    rows = "".join(f"{k} {kind} {k} 1 1\n" for k, kind in enumerate(kinds))
    path.write_text(frame(rows=rows, columns=f"id {columns} x y z"))
    assert read_frames(path, type_names=names)[0].numbers.tolist() == [8, 6]
    if names and columns != "type typelabel":
        with pytest.raises(ValueError, match="line . of the particles, got .*; expected .*type_names"):
            read_frames(path)


def test_an_at_sign_is_part_of_a_name(tmp_path):
    for name in ("run@1.dump", "run@0"):
        (tmp_path / name).write_text(frame() * 3)
        assert len(read_frames(tmp_path / name)) == 3
    from ase.io import write

    write(tmp_path / "run.xyz", read_frames(tmp_path / "run@0"))
    (tmp_path / "run.xyz").rename(tmp_path / "run@2.xyz")
    assert len(read_frames(tmp_path / "run@2.xyz")) == 3


def test_quaternions_of_a_general_box_are_in_the_frame_of_positions(tmp_path):
    """LAMMPS turns its own vectors: torques in the body frame and features do not know of the turn."""
    (tmp_path / "in.data").write_text(GENERAL_DATA)
    run_lammps(tmp_path, GENERAL)
    restricted, general = (read_frames(tmp_path / f"{name}.dump")[0] for name in ("restricted", "general"))
    assert_close(general.cell.array, [[6, 1, 0.5], [-1, 7, 1], [0.3, -1.2, 8]], 1e-14)
    body = [rotations_of(a.arrays["c_q"]).inv().apply(a.arrays["torques"]) for a in (restricted, general)]
    assert np.abs(restricted.arrays["torques"] - general.arrays["torques"]).max() > 0.01
    assert_close(body[1], body[0], 1e-12)
    features = DESCRIPTOR.power_spectrum(restricted)
    assert_close(DESCRIPTOR.power_spectrum(general), features, 1e-12)
    for name in ("in", "general", "restricted"):
        assert_close(DESCRIPTOR.power_spectrum(read_frames(tmp_path / f"{name}.data")), features, 1e-12)


def test_a_hybrid_style_in_a_general_box_is_refused(tmp_path):
    """LAMMPS turns its positions and leaves its quaternions."""
    (tmp_path / "a.data").write_text(GENERAL_DATA.replace("# ellipsoid", "# hybrid ellipsoid dipole"))
    with pytest.raises(ValueError, match="got style 'hybrid ellipsoid dipole' in a general box"):
        read_frames(tmp_path / "a.data")


def test_a_general_box_of_another_hand(tmp_path):
    path = tmp_path / "a.dump"
    columns = "id type x y z c_q[1] c_q[2] c_q[3] c_q[4]"
    box = "8 0 0 0\n0 0 8 0\n0 8 0 0\n"
    path.write_text(frame("abc origin pp pp pp", "1 1 0 0 0 1 0 0 0\n", 1, columns, box))
    with pytest.raises(ValueError, match="frame 0 of .*: cell vectors, got no right-handed cell"):
        read_frames(path)


def test_orientations_of_points_stay_zero_in_a_general_box(tmp_path):
    path = tmp_path / "a.dump"
    columns = "id type x y z c_q[1] c_q[2] c_q[3] c_q[4]"
    box = "0 8 0 0\n-8 0 0 0\n0 0 8 0\n"  # turned by 90 degrees around z
    path.write_text(frame("abc origin pp pp pp", "1 1 0 0 0 2 0 0 0\n2 1 1 0 0 0 0 0 0\n", 2, columns, box))
    half = np.sqrt(0.5)
    assert_close(np.abs(read_frames(path)[0].arrays["c_q"]), [[half, 0, 0, half], [0, 0, 0, 0]], 1e-15)


@pytest.mark.parametrize("name", ["x.dump", "xs.dump", "x.data"])
def test_two_dimensions(tmp_path, name):
    """As in three dimensions in a box so high that there are no images within the cutoff."""
    run_lammps(tmp_path, FLAT)
    with pytest.raises(
        ValueError, match="frame 0 of .*, got all particles at z = .* of height 1, .* dimension: 2"
    ):
        read_frames(tmp_path / name)
    (flat,) = read_frames(tmp_path / name, dimension=2)
    assert flat.pbc.tolist() == [True, True, False]
    high = flat.copy()
    high.pbc, high.cell[2, 2] = True, 100
    assert_close(DESCRIPTOR.power_spectrum(flat), DESCRIPTOR.power_spectrum(high), 1e-12)
    (images,) = read_frames(tmp_path / name, dimension=3)
    assert images.pbc.all() and images == read_frames(tmp_path / name, "0", dimension=3)[0]


def test_frames_that_are_not_flat(tmp_path):
    path = tmp_path / "a.dump"
    for box, z in (("0 8\n0 8\n-50 50\n", 0), ("0 8\n0 8\n0 8\n", 0), ("0 8\n0 8\n-1 1\n", 0.3)):
        path.write_text(frame(rows=f"1 1 0.5 1 {z}\n2 1 7.5 1 {z}\n", box=box))
        assert read_frames(path)[0].pbc.all()
    path.write_text(frame(rows="1 1 0.5 1 0.1\n2 1 7.5 1 0.2\n"))
    with pytest.raises(ValueError, match="dimension, got 2 for z from 0.1 to 0.2; expected equal z"):
        read_frames(path, dimension=2)


def test_points_among_ellipsoids(tmp_path):
    run_lammps(tmp_path, POINTS)
    path = tmp_path / "all.dump"
    text = "frame 0 of .*, got 2 particles of shape 1 1 1 and quaternion 1 0 0 0, .* the option keep"
    with pytest.warns(UserWarning, match=text):
        (everything,) = read_frames(path)
    assert len(everything) == 4
    (bodies,) = read_frames(tmp_path / "bodies.dump")
    expected = DESCRIPTOR.power_spectrum(bodies)
    for keep in (["H"], [1]):
        (kept,) = read_frames(path, keep=keep)
        assert_close(DESCRIPTOR.power_spectrum(kept), expected, 1e-14)
        assert_close(DESCRIPTOR.power_spectrum(read_frames(tmp_path / "all.data", keep=keep)), expected, 1e-4)
    assert len(read_frames(path, keep=["He", "H"])[0]) == 4
    assert read_frames(tmp_path / "all.data")[0].arrays["shape"].tolist() == [
        [1, 1, 3],
        [0] * 3,
        [1, 1, 3],
        [0] * 3,
    ]
    with pytest.raises(ValueError, match=r"keep, got \['C'\]; expected some of H, He"):
        read_frames(path, keep=["C"])
