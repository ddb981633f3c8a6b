# SPDX-License-Identifier: MIT
"""The coarse-grained run: LAMMPS reads what was written, and moves it."""

import re

import numpy as np
import pytest
from anisoap_md import ArgumentError, Descriptor, cli, coarse_grain, fit, read_frames
from ase import units as _ase
from ase.build import molecule
from scipy.spatial.transform import Rotation
from testing.helpers import run_lammps
from testing.liquids import CELL, liquid, write_dump

TWO_BODY = {"kind": "polynomial", "cutoff": 7.0, "width": 1.5, "degree": 2, "powers": (2, 4)}


def moving(seed=0, cell=CELL):
    atoms = liquid([molecule("CH3OH")] * 4, 0.6 * np.asarray(cell), seed=seed)
    velocities = np.random.default_rng(seed).normal(size=(len(atoms), 3)) * 1e-3
    for k, name in enumerate(("vx", "vy", "vz")):
        atoms.set_array(name, velocities[:, k])
    return atoms


def written_by(folder) -> dict[str, np.ndarray]:
    """Columns of a dump of LAMMPS."""
    lines = (folder / "read.dump").read_text().splitlines()
    start = next(k for k, line in enumerate(lines) if line.startswith("ITEM: ATOMS"))
    table = np.array([[float(v) for v in line.split()] for line in lines[start + 1 :]])
    return dict(zip(lines[start].split()[2:], table.T, strict=True))


@pytest.mark.parametrize("left", [False, True], ids=["lammps-cell", "turned-cell"])
def test_lammps_reads_masses_shapes_orientations_and_motion(tmp_path, left):
    atoms = moving()
    if left:
        turn = Rotation.from_rotvec([0.3, -0.5, 0.8])
        atoms.set_cell(turn.apply(atoms.cell.array), scale_atoms=True)
        atoms.wrap()
    coarse = coarse_grain(atoms, units="real", diameters=[3, 4, 5])
    (frame,) = coarse
    coarse.write_lammps(tmp_path / "run", frame)
    script = (tmp_path / "run.in").read_text()
    head = script[script.index("units") : script.index("pair_style")]
    columns = (
        "id type mass x y z vx vy vz angmomx angmomy angmomz shapex shapey shapez quatw quati quatj quatk"
    )
    names = " ".join(f"c_p[{k}]" for k in range(1, 14))
    run_lammps(
        tmp_path,
        f"""{head}
pair_style zero 5.0
pair_coeff * *
compute p all property/atom {" ".join(columns.split()[6:])}
run 0
write_dump all custom read.dump id type mass x y z {names} modify sort id format float %.16g
""",
    )
    read = written_by(tmp_path)
    _, turned = frame.cell.standard_form()  # cell = standard @ turned
    np.testing.assert_allclose(read["mass"], frame.get_masses(), rtol=1e-12)
    motion = np.array([read[f"c_p[{k}]"] for k in range(1, 14)]).T
    np.testing.assert_allclose(
        motion[:, :3], frame.get_velocities() @ turned.T * _ase.fs, rtol=1e-10, atol=1e-14
    )
    spins = frame.arrays["angular_momenta"] @ turned.T * _ase.fs
    np.testing.assert_allclose(motion[:, 3:6], spins, rtol=1e-10, atol=1e-12)
    np.testing.assert_allclose(motion[:, 6:9], frame.arrays["c_diameter"], rtol=1e-12)
    orientations = Rotation.from_matrix(turned) * Rotation.from_quat(np.roll(frame.arrays["c_q"], -1, axis=1))
    angles = (Rotation.from_quat(np.roll(motion[:, 9:], -1, axis=1)).inv() * orientations).magnitude()
    assert angles.max() < 1e-10


def test_from_a_dump_to_a_run_of_the_model(tmp_path, capsys):
    """The whole way by commands: coarse-grain, train, LAMMPS."""
    write_dump(tmp_path / "aa.dump", [moving(k) for k in range(8)], ("vx", "vy", "vz"))
    bodies, model = tmp_path / "bodies.extxyz", tmp_path / "model.json"
    words = [
        "coarse-grain",
        tmp_path / "aa.dump",
        "-o",
        bodies,
        "--type-names",
        "1=H",
        "2=C",
        "3=O",
        "--units",
        "real",
    ]
    words += ["--species", "CH4O=C", "--lammps", tmp_path / "run", "--quiet"]
    assert cli.main([str(w) for w in words]) == 0
    told = capsys.readouterr().out
    assert "8 frames" in told and "4 C (CH4O): mass 32.042" in told and "run.in" in told
    train = [
        "train",
        bodies,
        "-o",
        model,
        "--units",
        "real",
        "--kind",
        "none",
        "--test",
        "0",
        "--quiet",
        "--two-body",
    ]
    train += ["kind=polynomial", "cutoff=7", "width=1.5", "degree=2", "powers=2,4"]
    assert cli.main([str(w) for w in train]) == 0
    (tmp_path / "in.run").write_text((tmp_path / "run.in").read_text())
    script = (
        (tmp_path / "run.in")
        .read_text()
        .replace("steps index 10000", "steps index 10")
        .replace("timestep        5.0", "timestep 0.1")
    )
    run_lammps(tmp_path, f"{script}\nwrite_data end.data")
    assert "4 ellipsoids" in (tmp_path / "end.data").read_text()
    first = read_frames(tmp_path / "run.dump", type_names={"1": "C"})[0]
    last = read_frames(bodies)[-1]
    np.testing.assert_allclose(first.arrays["shape"], last.arrays["c_diameter"], rtol=1e-5)


def test_fit_reads_the_frames():
    frames = list(coarse_grain([moving(k) for k in range(6)], units="real", species={"CH4O": "C"}))
    result = fit(frames, Descriptor(0, "monomial", 1.0), "none", two_body=TWO_BODY, units="real", test=0)
    assert result.training["n_frames"] == 6
    with pytest.raises(ArgumentError, match=re.escape("info['units']")):
        fit(frames, Descriptor(0, "monomial", 1.0), "none", two_body=TWO_BODY, units="metal")


def test_units_are_needed(tmp_path):
    write_dump(tmp_path / "aa.dump", [liquid()])
    coarse = coarse_grain(tmp_path / "aa.dump", type_names={"1": "H", "2": "C"})
    with pytest.raises(ArgumentError, match="units, got None for a LAMMPS run"):
        coarse.write_lammps(tmp_path / "run", next(iter(coarse)))


def test_random_velocities_where_there_are_none(tmp_path):
    coarse = coarse_grain(liquid())
    coarse.write_lammps(tmp_path / "run", next(iter(coarse)))
    assert "velocity        all create" in (tmp_path / "run.in").read_text()
    assert "Velocities" not in (tmp_path / "run.data").read_text()


@pytest.mark.parametrize(
    "words, text",
    [
        (["--diameters", "vdv"], "--diameters, got 'vdv'"),
        (["--molecules", "bond"], "--molecules, got 'bond'"),
        (["--reference", "frist"], "--reference, got 'frist'"),
        (["--bodies", "C=0,1"], "--bodies, got atom 2 of C6H6 in 0 of them"),
        (["--lammps", "nowhere/run"], "a folder that does not exist"),
        (["--stress-column", "c_s", "--units", "real"], "stress_column 'c_s', got no such column"),
    ],
)
def test_bad_words_of_the_command(tmp_path, capsys, words, text):
    write_dump(tmp_path / "aa.dump", [liquid()])
    given = [
        "coarse-grain",
        str(tmp_path / "aa.dump"),
        "-o",
        str(tmp_path / "out.extxyz"),
        "--type-names",
        "1=H",
        "2=C",
    ]
    assert cli.main([*given, *words, "--quiet"]) == 1
    assert text in capsys.readouterr().err
    assert not (tmp_path / "out.extxyz").exists()


def test_the_command_does_not_replace_its_input(tmp_path, capsys):
    write_dump(tmp_path / "aa.dump", [liquid()])
    assert cli.main(["coarse-grain", str(tmp_path / "aa.dump"), "-o", str(tmp_path / "aa.dump")]) == 1
    assert "the same file as the input" in capsys.readouterr().err


def test_shapes_of_inertia(tmp_path):
    """LAMMPS computes its moments of inertia m (b^2 + c^2) / 20 from the shapes; those of methanol's body are met."""
    coarse = coarse_grain(moving(), units="real")
    (frame,) = coarse
    coarse.write_lammps(tmp_path / "run", frame, shapes="inertia")
    assert "pair_style      anisoap shapes model" in (tmp_path / "run.in").read_text()
    written = read_frames(tmp_path / "run.data")[0].arrays["shape"]
    squares = written**2
    moments = frame.get_masses()[:, None] / 20 * (squares.sum(axis=1, keepdims=True) - squares)
    np.testing.assert_allclose(moments, np.tile(coarse.bodies[0].reference.moments, (4, 1)), rtol=0.01)
    with pytest.raises(ArgumentError, match="did you mean 'inertia'"):
        coarse.write_lammps(tmp_path / "run", frame, shapes="inertial")


def test_words_of_the_command_are_those_of_the_function(tmp_path):
    dump, out = tmp_path / "aa.dump", tmp_path / "out.extxyz"
    write_dump(dump, [liquid(), liquid()])
    rings = {"C": [0, 1, 2, 6, 7, 8], "N": [3, 4, 5, 9, 10, 11]}
    given = [
        "coarse-grain",
        dump,
        "-o",
        out,
        "--masses",
        "1=1.008",
        "2=12",
        "--molecules",
        "mol",
        "--units",
        "real",
    ]
    given += [
        "--bodies",
        "C=0,1,2,6,7,8",
        "N=3,4,5,9,10,11",
        "--diameters",
        "C=4,4,3",
        "N=5,5.5,3",
        "--groups",
        "2",
        "--quiet",
    ]
    assert cli.main([str(w) for w in given]) == 0
    (read,) = read_frames(out)
    (expected,) = coarse_grain(
        dump,
        masses={1: 1.008, 2: 12},
        molecules="mol",
        units="real",
        bodies=rings,
        diameters={"C": [4, 4, 3], "N": [5, 5.5, 3]},
        groups=2,
    )
    assert read.get_chemical_symbols() == ["C", "N"] * 4 and read.info["n_samples"] == 2
    for name in ("torques", "torques_error", "c_q", "c_diameter", "masses"):
        np.testing.assert_array_equal(read.arrays[name], expected.arrays[name])
