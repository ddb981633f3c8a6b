# SPDX-License-Identifier: MIT
"""`compute anisoap/kk` gives the features of `compute anisoap`, within runs and between them."""

import re
from dataclasses import replace

import numpy as np
import pytest
from testing.helpers import assert_close
from testing.lmp import frames
from testing.lmp.kokkos_tolerance import TOLERANCE

COMPUTE = "compute a all anisoap 3.0 basis gto 1.0 lmax 4\n"
# bodies that move where KOKKOS has them
MOTION = (
    "pair_style lj/cut 2.5\npair_coeff * * 0.01 1.0\nfix 1 all nve/asphere\n"
    "velocity all create 1.0 1 loop geom rot yes\ntimestep 0.004\n"
)


def turned(script, file="a.dump"):
    """The script with bodies that turn before it ends, and a dump of features every third step of it."""
    return (
        script
        + f"dump d all custom 3 {file} id c_a[*]\ndump_modify d sort id format float %.17g\nrun 9\nundump d\n"
    )


def features(lammps, script, file, **options):
    """Rows of a dump with and without KOKKOS."""
    rows = []
    for kokkos in (True, False):
        lammps(script, kokkos=kokkos, **options)
        rows.append(frames.read_dump(lammps.folder / file))
    return rows


@pytest.mark.parametrize("ranks", [1, 2])
@pytest.mark.parametrize("style", ["anisoap", "anisoap/kk/host", "anisoap/kk/device"])
def test_features_of_moving_bodies(lammps, box, style, ranks):
    script = turned(frames.setup("box.data", box, 3.6) + COMPUTE.replace("anisoap", style) + MOTION)
    plain = script.replace(style, "anisoap")
    lammps(script, ranks=ranks)
    got = frames.read_dump(lammps.folder / "a.dump")
    lammps(plain, ranks=ranks, kokkos=False)
    expected = frames.read_dump(lammps.folder / "a.dump")
    assert np.abs(expected[-64:] - expected[:64]).max() > 1e-3 * np.abs(expected).max()
    assert_close(got, expected, TOLERANCE)


@pytest.mark.parametrize("keywords", ["quantity coefficients", "features symmetric", "species C NULL"])
def test_keywords(lammps, box, keywords):
    script = turned(frames.setup("box.data", box, 3.6) + COMPUTE.rstrip() + f" {keywords}\n" + MOTION)
    assert_close(*features(lammps, script, "a.dump"), TOLERANCE)


@pytest.mark.kernels
def test_single_precision(lammps, box):
    """It is another computation than double, within its bound."""
    begin = frames.setup("box.data", box, 3.6) + COMPUTE.rstrip()
    dump = frames.run_command("a.dump", "c_a[*]")
    double = features(lammps, begin + "\n" + dump, "a.dump")[0]
    single, expected = features(lammps, begin + " precision single\n" + dump, "a.dump")
    assert_close(single, expected, 1e-4)
    assert re.search(
        "^Compute anisoap/kk a: single precision in ",
        lammps(begin + " precision single\n" + dump).output,
        re.M,
    )
    if TOLERANCE < 1e-9:  # else this LAMMPS has no other than single precision
        assert np.abs(single - double).max() > 1e-9 * np.abs(double).max()


@pytest.mark.kernels
def test_sorted_rows_give_the_same_bits_for_any_ghosts(lammps, box):
    """With ghosts further out neighbours stand in other cells, and so in another order."""

    def rows(ghosts, words):
        script = frames.setup("box.data", box, ghosts) + COMPUTE.rstrip() + f" {words}\n"
        lammps(script + frames.run_command("a.dump", "c_a[*]"))
        return frames.read_dump(lammps.folder / "a.dump")

    assert np.array_equal(rows(3.6, "sort yes"), rows(5.1, "sort yes"))
    assert not np.array_equal(rows(3.6, "sort no"), rows(5.1, "sort no")), "nothing to compare"


def test_two_runs_of_one_step(lammps, box):
    script = (
        frames.setup("box.data", box, 3.6)
        + COMPUTE
        + frames.run_command("first.dump", "c_a[*]")
        + "displace_atoms all ramp x 0.0 1.5 y 0.0 7.0 units box\n"
        + frames.run_command("second.dump", "c_a[*]")
    )
    got, expected = features(lammps, script, "second.dump")
    assert_close(got, expected, TOLERANCE)
    first = frames.read_dump(lammps.folder / "first.dump")
    assert np.abs(first - expected).max() > 1e-3 * np.abs(expected).max()


def test_calls_between_two_lists(lammps, box):
    """Of LAMMPS: pairs come in from the skin."""
    fast = MOTION.replace("create 1.0", "create 30.0")
    script = frames.setup("box.data", box, 3.6) + COMPUTE + "neigh_modify delay 20 every 1\n" + fast
    script += "dump d all custom 2 a.dump id c_a[*]\ndump_modify d sort id format float %.17g\nrun 20\n"
    assert_close(*features(lammps, script, "a.dump"), TOLERANCE)


@pytest.mark.parametrize(
    "command",
    [
        "neigh_modify exclude type 1 2",
        "neigh_modify exclude group all all",
        "group some id 1 2\natom_modify first some\nneigh_modify include some",
    ],
)
def test_what_thins_lists_of_lammps_changes_nothing(lammps, box, command):
    def rows(words):
        script = frames.setup("box.data", box, 3.6) + words + COMPUTE + frames.run_command("a.dump", "c_a[*]")
        return features(lammps, script, "a.dump")

    got, plain = rows(command + "\n")
    assert_close(got, rows("")[1], TOLERANCE)
    assert_close(plain, rows("")[1], TOLERANCE)


@pytest.mark.parametrize("partner", ["lj/cut", "lj/cut/kk"])
def test_forces_of_a_pair_style_with_a_shorter_cutoff(lammps, box, partner):
    """LAMMPS could make its list from one of the compute."""

    def forces(compute):
        script = frames.setup("box.data", box, 3.6) + compute + "suffix off\n"
        script += f"pair_style {partner} 2.5\npair_coeff * * 1.0 1.0\n" + frames.run_command(
            "f.dump", "fx fy fz"
        )
        lammps(script)
        return frames.read_dump(lammps.folder / "f.dump")

    assert_close(forces(COMPUTE + "fix m all ave/atom 1 1 1 c_a[1]\n"), forces(""), TOLERANCE)


def test_an_open_box_needs_no_ghosts(lammps, tmp_path):
    """Nor a pair style or comm_modify, on one rank."""
    box = replace(frames.random_frame(5), periodic=(False,) * 3)
    frames.write_data(tmp_path / "box.data", box)
    script = frames.setup("box.data", box, 0.0) + COMPUTE + frames.run_command("a.dump", "c_a[*]")
    assert_close(*features(lammps, script, "a.dump"), TOLERANCE)


@pytest.mark.parametrize("ranks", [1, 2])
def test_isolated_bodies(lammps, tmp_path, ranks):
    """They have only themselves for a neighbour."""
    script = frames.setup("box.data", frames.isolated(tmp_path), 3.6) + COMPUTE
    script += frames.run_command("a.dump", "c_a[*]")
    assert_close(*features(lammps, script, "a.dump", ranks=ranks), TOLERANCE)


@pytest.mark.parametrize("ranks", [1, 2])
def test_ranks_that_lose_all_atoms(lammps, box, ranks):
    script = frames.setup("box.data", box, 3.6) + COMPUTE + frames.run_command("first.dump", "c_a[*]")
    script += "group gone id > 1\ndelete_atoms group gone compress no\n" + frames.run_command(
        "a.dump", "c_a[*]"
    )
    assert_close(*features(lammps, script, "a.dump", ranks=ranks), TOLERANCE)


COMMANDS = ["displace_atoms all move 3.1 -2.7 9.4", "change_box all x scale 1.2 remap", "replicate 2 1 1"]


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("ranks", [1, 2])
def test_features_between_runs(lammps, box, command, ranks):
    """The bodies have moved on the device before a command of the host changes them."""
    script = (
        turned(frames.setup("box.data", box, 3.6) + COMPUTE + MOTION) + command + "\n"
        + frames.dump_command("between.dump", "c_a[*]") + frames.run_command("after.dump", "c_a[*]")
    )  # fmt: skip
    got, expected = features(lammps, script, "between.dump", ranks=ranks)
    assert_close(got, expected, TOLERANCE)
    assert_close(got, frames.read_dump(lammps.folder / "after.dump"), TOLERANCE)


def test_averages_over_a_run(lammps, box):
    """fix ave/atom calls the compute within steps, when no output has brought the host up to date."""
    average = "fix m all ave/atom 2 3 6 c_a[1] c_a[2]\nrun 6\n"
    script = (
        frames.setup("box.data", box, 3.6)
        + COMPUTE
        + MOTION
        + average
        + frames.dump_command("m.dump", "f_m[*]")
    )
    assert_close(*features(lammps, script, "m.dump", ranks=2), TOLERANCE)
