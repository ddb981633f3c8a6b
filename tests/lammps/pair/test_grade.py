# SPDX-License-Identifier: MIT
"""Extrapolation grades of `pair_style anisoap` by fix pair, and the threshold of one."""

import re

import numpy as np
import pytest
from anisoap_md.io import lammps_dump as _dump
from testing.lmp import boxes, frames, models
from testing.training.grades import grades_of, with_grades

box = boxes.tilted_box
FIX = "fix g all pair 5 anisoap grade 1\n"
MOTION = "fix 1 all nve/asphere\nvelocity all create 1.0 1 rot yes\ntimestep 0.004\n"
KINDS = {
    "linear": {"kind": "linear", "two_body": False},
    "polynomial": {"kind": "none", "polynomial": True},
    "both": {"kind": "linear", "polynomial": True},
}


def written(tmp_path, kind="both"):
    model = with_grades(models.random_model(scale=0.02, **KINDS[kind]))
    models.write(tmp_path, model)
    return model


def style(words=""):
    return f"pair_style anisoap {words}\n{models.COEFF}"


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("ranks", [1, 2])
def test_fix_pair_gives_the_grades_of_the_formula(lammps, box, tmp_path, assert_close, kind, ranks):
    model = written(tmp_path, kind)
    lammps(
        models.start(box) + style() + FIX + "run 0 post no\n" + frames.dump_command("g.dump", "f_g"),
        ranks=ranks,
    )
    expected = grades_of(model, models.atoms_of(box), models.NUMBERS)
    assert (expected > 0).all()
    assert_close(frames.read_dump(tmp_path / "g.dump")[:, 0], expected, 1e-10)


@pytest.mark.parametrize("words", ["", "threshold grade 1e300 stop"])
def test_grades_that_overflow_are_refused(lammps, box, tmp_path, words):
    """Where energies are numbers, which are told apart."""
    model = models.random_model(scale=0.02, **KINDS["both"])
    with_grades(model)
    local = model.local
    for one in local:
        one.grade_rows = np.full_like(one.grade_rows, 1.7e308)
    model.local = local
    models.write(tmp_path, model)
    start = models.start(box) + style(words)
    if not words:
        lammps(start + "run 0 post no\n", ranks=2)
    out = lammps(start + (FIX if not words else "") + "run 0 post no\n", ranks=2, fails=True)
    assert re.search(r"Pair anisoap: atom ID \d+: grade, got a number that overflows; ", out.error())


def test_grades_beside_uncertainties_in_hybrid(lammps, box, tmp_path, assert_close):
    """Atoms of NULL types have none; those without a shape neither."""
    model = written(tmp_path)
    points = np.flatnonzero(box.types == 2)[::2]
    frames.write_data(tmp_path / "box.data", box, without=tuple(points + 1))
    pair = (
        "pair_style hybrid anisoap lj/cut 2.5\npair_coeff * * anisoap model.json C NULL\n"
        "pair_coeff 1*2 2 lj/cut 0.01 1.0\n"
    )
    fix = "fix u all pair 5 anisoap uncertainty 1 grade 1\n"
    lammps(
        models.start(box) + pair + fix + "run 0 post no\n" + frames.dump_command("g.dump", "f_u[1] f_u[2]"),
        ranks=2,
    )
    rows = frames.read_dump(tmp_path / "g.dump")
    first = box.types == 1
    atoms = models.atoms_of(box)[first]
    assert_close(rows[first, 0], models.by_python(model, atoms)["uncertainties"], 1e-10)
    assert_close(rows[first, 1], grades_of(model, atoms, models.NUMBERS), 1e-10)
    assert np.array_equal(rows[~first], np.zeros((np.count_nonzero(~first), 2)))


def test_a_threshold_of_the_grade_stops_the_run(lammps, box, tmp_path):
    values = grades_of(written(tmp_path), models.atoms_of(box), models.NUMBERS)
    words = f"threshold grade {0.99 * float(values.max())!r} stop dump bad.dump"
    out = lammps(models.start(box) + style(words) + MOTION + "run 30 post no\n", ranks=2)
    (line,) = [k for k in out.output.splitlines() if k.startswith("Pair anisoap: grade")]
    assert line.startswith(f"Pair anisoap: grade {values.max():.12g}"[:30])
    assert f" of atom ID {values.argmax() + 1} is above threshold" in line
    assert line.endswith("at timestep 0; the run ends here")
    assert len(list(_dump.iread(tmp_path / "bad.dump"))) == 1


def test_a_restart_keeps_a_threshold_of_the_grade(lammps, box, tmp_path):
    written(tmp_path)
    lammps(models.start(box) + style("threshold grade 0 warn") + "run 0\nwrite_restart r.restart\n")
    out = lammps("read_restart r.restart\ncomm_modify cutoff 3.6\n" + MOTION + "run 3\n")
    assert "WARNING: Pair anisoap: grade " in out.output
    assert "Pair anisoap: grade above threshold 0 in 4 of 4 configurations, largest " in out.output


def test_a_threshold_that_is_not_met_gives_the_largest_grade(lammps, box, tmp_path):
    written(tmp_path)
    out = lammps(models.start(box) + style("threshold grade 1e9 stop") + MOTION + "run 3\n")
    assert "Pair anisoap: grade at most " in out.output


def test_a_model_of_no_grade_is_refused(lammps, box, tmp_path):
    """As documents of older versions are."""
    models.write(tmp_path, models.random_model())
    error = lammps(models.start(box) + style() + FIX, fails=True).error()
    assert error == "Pair anisoap: grade of a model that has none; expected another model than model.json"
    error = lammps(models.start(box) + style("threshold grade 1 warn"), fails=True, ranks=2).error()
    assert error == (
        "Pair_coeff anisoap: keyword 'threshold grade' with a model of no grade; expected one that was trained with it "
        "(model.json)"
    )
    late = "pair_style anisoap\n" + FIX + models.COEFF + "run 0\n"
    error = lammps(models.start(box) + late, fails=True, ranks=2).error()
    assert error == (
        "Pair anisoap: grade of a model that has none; expected another model, or neither fix pair nor a threshold "
        "(timestep 0)"
    )
