# SPDX-License-Identifier: MIT
"""What `pair_style anisoap` refuses, and restart files."""

import re

import numpy as np
import pytest
from testing.lmp import boxes, frames, models

STYLE = "pair_style anisoap\n"


box = boxes.small_box


@pytest.fixture
def model(tmp_path):
    model = models.random_model()
    models.write(tmp_path, model)
    return model


WORDS = {
    "thresholds 1 warn": (
        "unknown keyword 'thresholds', did you mean 'threshold'?; expected threshold [grade] VALUE warn|stop, dump FILE, "
        "device cpu|auto|cuda, shapes atoms|model|any and sort yes|no"
    ),
    "sort": "a value is missing behind 'sort'; expected 'yes' or 'no'",
    "sort on": "sort, got 'on', did you mean 'no'?; expected 'yes' or 'no'",
    "sort yes sort no": "keyword 'sort' is given twice; expected it once",
    "shapes": "a value is missing behind 'shapes'; expected 'atoms', 'model' or 'any'",
    "shapes modle": "shapes, got 'modle', did you mean 'model'?; expected 'atoms', 'model' or 'any'",
    "shapes model shapes atoms": "keyword 'shapes' is given twice; expected it once",
    "threshold": "a value is missing behind 'threshold'; expected threshold VALUE as a number",
    "threshold grade": "a value is missing behind 'grade'; expected threshold grade VALUE as a number",
    "threshold grade -1 warn": "threshold VALUE, got '-1'; expected a grade >= 0",
    "threshold grade 1": "a value is missing behind '1'; expected 'warn' or 'stop'",
    "threshold grade 1 stp": "threshold, got 'stp', did you mean 'stop'?; expected 'warn' or 'stop'",
    "threshold grade 1 warn threshold 2 stop": "keyword 'threshold' is given twice; expected it once",
    "threshold 1": "a value is missing behind '1'; expected 'warn' or 'stop'",
    "threshold x warn": "threshold VALUE, got 'x'; expected an energy >= 0",
    "threshold -1 warn": "threshold VALUE, got '-1'; expected an energy >= 0",
    "threshold nan warn": "threshold VALUE, got 'nan'; expected an energy >= 0",
    "threshold 1 stp": "threshold, got 'stp', did you mean 'stop'?; expected 'warn' or 'stop'",
    "threshold 1 warn threshold 2 stop": "keyword 'threshold' is given twice; expected it once",
    "dump x": "keyword 'dump' without a threshold; expected it behind threshold VALUE warn|stop",
    "threshold 1 warn dump": "a value is missing behind 'dump'; expected dump FILE",
    "threshold 1 warn dump a dump b": "keyword 'dump' is given twice; expected it once",
}


@pytest.mark.parametrize("words", WORDS)
def test_wrong_keywords(lammps, box, words):
    error = lammps(models.start(box) + f"pair_style anisoap {words}\n", fails=True).error()
    assert error == "Pair_style anisoap: " + WORDS[words]


@pytest.mark.parametrize("before", ["", "hybrid/overlay lj/cut 2.5 "], ids=["alone", "hybrid"])
def test_the_wrong_word_is_marked(lammps, box, before):
    text = models.start(box) + f"pair_style {before}anisoap threshold 1 stp\n"
    lines = lammps(text, fails=True, ranks=2).output.splitlines()
    command, mark = next((a, b) for a, b in zip(lines, lines[1:], strict=False) if "^" in b)
    assert command[mark.index("^") :].startswith("stp")


COEFFS = {
    "* * model.json C": "1 labels behind model.json; expected one, or NULL, for each of the 2 atom types",
    "* * model.json C O C": "3 labels behind model.json; expected one, or NULL, for each of the 2 atom types",
    "* * model.json C N": "label 'N', did you mean 'C'?; expected NULL or a species of model.json: C, O",
    "* * model.json NULL NULL": "NULL for each atom type; expected a species of model.json for one of them at least: C, O",
    "* * . C O": "cannot read model file '.'",
    "* * none.json C O": "cannot read model file 'none.json'",
    "* * truncated.json C O": "model file, got text that is not JSON",
    "* * box.data C O": "model file, got text that is not JSON",
    "* * changed.json C O": "checksum",
    "* * rough.json C O": "cutoff_function of the model, got 'none'",
    "* * metal.json C O": "units",
}


@pytest.fixture
def files(tmp_path, model):
    """Models that are damaged or do not fit."""
    text = model.to_json()
    (tmp_path / "truncated.json").write_text(text[: len(text) // 2])
    changed = re.sub(r'("offset": ?)0\.3', r"\g<1>0.4", text)
    assert changed != text
    (tmp_path / "changed.json").write_text(changed)
    models.write(tmp_path, models.random_model(cutoff_function="none"), "rough.json")
    models.write(tmp_path, models.random_model(units="metal"), "metal.json")


@pytest.mark.parametrize("words", COEFFS)
@pytest.mark.parametrize("ranks", [1, 2])
def test_wrong_models_and_labels(lammps, box, files, words, ranks):
    text = models.start(box) + STYLE + f"pair_coeff {words}\n"
    assert lammps(text, fails=True, ranks=ranks).error().startswith("Pair_coeff anisoap: " + COEFFS[words])


def test_a_model_that_allows_its_discontinuity_runs(lammps, box, tmp_path):
    model = models.random_model(cutoff_function="none")
    model.allow_discontinuity = True
    models.write(tmp_path, model)
    lammps(models.start(box) + STYLE + models.COEFF + "run 0\n")


def test_other_units_are_refused(lammps, box, model):
    error = lammps(models.start(box, "electron") + STYLE + models.COEFF, fails=True).error()
    assert error == "Pair_coeff anisoap: units electron; expected units metal, real or lj for a model"


def test_all_types_need_labels_or_another_style(lammps, box, model):
    text = models.start(box) + STYLE + models.COEFF.replace("C O", "C NULL") + "run 0\n"
    assert "All pair coeffs are not set" in lammps(text, fails=True).error()


def test_newton_off(lammps, box, model):
    error = lammps(models.start(box, newton="off") + STYLE + models.COEFF + "run 0\n", fails=True).error()
    assert error == "Pair anisoap: newton off for pairs; expected newton on"


def test_an_atom_style_without_ellipsoids(lammps, tmp_path, model):
    text = "units lj\natom_style sphere\nregion b block 0 9 0 9 0 9\ncreate_box 2 b\ncreate_atoms 1 single 1 1 1\n"
    error = lammps(text + STYLE + models.COEFF + "run 0\n", fails=True).error()
    assert (
        error
        == "Pair anisoap: atom style without ellipsoids; expected atom_style ellipsoid or a hybrid with it"
    )


@pytest.mark.parametrize("ranks", [1, 2, 4])
def test_an_atom_without_a_shape(lammps, box, tmp_path, model, ranks):
    frames.write_data(tmp_path / "box.data", box, without=(17,))
    error = lammps(models.start(box) + STYLE + models.COEFF + "run 0\n", fails=True, ranks=ranks).error()
    assert error == (
        "Pair anisoap: atom ID 17 has no ellipsoid data; expected a shape for each atom (set shape, or the ellipsoid flag of "
        "the data file) (timestep 0)"
    )


@pytest.mark.parametrize("ranks", [1, 2])
def test_a_zero_quaternion(lammps, box, tmp_path, model, ranks):
    box.quaternions[4] = 0
    frames.write_data(tmp_path / "box.data", box)
    error = lammps(models.start(box) + STYLE + models.COEFF + "run 0\n", fails=True, ranks=ranks).error()
    assert error.startswith("Pair anisoap: atom ID 5: quaternion is not finite, got (")


def test_a_pair_of_types_that_hybrid_gives_to_another_style(lammps, box, model):
    text = (
        models.start(box)
        + "pair_style hybrid anisoap lj/cut 2.5\npair_coeff * * anisoap model.json C O\npair_coeff 1 2 lj/cut 1 1\nrun 0\n"
    )
    assert lammps(text, fails=True, ranks=2).error() == (
        "Pair anisoap: another sub-style has the pair of types 1 2, both species of the model; expected NULL for one of them, "
        "or pair_style hybrid/overlay"
    )


def test_rerun_is_checked_as_well(lammps, box, model):
    text = (
        models.start(box)
        + "pair_style hybrid anisoap lj/cut 2.5\npair_coeff * * anisoap model.json C O\npair_coeff 1 2 lj/cut 1 1\n"
        + "write_dump all custom x.dump id x y z\nrerun x.dump dump x y z\n"
    )
    assert "another sub-style has the pair of types 1 2" in lammps(text, fails=True, ranks=2).error()


UNSUPPORTED = {
    "pair_write 1 1 10 r 1.0 2.0 t.txt x": "Pair style anisoap does not support pair_write",
    "compute c all group/group all\nrun 0": "Pair style does not support compute group/group",
    "run_style respa 2 2 inner 1 2.0 2.5 outer 2\nrun 0": "Pair style does not support rRESPA inner/middle/outer",
}


@pytest.mark.parametrize("command", UNSUPPORTED)
def test_what_lammps_refuses(lammps, box, model, command):
    error = lammps(models.start(box) + STYLE + models.COEFF + command + "\n", fails=True).error()
    assert UNSUPPORTED[command] in error


def test_long_range_solvers_are_refused(lammps, box, tmp_path, model):
    frames.write_data(tmp_path / "box.data", box, hybrid=True)
    text = models.start(box).replace("atom_style ellipsoid", "atom_style hybrid ellipsoid charge")
    kspace = "set group all charge 0.1\nkspace_style ewald 1e-4\nrun 0\n"
    error = lammps(text + STYLE + models.COEFF + kspace, fails=True).error()
    assert "KSpace style is incompatible with Pair style" in error


def test_plain_respa_runs(lammps, box, model):
    lammps(
        models.start(box)
        + STYLE
        + models.COEFF
        + "fix 1 all nve\nrun_style respa 2 2 pair 2\ntimestep 1e-4\nrun 2\n",
        ranks=2,
    )


def test_exclusions_are_not_silent(lammps, box, model):
    text = models.start(box) + STYLE + models.COEFF + "neigh_modify exclude type 1 2\nrun 0\n"
    assert "WARNING: Pair anisoap: neigh_modify exclude changes nothing here" in lammps(text).output


def test_ghosts_by_type_reach_far_enough(lammps, box, model):
    """comm_modify mode multi shortens the ghosts of other types."""
    text = models.start(box).replace("comm_modify cutoff 0.0", "neighbor 0.3 multi\ncomm_modify mode multi")
    pair = "pair_style hybrid/overlay anisoap lj/cut 2.5\npair_coeff * * anisoap model.json C NULL\npair_coeff * * lj/cut 0.1 1\n"
    error = lammps(text + pair + "run 0\n", fails=True).error()
    assert error == (
        "Pair anisoap: cutoff 3.3 plus the neighbor skin 0.3 is beyond the ghost atoms, which reach 2.8; expected comm_modify "
        "mode single cutoff 3.6 or more"
    )


def test_no_atoms_work(lammps, box, model):
    lammps(models.start(box) + STYLE + models.COEFF + "delete_atoms group all\nrun 0\n", ranks=2)


def test_it_goes_and_comes_again(lammps, box, model):
    """The internal compute goes with the style, also inside hybrid and by clear."""
    run = STYLE + models.COEFF + "run 0\n"
    again = "pair_style none\ninfo computes\n" + run + "pair_style lj/cut 2.0\npair_coeff * * 1 1\n" + run
    text = models.start(box) + run + again + "clear\n" + models.start(box) + run
    out = lammps(text + "plugin unload pair anisoap\ninfo computes\nplugin list\n", ranks=2).output
    assert "property/atom" not in out
    assert "Currently loaded plugins: 1" in out


RESTART = "write_restart r.restart\nclear\nneighbor 0.3 bin\nread_restart r.restart\n"
ENERGY = "thermo_style custom step c_thermo_pe\nthermo_modify norm no format float %.17g\nrun 0 post no\n"


def energy(out):
    return models.thermo(out.output)[-1, 1]


@pytest.mark.parametrize("ranks", [1, 2])
def test_a_restart_file_brings_the_model_back(lammps, box, model, ranks):
    words = "pair_style anisoap threshold 0 warn\n"
    expected = models.by_python(model, models.atoms_of(box))["energy"]
    out = lammps(models.start(box) + words + models.COEFF + RESTART + ENERGY, ranks=ranks)
    assert energy(out) == pytest.approx(expected, rel=1e-12)
    assert out.output.count("Pair anisoap: model model.json (") == 2
    assert "above threshold 0 at timestep 0" in out.output


def test_a_restart_file_of_hybrid_keeps_the_keywords(lammps, box, model):
    pair = "pair_style hybrid/overlay anisoap threshold 0 warn lj/cut 2.5\n"
    coeff = models.COEFF.replace("model", "anisoap model") + "pair_coeff * * lj/cut 1 1\n"
    out = lammps(models.start(box) + pair + coeff + RESTART + coeff + ENERGY, ranks=2)
    assert "above threshold 0 at timestep 0" in out.output


@pytest.mark.parametrize("ranks", [1, 2])
def test_a_restart_file_refuses_another_model(lammps, box, model, tmp_path, ranks):
    lammps(models.start(box) + STYLE + models.COEFF + "run 0\nwrite_restart r.restart\n")
    read = "newton on\nneighbor 0.3 bin\nread_restart r.restart\n"
    other = models.random_model(seed=9)
    models.write(tmp_path, other)
    error = lammps(read + "run 0\n", fails=True, ranks=ranks).error()
    assert error == (
        f"Pair anisoap: checksum of model.json, got {other.checksum()}; expected {model.checksum()} of the restart file; "
        "a new pair_coeff command takes its place"
    )
    (tmp_path / "model.json").rename(tmp_path / "other.json")
    error = lammps(read + "run 0\n", fails=True, ranks=ranks).error()
    assert error == (
        "Pair anisoap: cannot read model file 'model.json'; a new pair_coeff command takes its place"
    )
    out = lammps(read + models.COEFF.replace("model", "other") + ENERGY, ranks=ranks)
    expected = models.by_python(other, models.atoms_of(box))["energy"]
    assert np.isclose(energy(out), expected, rtol=1e-12, atol=0)


def test_models_are_found_in_the_folder_of_potentials(lammps, box, model, tmp_path, monkeypatch):
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "model.json").rename(tmp_path / "elsewhere" / "model.json")
    monkeypatch.setenv("LAMMPS_POTENTIALS", str(tmp_path / "elsewhere"))
    lammps(models.start(box) + STYLE + models.COEFF + "run 0\n")


def test_memory_is_reported_without_a_model(lammps, box):
    assert "Memory" in lammps(models.start(box) + STYLE + "info memory\n").output


@pytest.mark.parametrize("overlay", [False, True], ids=["alone", "overlay"])
def test_a_model_beside_a_prior_warns_alone(lammps, box, tmp_path, overlay):
    model = models.random_model()
    model.training = '{"prior": {"commands": ["pair_style zero 3"], "hint": "pair_style hybrid/overlay zero anisoap adds it"}}'
    models.write(tmp_path, model)
    style = "pair_style hybrid/overlay zero 3.0 anisoap\npair_coeff * * zero\n" if overlay else STYLE
    coeff = f"pair_coeff * * {'anisoap ' if overlay else ''}model.json C O\n"
    out = lammps(models.start(box) + style + coeff + "run 0\n").output
    assert (
        "was trained on what a prior leaves; pair_style hybrid/overlay zero anisoap adds it" in out
    ) != overlay
