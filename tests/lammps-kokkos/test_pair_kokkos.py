# SPDX-License-Identifier: MIT
"""`pair_style anisoap/kk` gives the values of `pair_style anisoap`, whatever is asked for."""

import json
import os

import numpy as np
import pytest
from testing.helpers import assert_close
from testing.lmp import frames, models, processes
from testing.lmp.kokkos_tolerance import TOLERANCE
from testing.training.grades import with_grades

PAIR = "pair_style anisoap\n" + models.COEFF
MOTION = "fix 1 all nve/asphere\nvelocity all create 1.0 1 loop geom rot yes\ntimestep 0.004\n"
LJ = "lj/cut 2.5"
ROUNDING = 1e-4 * TOLERANCE

# A tool of Kokkos that says when pairs are made of a list.
TOOL = """#include <stdint.h>
#include <stdio.h>
#include <string.h>
void kokkosp_begin_parallel_for(const char *name, uint32_t device, uint64_t *id)
{ (void)device; *id = 0; if (!strcmp(name, "anisoap pairs fill")) puts("pairs made"); }
"""

# Quantities of one evaluation, by what they make LAMMPS ask the style for.
THERMO = {
    "nothing": "step vol",
    "energy": "step c_thermo_pe",
    "virial": "step c_p[1] c_p[2] c_p[3] c_p[4] c_p[5] c_p[6]",
    "both": "step c_thermo_pe c_p[1] c_p[2] c_p[3] c_p[4] c_p[5] c_p[6]",
}
PER_ATOM = {
    "none": "",
    "energies": "c_e",
    "virials": "c_s[*]",
    "centroid": "c_c[*]",
    "all": "c_e c_s[*] c_c[*]",
}


@pytest.fixture
def model(tmp_path):
    model = models.random_model(scale=0.02)
    models.write(tmp_path, model)
    return model


def both(lammps, script, read, **options):
    """What ``read`` finds after the script with and without KOKKOS."""
    kokkos = read(lammps(script, **options))
    return kokkos, read(lammps(script, kokkos=False, **options))


def assert_same(got, expected, tolerance=TOLERANCE):
    """Dictionaries of arrays; what is nothing in one is nothing in the other."""
    assert got.keys() == expected.keys()
    for key, value in expected.items():
        if np.abs(value).max() > ROUNDING:
            assert_close(got[key], value, tolerance)
        else:
            assert np.abs(got[key]).max() < ROUNDING, key


def rows_of(file):
    """Function that reads a dump of a run."""
    return lambda out: frames.read_dump(out.folder / file)


@pytest.mark.parametrize("ranks", [1, 2])
def test_values_are_those_of_the_plain_style_and_of_python(lammps, box, model, ranks):
    got, plain = both(lammps, models.start(box) + PAIR + models.single_point(), models.by_lammps, ranks=ranks)
    assert_same(got, plain)
    expected = models.by_python(model, models.atoms_of(box))
    assert_same(got, {key: expected[key] for key in got})


@pytest.mark.parametrize("per_atom", PER_ATOM)
@pytest.mark.parametrize("thermo", THERMO)
def test_every_combination_of_flags(lammps, tilted_box, model, thermo, per_atom):
    script = (
        models.start(tilted_box) + PAIR + models.QUANTITIES + "compute c all centroid/stress/atom NULL virial\n"
        f"thermo_style custom {THERMO[thermo]}\n"
        f"thermo_modify norm no format float %.17g\n"
        + frames.run_command("r.dump", f"fx fy fz tqx tqy tqz {PER_ATOM[per_atom]}")
    )  # fmt: skip

    def read(out):
        rows = frames.read_dump(out.folder / "r.dump")
        values = {"forces": rows[:, :3], "torques": rows[:, 3:6]}
        values.update({f"per atom {k}": column for k, column in enumerate(rows[:, 6:].T)})
        words = THERMO[thermo].split()[1:]
        table = models.thermo(out.output, "Volume" if thermo == "nothing" else words[0])
        values.update(zip(words, table[-1][1:], strict=True))
        return values

    got, plain = both(lammps, script, read)
    assert_same(got, plain)


@pytest.mark.parametrize("kind", ["none", "kernel", "networks"])
@pytest.mark.parametrize("polynomial", [False, True])
def test_kinds_of_models(lammps, tilted_box, tmp_path, kind, polynomial):
    models.write(tmp_path, models.random_model(kind=kind, polynomial=polynomial))
    script = models.start(tilted_box) + PAIR + models.single_point()
    assert_same(*both(lammps, script, models.by_lammps))


@pytest.mark.parametrize("kind", ["none", "linear"])
def test_bodies_of_point_groups(lammps, tilted_box, tmp_path, kind):
    models.write(tmp_path, models.random_model(kind=kind, groups=("D6h", "Cinfv")))
    script = models.start(tilted_box) + PAIR + models.single_point()
    assert_same(*both(lammps, script, models.by_lammps))


@pytest.mark.parametrize("ranks", [1, 2])
def test_shapes_of_the_model(lammps, tilted_box, model, ranks):
    """The diameters of the model's training, whatever LAMMPS's own; a new pair_style takes those of the atoms again."""
    model.training = json.dumps({"diameters": {"C": [0.9, 0.9, 1.6], "O": [1.4, 1.1, 0.8]}})
    models.write(lammps.folder, model)
    of_model = models.start(tilted_box) + PAIR.replace("anisoap", "anisoap shapes model", 1)
    of_atoms = of_model + "run 0 post no\n" + PAIR.replace("anisoap", "anisoap shapes any", 1)
    got = []
    for script in (of_model, of_atoms):
        kokkos, plain = both(lammps, script + models.single_point(), models.by_lammps, ranks=ranks)
        assert_same(kokkos, plain)
        got.append(kokkos["forces"])
    assert np.abs(got[0] - got[1]).max() > 1e-3 * np.abs(got[0]).max()


@pytest.mark.kernels
def test_degrees_without_compiled_code_are_told(lammps, box):
    """A plugin of preset kokkos has code of degree 6."""
    compute = "compute a all anisoap 3.0 basis gto 1.0 lmax 8\n"
    script = frames.setup("box.data", box, 3.6) + compute + frames.run_command("a.dump", "c_a[1]")
    assert lammps(script).output.count("WARNING: Compute anisoap/kk: moments of degree") == 1


@pytest.mark.parametrize("ranks", [1, 2])
def test_trajectories_agree(lammps, box, model, ranks):
    """fix nve/asphere/kk moves and turns the bodies where KOKKOS has them: a copy that is not brought up to date stays behind."""
    columns = "x y z fx fy fz tqx tqy tqz c_q[*] c_shape[*]"
    script = (
        models.start(box) + PAIR + MOTION + "neigh_modify delay 0 every 3 check no\n"
        "compute q all property/atom quatw quati quatj quatk\ncompute shape all property/atom shapex shapey shapez\n"
        f"dump d all custom 10 r.dump id {columns}\ndump_modify d sort id format float %.17g\nrun 20\n"
    )  # fmt: skip
    got, plain = both(lammps, script, rows_of("r.dump"), ranks=ranks)
    moved = np.abs(plain[-64:] - plain[:64]).max(axis=0) / np.abs(plain).max(axis=0)
    assert (moved[:13] > 1e-3).all()
    assert_close(got, plain, 10 * TOLERANCE)


@pytest.mark.parametrize("ranks", [1, 2])
def test_fix_langevin_brakes_alike(lammps, box, model, ranks):
    """It adds to forces and torques where KOKKOS has them; at temperature 0 no random number is among them."""
    thermostat = "fix 2 all langevin 0.0 0.0 0.05 4711 angmom 3.333\n"
    script = models.start(box) + PAIR + MOTION + thermostat + "compute t all erotate/asphere\n"
    script += "thermo_style custom step ke c_t\nthermo_modify norm no format float %.17g\n"
    script += "dump d all custom 10 r.dump id x y z vx vy vz angmomx angmomy angmomz\n"
    script += "dump_modify d sort id format float %.17g\nrun 20\n"

    def read(out):
        return {"dump": rows_of("r.dump")(out), "thermo": models.thermo(out.output, "KinEng")[:, 1:]}

    got, plain = both(lammps, script, read, ranks=ranks)
    free = models.thermo(lammps(script.replace(thermostat, ""), kokkos=False).output, "KinEng")
    assert (plain["thermo"][-1] < 0.5 * free[-1, 1:]).all()
    assert_same(got, plain, 10 * TOLERANCE)


def test_fix_langevin_heats(lammps, box, model):
    """With random numbers of its own."""
    script = models.start(box) + PAIR + MOTION.replace("create 1.0", "create 1e-6")
    script += "fix 2 all langevin 1.0 1.0 0.05 4711 angmom 3.333\ncompute t all erotate/asphere\n"
    script += "thermo_style custom step temp c_t\nthermo_modify norm no\nrun 100\n"
    kokkos, plain = both(lammps, script, lambda out: models.thermo(out.output, "Temp")[-1, 1:])
    assert ((0.3 * plain < kokkos) & (kokkos < 3 * plain) & (kokkos != plain)).all()


@pytest.mark.kernels
@pytest.mark.parametrize("polynomial", [False, True])
def test_sorted_rows_give_the_same_bits_for_any_order_of_lists(lammps, tilted_box, tmp_path, polynomial):
    models.write(tmp_path, models.random_model(polynomial=polynomial))

    def same(words):
        """Whether lists from bins of two sizes, which have another order, do. Virials are sums over ghosts, in their order."""
        pair = PAIR.replace("anisoap", f"anisoap {words}", 1)
        one, other = (
            models.by_lammps(lammps(models.start(tilted_box) + pair + bins + models.single_point()))
            for bins in ("", "neigh_modify binsize 0.8\n")
        )
        return all(np.array_equal(one[key], other[key]) for key in ("forces", "torques"))

    assert same("sort yes") and not same("sort no")


@pytest.mark.parametrize("suffix", ["kk", "kk/host", "kk/device"])
def test_styles_by_name(lammps, tilted_box, model, suffix):
    script = models.start(tilted_box) + PAIR.replace("anisoap", f"anisoap/{suffix}") + models.single_point()
    expected = models.by_lammps(lammps(models.start(tilted_box) + PAIR + models.single_point(), kokkos=False))
    assert_same(models.by_lammps(lammps(script)), expected)


def test_the_plain_style_runs_under_kokkos(lammps, tilted_box, model):
    """Without the suffix LAMMPS copies everything for it."""
    script = "suffix off\n" + models.start(tilted_box).replace("ellipsoid", "ellipsoid/kk") + PAIR
    script += MOTION.replace("asphere", "asphere/kk") + "run 3\n" + models.single_point()
    plain = models.start(tilted_box) + PAIR + MOTION + "run 3\n" + models.single_point()
    got = models.by_lammps(lammps(script))
    assert_same(got, models.by_lammps(lammps(plain, kokkos=False)))


@pytest.mark.parametrize("ranks", [1, 2])
@pytest.mark.parametrize("partner", ["lj/cut/kk", "lj/cut"])
@pytest.mark.parametrize("cutoff", [2.5, 4.0])
def test_partners_of_hybrid_overlay(lammps, tilted_box, model, partner, cutoff, ranks):
    """One that adds to the forces on the device, or on the host, from a shorter or a longer list."""

    def script(overlay, style, other):
        coeff = models.COEFF.replace("model", f"{style} model") + f"pair_coeff * * {other} 0.1 1.1\n"
        pair = f"suffix off\npair_style {overlay} {style} {other} {cutoff}\n{coeff}suffix on\n"
        return models.start(tilted_box) + pair + MOTION + "run 3\n" + models.single_point()

    got = lammps(script("hybrid/overlay/kk", "anisoap/kk", partner), ranks=ranks)
    plain = script("hybrid/overlay", "anisoap", "lj/cut").replace("suffix on\n", "")
    got = models.by_lammps(got)
    assert_same(got, models.by_lammps(lammps(plain, kokkos=False, ranks=ranks)))


def test_null_types_and_hybrid(lammps, tilted_box, model):
    pair = f"pair_style hybrid anisoap {LJ}\npair_coeff * * anisoap model.json C NULL\n"
    script = models.start(tilted_box) + pair + "pair_coeff 1*2 2 lj/cut 0.01 1.1\n" + MOTION + "run 5\n"
    assert_same(*both(lammps, script + models.single_point(), models.by_lammps, ranks=2))


@pytest.mark.parametrize("writes", [True, False], ids=["kk_writes", "plain_writes"])
def test_restart_files_are_those_of_either_style(lammps, tilted_box, model, writes):
    write = models.start(tilted_box) + PAIR + MOTION + "run 3\nwrite_restart r.restart\n"
    read = "read_restart r.restart\ncomm_modify cutoff 3.6\n"
    lammps(write, kokkos=writes)
    got = models.by_lammps(lammps(read + models.single_point(), kokkos=not writes))
    lammps(write, kokkos=not writes)
    assert_same(got, models.by_lammps(lammps(read + models.single_point(), kokkos=writes)))


def test_uncertainties(lammps, tilted_box, model):
    script = models.start(tilted_box) + PAIR + "fix u all pair 5 anisoap uncertainty 1\n" + MOTION
    script += "dump d all custom 5 u.dump id f_u\ndump_modify d sort id format float %.17g\nrun 10\n"
    assert_close(*both(lammps, script, rows_of("u.dump"), ranks=2), 10 * TOLERANCE)


@pytest.mark.parametrize("kind", ["none", "linear"])
def test_grades(lammps, tilted_box, tmp_path, kind):
    models.write(tmp_path, with_grades(models.random_model(kind=kind, polynomial=True)))
    script = models.start(tilted_box) + PAIR + "fix u all pair 5 anisoap grade 1\n" + MOTION
    script += "dump d all custom 5 u.dump id f_u\ndump_modify d sort id format float %.17g\nrun 10\n"
    assert_close(*both(lammps, script, rows_of("u.dump"), ranks=2), 10 * TOLERANCE)


@pytest.mark.kernels
@pytest.mark.parametrize("command, times", [("", 3), ("fix u all pair 3 anisoap uncertainty 1\n", 4)])
def test_pairs_are_made_once_for_each_list(lammps, tilted_box, model, monkeypatch, command, times):
    """Uncertainties want other ones than steps without, once until the next list."""
    monkeypatch.setenv("KOKKOS_TOOLS_LIBS", processes.shared_library(lammps.folder, TOOL))
    script = (
        models.start(tilted_box)
        + PAIR
        + command
        + MOTION
        + "neigh_modify delay 0 every 10 check no\nrun 20\n"
    )
    assert lammps(script).output.count("pairs made") == times


def test_two_runs_of_one_step(lammps, box, model):
    script = (
        models.start(box)
        + PAIR
        + "run 0\ndisplace_atoms all ramp x 0.0 1.5 y 0.0 7.0 units box\n"
        + models.single_point()
    )
    assert_same(*both(lammps, script, models.by_lammps))


@pytest.mark.parametrize("ranks", [1, 2])
def test_isolated_bodies(lammps, tmp_path, model, ranks):
    """They have only themselves for a neighbour."""
    script = models.start(frames.isolated(tmp_path)) + PAIR + models.single_point()
    assert_same(*both(lammps, script, models.by_lammps, ranks=ranks))


@pytest.mark.parametrize("ranks", [1, 2])
def test_ranks_that_lose_all_atoms(lammps, box, model, ranks):
    script = models.start(box) + PAIR + "run 0\ngroup gone id > 1\ndelete_atoms group gone compress no\n"
    assert_same(*both(lammps, script + models.single_point(), models.by_lammps, ranks=ranks))


def test_dumps_above_a_threshold(lammps, tilted_box, model):
    pair = "pair_style anisoap threshold 1e-9 stop dump above.dump\n" + models.COEFF
    script = models.start(tilted_box) + pair + MOTION + "run 5 post no\n"

    def read(out):
        lines = (out.folder / "above.dump").read_text().splitlines()
        (out.folder / "above.dump").unlink()
        return np.array([[float(word) for word in line.split() if word not in "CO"] for line in lines[9:]])

    assert_close(*both(lammps, script, read), TOLERANCE)


@pytest.mark.skipif(
    "g" in os.environ.get("ANISOAP_KOKKOS_DEVICES", ""), reason="threads of the host, not of a GPU"
)
def test_threads_give_the_same_bits(lammps, tilted_box, model):
    script = models.start(tilted_box) + PAIR + models.single_point()
    one, two = (models.by_lammps(lammps(script, devices=f"t {n}", threads=n)) for n in (1, 2))
    assert all(np.array_equal(one[key], two[key]) for key in one)


def test_minimisation_agrees(lammps, tilted_box, model):
    script = models.start(tilted_box) + PAIR + "min_style cg\nminimize 0 0 5 20\n" + models.single_point()
    assert_same(*both(lammps, script, models.by_lammps), 100 * TOLERANCE)
