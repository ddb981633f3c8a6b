# SPDX-License-Identifier: MIT
"""The command anisoap-md: files it writes, its errors, LAMMPS."""

import json
import os
import re
import shutil
import subprocess
import sys
from importlib import import_module

import anisoap_md
import h5py
import numpy as np
import pytest
from anisoap_md import Descriptor, _core, cli
from anisoap_md.cli.main import COMMANDS
from anisoap_md.lammps import plugin as _lammps
from ase.io import read, write
from testing.helpers import TRICLINIC, assert_close, random_atoms, skip

BASIS = ["--max-angular", "3", "--cutoff-radius", "4", "--radial-gaussian-width", "1.1"]


@pytest.fixture
def trajectory(tmp_path):
    """Nine frames of different sizes as extended XYZ, and as they read back."""
    path = tmp_path / "run.xyz"
    write(path, [random_atoms(k, 2 + k, TRICLINIC) for k in range(9)])
    return path, read(path, ":")


def run(*arguments) -> int:
    return cli.main([str(a) for a in arguments])


def expected(frames, **others):
    descriptor = Descriptor(3, "gto", 4.0, radial_gaussian_width=1.1, species=[6, 8])
    return descriptor.power_spectrum(frames, **others), descriptor


@pytest.mark.parametrize("symmetric", [False, True])
@pytest.mark.parametrize("average", [None, "frame"])
@pytest.mark.parametrize("suffix", ["npz", "h5", "extxyz"])
def test_describe(trajectory, tmp_path, suffix, average, symmetric, capsys):
    path, frames = trajectory
    out, hypers = tmp_path / f"out.{suffix}", tmp_path / "hypers.json"
    options = ["--symmetric"] * symmetric + (["--average", average] if average else [])
    assert run("describe", path, "-o", out, *BASIS, *options, "--write-hypers", hypers) == 0
    rows, descriptor = expected(frames, symmetric=symmetric, average=average)
    labels = descriptor.feature_labels_symmetric if symmetric else descriptor.feature_labels
    captured = capsys.readouterr()
    assert captured.out == f"{out}: {len(rows)} rows of {len(labels)} features, 9 frames\n"
    assert "9 frames" in captured.err
    assert hypers.read_text() == descriptor.to_json()
    if suffix == "npz":
        content = dict(np.load(out))
        strings = {k: str(v) for k, v in content.items()}
    elif suffix == "h5":
        with h5py.File(out) as file:
            content = {k: v[:] for k, v in file.items()}
            strings = dict(file.attrs)
    else:
        again = read(out, ":")
        key = [a.info["anisoap"] for a in again] if average else [a.arrays["anisoap"] for a in again]
        got = np.array(key) if average else np.concatenate(key)
        assert np.array_equal(got, rows)
        assert again[4].info["anisoap_cutoff_radius"] == 4.0 and again[4].info["anisoap_species"] == "C O"
        assert again[4].info["anisoap_labels"].tolist() == [list(label) for label in labels.tolist()]
        assert np.array_equal(again[4].positions, frames[4].positions)
        assert np.array_equal(again[4].arrays["c_q"], frames[4].arrays["c_q"])
        return
    assert np.array_equal(content["features"], rows)
    assert np.array_equal(content["labels"], labels)
    assert content["n_particles"].tolist() == [len(a) for a in frames]
    assert strings["hypers"] == descriptor.to_json() and strings["version"] == anisoap_md.__version__
    assert strings["average"] == (average or "none") and strings["source"] == str(path)


def test_describe_streams_into_hdf5(trajectory, tmp_path, monkeypatch):
    monkeypatch.setattr("anisoap_md.frames.batches.MOST_FRAMES", 2)
    path, frames = trajectory
    for suffix in ("h5", "npz", "extxyz"):
        assert run("describe", path, "-o", tmp_path / f"out.{suffix}", *BASIS, "--quiet") == 0
    rows = expected(frames)[0]
    with h5py.File(tmp_path / "out.h5") as file:
        assert np.array_equal(file["features"], rows) and len(file["n_particles"]) == 9
    assert np.array_equal(np.load(tmp_path / "out.npz")["features"], rows)
    assert np.array_equal(
        np.concatenate([a.arrays["anisoap"] for a in read(tmp_path / "out.extxyz", ":")]), rows
    )


def test_describe_with_a_file_of_hyperparameters(trajectory, tmp_path, capsys):
    path, frames = trajectory
    hypers = tmp_path / "hypers.json"
    rows, descriptor = expected(frames[2:6:2])
    descriptor.to_json(hypers)
    out = tmp_path / "out.npz"
    assert (
        run("describe", path, "-o", out, "--hypers", hypers, "--index", "2:6:2", "--quiet", "--threads", 1)
        == 0
    )
    assert np.array_equal(np.load(out)["features"], rows)
    assert run("describe", path, "-o", out, "--hypers", hypers, "--max-angular", 3) == 1
    assert "--hypers, got also --max-angular; expected the file alone" in capsys.readouterr().err


@pytest.mark.parametrize("index", ["-2:", "-3:-1", "-1", "-4::2"])
def test_an_index_that_begins_with_a_minus(trajectory, tmp_path, index):
    path, frames = trajectory
    chosen = eval(f"frames[{index}]")
    assert run("describe", path, "-o", tmp_path / "o.npz", *BASIS, "--quiet", "--index", index) == 0
    assert np.load(tmp_path / "o.npz")["n_particles"].tolist() == [
        len(a) for a in (chosen if ":" in index else [chosen])
    ]


def test_describe_tells_the_reader_what_the_file_does_not_say(trajectory, tmp_path):
    path, frames = trajectory
    for atoms in frames:
        atoms.positions[:, 2] = 1.0
        atoms.arrays["c_q"] = atoms.arrays["c_q"][:, [1, 2, 3, 0]]
    write(path, frames)
    options = ["--keep", "8", "--dimension", 2, "--quaternions", "xyzw"]
    assert run("describe", path, "-o", tmp_path / "o.npz", *BASIS, "--quiet", *options) == 0
    for atoms in frames:
        atoms.arrays["c_q"] = atoms.arrays["c_q"][:, [3, 0, 1, 2]]
        atoms.pbc[2] = False
    chosen = [atoms[atoms.numbers == 8] for atoms in frames]
    descriptor = Descriptor(3, "gto", 4.0, radial_gaussian_width=1.1, species=[8])
    found = np.load(tmp_path / "o.npz")["features"]
    assert_close(found, descriptor.power_spectrum(chosen), 1e-14)


def test_describe_names_types(tmp_path):
    rows = "1 1 0.5 1 1 1 0 0 0 1 1 3\n2 2 2 1 1 0.9 0.1 0.3 0 1 1 3\n"
    columns = "id type x y z quatw quati quatj quatk shapex shapey shapez"
    box = "ITEM: BOX BOUNDS pp pp pp\n0 8\n0 8\n0 8\n"
    text = f"ITEM: TIMESTEP\n0\nITEM: NUMBER OF ATOMS\n2\n{box}ITEM: ATOMS {columns}\n{rows}"
    (tmp_path / "a.dump").write_text(text)
    options = ["--type-names", "1=C", "2=8", "--quiet"]
    assert run("describe", tmp_path / "a.dump", "-o", tmp_path / "o.npz", *BASIS, *options) == 0
    (atoms,) = anisoap_md.iread(tmp_path / "a.dump")
    atoms.numbers = [6, 8]
    assert_close(np.load(tmp_path / "o.npz")["features"], expected([atoms])[0], 1e-14)


def test_describe_options(trajectory, tmp_path):
    path, frames = trajectory
    options = ["--radial-basis-name", "monomial", "--max-radial", 1, 0, 2, "--subtract-center-contribution"]
    options += [
        "--cutoff-function",
        "cosine",
        "--cutoff-width",
        0.5,
        "--species",
        "O",
        6,
        1,
        "--basis-tol",
        1e-6,
    ]
    options += ["--diameters", 2, 1.5, 1, "--dtype", "float32", "--quiet"]
    out = tmp_path / "out.npz"
    assert run("describe", path, "-o", out, "--max-angular", 2, "--cutoff-radius", 3, *options) == 0
    for atoms in frames:
        for k, d in enumerate((2, 1.5, 1), start=1):
            del atoms.arrays[f"c_diameter{k}"]
            atoms.set_array(f"c_diameter[{k}]", np.full(len(atoms), d))
    descriptor = Descriptor(
        2,
        "monomial",
        3,
        max_radial=[1, 0, 2],
        subtract_center_contribution=True,
        cutoff_function="cosine",
        cutoff_width=0.5,
        species=["O", "C", "H"],
        basis_tol=1e-6,
        dtype="float32",
    )
    content = np.load(out)
    assert content["features"].dtype == np.float32
    assert np.array_equal(content["features"], descriptor.power_spectrum(frames))
    assert str(content["hypers"]) == descriptor.to_json()


ERRORS = {
    "no input": (["missing.xyz", "-o", "out.npz", *BASIS], "missing.xyz"),
    "suffix": (
        ["run.xyz", "-o", "out.npx", *BASIS],
        "suffix of the output file, got '.npx'; expected .npz, .h5, .extxyz or .xyz",
    ),
    "no cutoff": (
        ["run.xyz", "-o", "out.npz", "--max-angular", "3"],
        "--cutoff-radius, got nothing; expected a number",
    ),
    "no width": (
        ["run.xyz", "-o", "out.npz", *BASIS[:4]],
        "error: --radial-gaussian-width, got none; expected a width > 0",
    ),
    "basis": (["run.xyz", "-o", "out.npz", *BASIS, "--radial-basis-name", "gtp"], "did you mean 'gto'?"),
    "species": (
        ["run.xyz", "-o", "out.npz", *BASIS, "--species", "C"],
        "got 8; expected one of species = [6]",
    ),
    "columns": (
        ["run.xyz", "-o", "out.npz", *BASIS, "--diameter-columns", "a", "b", "c"],
        "expected a LAMMPS dump",
    ),
    "hypers": (
        ["run.xyz", "-o", "out.npz", "--hypers", "run.xyz"],
        "hyperparameter file, got text that is not JSON",
    ),
    "folder": (["run.xyz", "-o", "folder.npz", *BASIS], "output file, got the folder"),
    "no folder": (
        ["run.xyz", "-o", "no/out.npz", *BASIS],
        "output file, got 'no/out.npz' in a folder that does not exist; expected an existing folder",
    ),
    "no folder of hypers": (
        ["run.xyz", "-o", "out.npz", *BASIS, "--write-hypers", "no/h.json"],
        "output file, got 'no/h.json' in a folder that does not exist",
    ),
    "input as output": (
        ["run.xyz", "-o", "./run.xyz", *BASIS],
        "--output, got './run.xyz', the same file as the input; expected another file",
    ),
    "input as hypers": (
        ["run.xyz", "-o", "out.npz", *BASIS, "--write-hypers", "run.xyz"],
        "--write-hypers, got 'run.xyz', the same file as the input",
    ),
    "hypers as output": (
        ["run.xyz", "-o", "out.npz", "--hypers", "out.npz"],
        "--output, got 'out.npz', the same file as --hypers",
    ),
    "hypers as both outputs": (
        ["run.xyz", "-o", "new.npz", *BASIS, "--write-hypers", "new.npz"],
        "--write-hypers, got 'new.npz', the same file as --output",
    ),
    "format": (
        ["run.xyz", "-o", "out.npz", *BASIS, "--format", "foo"],
        "read with format 'foo', got Unknown",
    ),
    "index past the end": (
        ["run.xyz", "-o", "out.npz", *BASIS, "--index", "9"],
        "--index, got '9', which no frame of 'run.xyz' matched; expected at least one frame",
    ),
    "index past the end with species": (
        ["run.xyz", "-o", "out.npz", *BASIS, "--species", "C", "O", "--index", "20:"],
        "--index, got '20:', which no frame",
    ),
    "index": (["run.xyz", "-o", "out.npz", *BASIS, "--index", "abc"], "index, got 'abc'; expected frames as"),
    "threads": (["run.xyz", "-o", "out.npz", *BASIS, "--threads", "0"], "error: --threads, got 0; expected"),
    "max_radial": (
        ["run.xyz", "-o", "out.npz", *BASIS, "--max-radial", "1", "2"],
        "error: --max-radial, got 2 entries; expected one number, or --max-angular + 1 = 4 of them",
    ),
    "dtype": (
        ["run.xyz", "-o", "out.npz", *BASIS, "--dtype", "int8"],
        "error: --dtype, got 'int8'; expected",
    ),
}


@pytest.mark.parametrize("name", ERRORS)
def test_describe_errors(trajectory, tmp_path, name, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "folder.npz").mkdir()
    (tmp_path / "out.npz").write_text("before")
    arguments, text = ERRORS[name]
    assert run("describe", *arguments) == 1
    error = capsys.readouterr().err
    assert text in error and "anisoap-md: error: " in error and "Traceback" not in error
    assert (tmp_path / "out.npz").read_text() == "before"
    assert sorted(p.name for p in tmp_path.iterdir()) == ["folder.npz", "out.npz", "run.xyz"]


def test_a_link_to_the_input_is_no_output(trajectory, tmp_path, capsys):
    path, frames = trajectory
    link = tmp_path / "link.xyz"
    for make in (link.symlink_to, link.hardlink_to):
        make(path)
        assert run("describe", path, "-o", link, *BASIS) == 1
        assert "the same file as the input" in capsys.readouterr().err
        link.unlink()
    assert len(read(path, ":")) == len(frames)


def test_a_folder_without_permission_is_found_before_computing(trajectory, tmp_path, capsys, monkeypatch):
    monkeypatch.setattr("anisoap_md.common.files.os.access", lambda path, mode: False)
    monkeypatch.setattr(Descriptor, "_run", None)
    out = tmp_path / "out.npz"
    assert run("describe", trajectory[0], "-o", out, *BASIS) == 1
    assert f"output file, got '{out}' in a folder without permission to write" in capsys.readouterr().err
    with pytest.raises(PermissionError, match="h.json' in a folder without permission"):
        Descriptor(3, "gto", 4.0, radial_gaussian_width=1.1, species=[6]).to_json(tmp_path / "h.json")


def test_errors_of_writing_name_the_file_of_the_user(trajectory, tmp_path, capsys):
    for suffix in ("npz", "h5", "extxyz"):
        out = tmp_path / ("n" * 245 + f".{suffix}")  # the temporary name is longer than a file system takes
        assert run("describe", trajectory[0], "-o", out, *BASIS, "--quiet") == 1
        assert f"'{out}'" in capsys.readouterr().err
    name = "n" * 245 + ".json"
    with pytest.raises(OSError, match=f"'.*/{name}'"):
        Descriptor(3, "gto", 4.0, radial_gaussian_width=1.1, species=[6]).to_json(tmp_path / name)


def test_empty_frames_need_species(tmp_path, capsys):
    path, out = tmp_path / "empty.extxyz", tmp_path / "out.extxyz"
    write(path, [random_atoms(1, 0, TRICLINIC)], format="extxyz")
    options = [*BASIS, "--diameters", 1, 1, 2, "--quiet"]
    assert run("describe", path, "-o", out, *options) == 1
    assert "frames that hold no particle; expected --species" in capsys.readouterr().err
    assert run("describe", path, "-o", out, *options, "--species", "C") == 0
    assert [len(a) for a in read(out, ":")] == [0]


def test_a_failure_in_a_late_frame_leaves_the_old_file(trajectory, tmp_path, capsys, monkeypatch):
    monkeypatch.setattr("anisoap_md.frames.batches.MOST_FRAMES", 2)
    path, frames = trajectory
    frames[7].arrays["c_q"][3] = 0
    write(path, frames)
    for suffix in ("npz", "h5", "extxyz"):
        out = tmp_path / f"out.{suffix}"
        out.write_text("before")
        assert run("describe", path, "-o", out, *BASIS) == 1
        assert "frame 7, particle 3: quaternion is zero" in capsys.readouterr().err
        assert out.read_text() == "before"
        out.unlink()
    assert [p.name for p in tmp_path.iterdir()] == ["run.xyz"]


def test_hdf5_without_its_package(trajectory, tmp_path, capsys, monkeypatch):
    monkeypatch.setattr("anisoap_md.common.packages.find_spec", lambda name: None)
    assert run("describe", trajectory[0], "-o", tmp_path / "out.h5", *BASIS) == 1
    assert "got no package 'h5py'; expected 'pip install anisoap-md[hdf5]'" in capsys.readouterr().err


def test_usage_errors(capsys):
    for arguments, text in (
        (["describe", "a", "-o", "b.npz", "--max-angula", "3"], "did you mean '--max-angular'?"),
        (["describe", "a"], "required: -o/--output"),
        (["descrbe"], "invalid choice: 'descrbe'"),
        ([], "required: COMMAND"),
    ):
        with pytest.raises(SystemExit) as info:
            run(*arguments)
        assert info.value.code == 2
        assert text in capsys.readouterr().err


def test_help_and_version(capsys):
    for arguments, text in (
        (["--help"], "mpiexec -n 2 anisoap-md lmp -in in.nematic"),
        (["describe", "--help"], "--radial-gaussian-width SIGMA"),
        (["--version"], f"anisoap-md {anisoap_md.__version__}"),
    ):
        with pytest.raises(SystemExit) as info:
            run(*arguments)
        assert info.value.code == 0
        assert text in capsys.readouterr().out


def test_help_imports_one_command_at_most():
    """And what every command needs: the core and, with it, NumPy."""
    for words, names in (
        (["--help"], []),
        (["info"], []),
        (["describe", "--help"], ["describe"]),
    ):
        code = f"""import sys
from anisoap_md.cli import main
try:
    main({words})
except SystemExit:
    pass
heavy = [m for m in ("ase", "scipy", "tqdm", "torch", "matplotlib") if m in sys.modules]
commands = [m for m in ("describe", "train", "tune", "active_learn") if "anisoap_md.cli." + m in sys.modules]
sys.exit(repr(("{words[0]}" != "describe" and heavy, commands)))"""
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
        assert done.stderr.splitlines()[-1] == repr((words[0] != "describe" and [], names))


def test_every_command_has_a_description():
    for name, command in COMMANDS.items():
        module = import_module(command.module, "anisoap_md.cli")
        assert callable(getattr(module, command.run)), name
        assert not command.has_arguments or module.DESCRIPTION.endswith("."), name


def test_info(capsys):
    assert run("info") == 0
    text = capsys.readouterr().out
    sets = _core.instruction_sets()
    assert re.search(rf"^anisoap-md +{anisoap_md.__version__}$", text, re.MULTILINE)
    assert f"{sets[0]} (available: {', '.join(sets)})" in text
    assert re.search(rf"^threads +{_core.default_num_threads()}$", text, re.MULTILINE)
    assert re.search(r"^LAMMPS plugin +\S", text, re.MULTILINE)


def test_an_installation_without_plugin_says_so(capsys, monkeypatch, tmp_path):
    monkeypatch.setattr(_lammps, "FOLDER", tmp_path)
    for arguments in (["plugin-path"], ["lmp", "-in", "in.x"]):
        assert run(*arguments) == 1
        assert (
            "got an installation without anisoapplugin.so; expected one that was built with"
            in capsys.readouterr().err
        )
    assert run("info") == 0
    assert "none: this installation was built without it" in capsys.readouterr().out


def test_startup_folder_is_named_once(monkeypatch):
    own = str(_lammps.FOLDER)
    monkeypatch.setenv("LAMMPS_PLUGIN_PATH", f"/a:{own}:/b:{own}/")
    assert _lammps.startup_folder() == own
    assert os.environ["LAMMPS_PLUGIN_PATH"] == "/a:/b"
    monkeypatch.delenv("LAMMPS_PLUGIN_PATH")
    assert _lammps.startup_folder() == own
    assert "LAMMPS_PLUGIN_PATH" not in os.environ


def test_module_runs_as_the_command():
    out = subprocess.run(
        [sys.executable, "-m", "anisoap_md", "--version"], capture_output=True, text=True, check=True
    )
    assert out.stdout == f"anisoap-md {anisoap_md.__version__}\n"


INPUT = """
units lj
atom_style ellipsoid
lattice sc 0.2
region box block 0 3 0 3 0 3
create_box 1 box
create_atoms 1 box
set type 1 mass 1.0
set type 1 shape 1.0 1.0 3.0
set type 1 quat/random 11
pair_style zero 3.0
pair_coeff * *
compute q all property/atom quatw quati quatj quatk
compute shape all property/atom shapex shapey shapez
compute d all anisoap 3.0 basis gto 1.1 lmax 3
dump 1 all custom 1 out.dump id type x y z c_q[*] c_shape[*] c_d[*]
dump_modify 1 format float %.17g
run 0
"""


@pytest.mark.parametrize("ranks", [0, 2])
def test_lmp_runs_with_the_plugin(tmp_path, ranks):
    try:
        _lammps.plugin_folder()
    except RuntimeError as error:
        skip(str(error))
    (tmp_path / "in.x").write_text(INPUT)
    command = [sys.executable, "-m", "anisoap_md", "lmp", "-in", "in.x"]
    if ranks:
        mpiexec = shutil.which(
            "mpiexec", path=os.path.dirname(sys.executable) + os.pathsep + os.environ["PATH"]
        )
        assert mpiexec, "the package mpich has mpiexec"
        command = [mpiexec, "-n", str(ranks), *command]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    grid = re.search(r"(\d+) by (\d+) by (\d+) MPI processor grid", done.stdout)
    assert np.prod([int(n) for n in grid.groups()]) == max(ranks, 1)
    (atoms,) = anisoap_md.iread(tmp_path / "out.dump")
    assert len(atoms) == 27
    p = Descriptor(3, "gto", 3.0, radial_gaussian_width=1.1, species=[1]).power_spectrum(atoms)
    assert np.abs(atoms.arrays["c_d"] - p).max() < 1e-10 * np.abs(p).max()


def test_files_name_their_format(trajectory, tmp_path):
    assert run("describe", trajectory[0], "-o", tmp_path / "out.npz", *BASIS, "--quiet") == 0
    document = json.loads(str(np.load(tmp_path / "out.npz")["hypers"]))
    assert document["format"] == "anisoap-hypers"


def test_species_that_come_later_name_the_option(tmp_path, capsys):
    path, out = tmp_path / "run.xyz", tmp_path / "out.npz"
    write(path, [random_atoms(0, 2, TRICLINIC, numbers=(6,)), random_atoms(1, 2, TRICLINIC)], format="extxyz")
    assert run("describe", path, "-o", out, *BASIS, "--quiet") == 1
    assert (
        "got 8; expected one of species = [6], those of the first frame; pass --species"
        in capsys.readouterr().err
    )
    assert run("describe", path, "-o", out, *BASIS, "--quiet", "--species", "C", "O") == 0
