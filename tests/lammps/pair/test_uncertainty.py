# SPDX-License-Identifier: MIT
"""Uncertainties of `pair_style anisoap` by fix pair, and what it does above a threshold."""

import re

import numpy as np
import pytest
from anisoap_md import Descriptor
from anisoap_md.io import lammps_dump as _dump
from testing.lmp import boxes, frames, models

UNCERTAINTY = "fix u all pair 5 anisoap uncertainty 1\n"


box = boxes.tilted_box


@pytest.fixture
def model(tmp_path):
    model = models.random_model(scale=0.02)
    models.write(tmp_path, model)
    return model


def style(words=""):
    return f"pair_style anisoap {words}\n{models.COEFF}"


MOTION = "fix 1 all nve/asphere\nvelocity all create 1.0 1 rot yes\ntimestep 0.004\n"


@pytest.mark.parametrize("ranks", [1, 2, 4])
def test_fix_pair_gives_the_uncertainties_of_python(lammps, box, model, tmp_path, assert_close, ranks):
    text = (
        models.start(box) + style() + UNCERTAINTY + "run 0 post no\n" + frames.dump_command("u.dump", "f_u")
    )
    lammps(text, ranks=ranks)
    expected = models.by_python(model, models.atoms_of(box))["uncertainties"]
    assert (expected > 0).all()
    assert_close(frames.read_dump(tmp_path / "u.dump")[:, 0], expected, 1e-10)


@pytest.mark.parametrize("kind", ["none", "linear", "kernel"])
def test_uncertainties_of_two_body_polynomials(lammps, box, tmp_path, assert_close, kind):
    model = models.random_model(kind=kind, polynomial=True)
    models.write(tmp_path, model)
    run = UNCERTAINTY + "run 0 post no\n" + frames.dump_command("u.dump", "f_u")
    lammps(models.start(box) + style() + run, ranks=2)
    expected = models.by_python(model, models.atoms_of(box))["uncertainties"]
    assert (expected > 0).all()
    assert_close(frames.read_dump(tmp_path / "u.dump")[:, 0], expected, 1e-10)


def test_fix_pair_in_a_run_and_in_hybrid(lammps, box, model, tmp_path, assert_close):
    """Atoms of NULL types have none; the values of step 10 are those of its positions."""
    pair = (
        "pair_style hybrid anisoap lj/cut 2.5\npair_coeff * * anisoap model.json C NULL\n"
        "pair_coeff 1*2 2 lj/cut 0.01 1.0\ncompute q all property/atom quatw quati quatj quatk\n"
    )
    run = "dump d all custom 10 u.dump id x y z c_q[*] f_u\ndump_modify d sort id format float %.17g\nrun 10 post no\n"
    lammps(models.start(box) + pair + UNCERTAINTY + MOTION + run, ranks=2)
    rows = frames.read_dump(tmp_path / "u.dump")[64:]
    box.positions, box.quaternions = rows[:, :3], rows[:, 3:7]
    first = box.types == 1
    assert np.array_equal(rows[~first, 7], np.zeros(np.count_nonzero(~first)))
    expected = models.by_python(model, models.atoms_of(box)[first])["uncertainties"]
    assert_close(rows[first, 7], expected, 1e-10)


@pytest.mark.parametrize("words", ["", "threshold 1e300 warn", "threshold 1e300 stop"])
def test_uncertainties_that_overflow_are_refused(lammps, box, tmp_path, words):
    """Where energies are numbers. A NaN is above no threshold."""
    model = models.random_model()
    two_body = model.two_body
    pairs = two_body.pairs
    pairs[2].shift = np.full_like(pairs[2].shift, 1e200)
    two_body.pairs = pairs
    model.two_body = two_body
    models.write(tmp_path, model)
    start = models.start(box) + style(words)
    if not words:
        lammps(start + "run 0 post no\n", ranks=2)
    out = lammps(start + (UNCERTAINTY if not words else "") + "run 0 post no\n", ranks=2, fails=True)
    assert re.search(
        r"Pair anisoap: atom ID \d+: uncertainty, got a number that overflows; .* \(timestep 0\)", out.error()
    )


def test_fix_halt_ends_a_run_above_a_largest_uncertainty(lammps, box, model):
    largest = models.by_python(model, models.atoms_of(box))["uncertainties"].max()
    halt = (
        "compute most all reduce max f_u\nvariable most equal c_most\n"
        f"fix stop all halt 5 v_most > {0.5 * float(largest)!r} error soft\nthermo_style custom step c_most\nthermo 1\n"
    )
    out = lammps(models.start(box) + style() + UNCERTAINTY + halt + MOTION + "run 30 post no\n", ranks=2)
    assert "Fix halt condition for fix-id stop met on step 5" in out.output
    rows = models.thermo(out.output, "c_most")
    assert rows[0, 1] == pytest.approx(largest, rel=1e-5)
    assert rows[-1, 0] <= 6


def test_a_threshold_stops_the_run_and_dumps_the_configuration(lammps, box, model, tmp_path):
    values = models.by_python(model, models.atoms_of(box))["uncertainties"]
    words = f"threshold {0.99 * float(values.max())!r} stop dump bad.dump"
    out = lammps(models.start(box) + style(words) + MOTION + "run 30 post no\nrun 10\n", ranks=2)
    line = (
        f"Pair anisoap: uncertainty {values.max():.12g} of atom ID {values.argmax() + 1} is above threshold "
    )
    lines = [k for k in out.output.splitlines() if k.startswith("Pair anisoap: uncertainty")]
    assert len(lines) == 1 and lines[0].startswith(line[:40])
    assert f" of atom ID {values.argmax() + 1} is above threshold" in lines[0]
    assert lines[0].endswith("at timestep 0; the run ends here")
    dumped = list(_dump.iread(tmp_path / "bad.dump"))
    assert len(dumped) == 1
    expected = models.atoms_of(box)
    expected.wrap()
    dumped[0].wrap()
    assert np.array_equal(dumped[0].numbers, expected.numbers)
    assert np.allclose(dumped[0].positions - dumped[0].get_celldisp().T, expected.positions, atol=1e-12)
    assert np.allclose(dumped[0].arrays["c_q"], expected.arrays["c_q"], atol=1e-12)
    assert np.allclose(dumped[0].arrays["shape"], expected.arrays["c_diameter"], atol=1e-12)


def test_the_dump_has_the_shapes_of_many_atoms(lammps, model, tmp_path):
    """A step looks at 2,048 at a time."""
    frame = frames.random_frame(8, n_side=14)
    assert len(frame.positions) > 2048
    frames.write_data(tmp_path / "box.data", frame)
    lammps(models.start(frame) + style("threshold 0 stop dump bad.dump") + MOTION + "run 1\n")
    (dumped,) = _dump.iread(tmp_path / "bad.dump")
    expected = models.atoms_of(frame)
    assert np.allclose(dumped.arrays["c_q"], expected.arrays["c_q"], atol=1e-12)
    assert np.allclose(dumped.arrays["shape"], expected.arrays["c_diameter"], atol=1e-12)


def test_a_threshold_is_met_in_the_middle_of_a_run(lammps, box, tmp_path):
    """The run ends with the first step above it, whose configuration is dumped; further dumps are appended."""
    models.write(tmp_path, models.random_model(scale=0.02, two_body=False))
    probe = "compute most all reduce max f_u\nthermo_style custom step c_most\nthermo_modify format float %.17g\nthermo 1\n"
    every = UNCERTAINTY.replace("5", "1") + probe + "run 40 post no\n"
    rows = models.thermo(lammps(models.start(box) + style() + MOTION + every).output, "c_most")
    threshold = float(rows[:20, 1].max() * (1 + 1e-9))
    (above,) = np.nonzero(rows[:, 1] > threshold)
    assert len(above) and above[0] >= 20, "the test needs a run in which the uncertainty grows"
    words = f"threshold {threshold!r} stop dump bad.dump"
    for ranks in (1, 2):
        out = lammps(models.start(box) + style(words) + MOTION + "run 40\n", ranks=ranks)
        assert f"at timestep {above[0]}; the run ends here" in out.output
        assert f" for {above[0]} steps with 64 atoms" in out.output
    assert [atoms.info["timestep"] for atoms in _dump.iread(tmp_path / "bad.dump")] == [above[0]] * 2


def test_a_warning_comes_once_and_counts(lammps, box, model, tmp_path):
    words = "threshold 0.0 warn dump bad.dump"
    out = lammps(models.start(box) + style(words) + MOTION + "run 10\nrun 5\n", ranks=2)
    warnings = [k for k in out.output.splitlines() if k.startswith("WARNING: Pair anisoap: uncertainty ")]
    assert len(warnings) == 2
    assert "Pair anisoap: uncertainty above threshold 0 in 11 of 11 configurations, largest " in out.output
    assert "Pair anisoap: uncertainty above threshold 0 in 6 of 6 configurations, largest " in out.output
    assert [atoms.info["timestep"] for atoms in _dump.iread(tmp_path / "bad.dump")] == [0, 10]


def test_a_threshold_that_is_not_met_gives_the_largest_uncertainty(lammps, box, model, tmp_path):
    out = lammps(models.start(box) + style("threshold 1e9 stop dump bad.dump") + MOTION + "run 3\n", ranks=2)
    (line,) = [
        line for line in out.output.splitlines() if "uncertainty" in line and "threshold 1e9" not in line
    ]
    largest = float(line.removeprefix("Pair anisoap: uncertainty at most ").split()[0])
    assert line.endswith(" in 4 configurations, threshold 1000000000") and 0 < largest < 1e9
    assert not (tmp_path / "bad.dump").exists()


def test_null_types_are_x_in_the_dump(lammps, box, model, tmp_path):
    pair = (
        "pair_style hybrid anisoap threshold 0 stop dump bad.dump lj/cut 2.5\npair_coeff * * anisoap model.json C NULL\n"
        "pair_coeff 1*2 2 lj/cut 0.01 1.0\n"
    )
    lammps(models.start(box) + pair + MOTION + "run 3\n", ranks=2)
    (dumped,) = _dump.iread(tmp_path / "bad.dump")
    assert np.array_equal(dumped.numbers, np.where(box.types == 1, 6, 0))


@pytest.mark.parametrize("ranks", [1, 2])
def test_atoms_without_shape_have_diameter_zero_in_the_dump(lammps, box, model, tmp_path, ranks):
    """The particles of the model are left when the others are taken away; alone they have the dumped uncertainty."""
    points = np.flatnonzero(box.types == 2)[::2]
    frames.write_data(tmp_path / "box.data", box, without=tuple(points + 1))
    pair = (
        "pair_style hybrid anisoap threshold 0 stop dump bad.dump lj/cut 2.5\npair_coeff * * anisoap model.json C NULL\n"
        "pair_coeff 1*2 2 lj/cut 0.01 1.0\n"
    )
    out = lammps(models.start(box) + pair + "fix 1 all nve\nrun 3\n", ranks=ranks)
    (dumped,) = _dump.iread(tmp_path / "bad.dump")
    diameters = box.diameters.copy()
    diameters[points] = 0
    assert np.array_equal(dumped.arrays["shape"], diameters)
    assert np.array_equal(dumped.arrays["c_q"][points], np.tile([1.0, 0, 0, 0], (len(points), 1)))
    mine = models.by_python(model, dumped[dumped.numbers == 6])["uncertainties"]
    said = re.search("Pair anisoap: uncertainty ([^ ]*) of atom ID", out.output)
    assert float(said[1]) == pytest.approx(mine.max(), rel=1e-9)
    with pytest.raises(ValueError, match=f"particle {points[0]}: diameter is zero"):
        Descriptor(2, "gto", 3.0, radial_gaussian_width=1.2).power_spectrum(dumped)


def test_a_model_of_no_uncertainty_is_refused(lammps, box, tmp_path):
    models.write(tmp_path, models.random_model(uncertain=False))
    error = lammps(models.start(box) + style() + UNCERTAINTY, fails=True).error()
    assert error == (
        "Pair anisoap: uncertainty of a model that has none; expected another model than model.json"
    )
    error = lammps(models.start(box) + style("threshold 1 warn"), fails=True, ranks=2).error()
    assert error == (
        "Pair_coeff anisoap: keyword 'threshold' with a model of no uncertainty; expected one that knows it (model.json)"
    )
    late = "pair_style anisoap\n" + UNCERTAINTY + models.COEFF + "run 0\n"
    error = lammps(models.start(box) + late, fails=True, ranks=2).error()
    assert error == (
        "Pair anisoap: uncertainty of a model that has none; expected another model, or neither fix pair nor a threshold "
        "(timestep 0)"
    )


def test_other_names_of_fix_pair_are_refused(lammps, box, model):
    fix = "fix u all pair 5 anisoap uncertanty 1\n"
    assert "cannot extract uncertanty" in lammps(models.start(box) + style() + fix, fails=True).error()
