# SPDX-License-Identifier: MIT
"""Active sets: no row of the training is outside, others are; what a fit tells about them, and what it refuses."""

import json
from itertools import product

import numpy as np
import pytest
from anisoap_md import AniSOAPCalculator, ArgumentError, Model, _core, fit
from anisoap_md.cli.main import main
from anisoap_md.frames.bodies import diameters, with_diameters
from anisoap_md.io.frames import write_frames
from anisoap_md.models.summary import lines, summary
from anisoap_md.training.grades import active_set
from anisoap_md.training.grades.directions import Directions
from anisoap_md.training.grades.maxvol import TOLERANCE, maxvol
from ase.calculators.calculator import PropertyNotImplementedError
from testing.helpers import assert_close
from testing.training.grades import grades_of, site_rows
from testing.training.labelled import NUMBERS, frames, label, linear_model, small_descriptor

POLYNOMIAL = {
    "kind": "polynomial",
    "cutoff": 2.9,
    "bodies": {"C": "z", "O": "sphere"},
    "powers": (1, 4),
    "degree": 3,
}
TERMS = {
    "linear": {"kind": "linear"},
    "polynomial": {"kind": "none", "two_body": POLYNOMIAL},
    "both": {"kind": "linear", "two_body": POLYNOMIAL},
}
EPS = 1e-6  # of rows that are read back from a document


@pytest.fixture(scope="module")
def data():
    return label(linear_model(small_descriptor()), frames(60))


def fitted(data, terms, **others):
    return fit(data, small_descriptor(), **TERMS[terms], test=0, walls="off", grade=True, **others)


@pytest.mark.parametrize("shape", [(5, 5), (40, 6), (300, 1), (900, 25)])
def test_no_row_has_a_large_coefficient_in_the_chosen_ones(shape):
    rows = np.random.default_rng(3).normal(size=shape) ** 3
    chosen = maxvol(rows)
    assert len(set(chosen.tolist())) == shape[1]
    coefficients = np.linalg.solve(rows[chosen].T, rows.T).T
    assert np.abs(coefficients).max() <= TOLERANCE * (1 + 1e-9)


def test_no_exchange_of_one_row_makes_the_volume_larger():
    rows = np.random.default_rng(4).normal(size=(30, 4))
    chosen = maxvol(rows)
    volume = abs(np.linalg.det(rows[chosen]))
    for i, j in product(range(len(rows)), range(4)):
        other = rows[chosen].copy()
        other[j] = rows[i]
        assert abs(np.linalg.det(other)) <= TOLERANCE * volume * (1 + 1e-9)


def test_columns_without_a_weight_have_no_say():
    """They hold round-off, which over its own size would be as large as the others."""
    rows = np.random.default_rng(5).normal(size=(50, 4)) * [1.0, 1e-17, 1e3, 1.0]
    directions = Directions(np.array([0.3, 0.0, -2.0, 1.0]))
    for part in np.split(rows, 5):
        directions.add(part)
    leading, rank = directions.leading(2)
    assert rank == 3 and directions.n_columns == 3 and directions.n_rows == 50
    assert leading.shape == (4, 2) and not leading[1].any()
    assert_close((rows @ leading).T @ (rows @ leading), np.eye(2), 1e-12)


@pytest.mark.parametrize("terms", TERMS)
@pytest.mark.parametrize("most", [None, 300])
def test_the_training_is_inside_and_the_grade_is_the_formula(data, terms, most, monkeypatch):
    if most is not None:
        monkeypatch.setattr(active_set, "MOST_NUMBERS", most)
    result = fitted(data, terms)
    model = Model.from_json(result.model.to_json())
    found = model.predict(data, grades=True)
    assert found.grades.max() <= TOLERANCE + EPS
    expected = np.concatenate([grades_of(model.core, atoms, NUMBERS) for atoms in data])
    assert_close(found.grades, expected, 1e-7)
    for s, symbol in enumerate(model.species):
        facts = result.training["grades"][symbol]
        grades = found.grades[np.concatenate([a.numbers for a in data]) == NUMBERS[s]]
        # as many rows as the active set has are of grade 1: its own
        assert np.count_nonzero(grades > 1 - EPS) >= facts["rows"]
        assert facts["particles"] == len(grades)
        assert facts["rows"] * facts["columns"] <= (most or active_set.MOST_NUMBERS)
        assert most is not None or facts["rows"] == facts["directions"]


def own_rows(coefficients):
    """Numbers of the rows that are those of the active set: their coefficients are 1 once, and 0."""
    unit = np.abs(np.abs(coefficients[:, :, None]) - np.eye(coefficients.shape[1])).max(axis=1) < EPS
    assert unit.any(axis=0).all()
    return unit.argmax(axis=0)


@pytest.mark.parametrize("terms", TERMS)
def test_grades_are_coefficients_of_rows_of_the_training(data, terms):
    """By a solution for rows of the training, which knows no directions and no scale."""
    result = fitted(data, terms)
    core, unseen = result.model.core, frames(4, seed=9)
    found = result.model.predict(unseen, grades=True).grades
    numbers = np.concatenate([a.numbers for a in unseen])
    known, others = ([row for a in given for row in site_rows(core, a, NUMBERS)] for given in (data, unseen))
    of_known = np.concatenate([a.numbers for a in data])
    for s, z in enumerate(NUMBERS):
        facts = result.training["grades"]["CO"[s]]
        assert facts["rows"] == facts["directions"] == facts["columns"] < facts["particles"]
        pairs = [pair.polynomial.weights for pair in core.two_body.pairs if s in pair.species]
        used = np.concatenate([core.local[s].weights, *pairs]) != 0
        rows, new = (
            np.array([r[used] for r, n in zip(given, kinds, strict=True) if n == z])
            for given, kinds in ((known, of_known), (others, numbers))
        )
        parts = (core.local[s].grade_rows, core.local[s].pair_grade_rows.reshape(facts["rows"], -1))
        inverse = np.concatenate([p for p in parts if p.size], axis=1)[:, used].T
        active = rows[own_rows(rows @ inverse)]
        size = np.linalg.norm(rows, axis=0)
        expected = np.abs(np.linalg.solve((active / size).T, (new / size).T)).max(axis=0)
        assert_close(found[numbers == z], expected, 1e-6)


@pytest.mark.parametrize("terms", TERMS)
def test_closer_particles_are_outside(data, terms):
    model = fitted(data, terms).model
    squeezed = []
    for atoms in data[:6]:
        other = atoms.copy()
        other.set_cell(0.5 * atoms.cell.array, scale_atoms=True)
        squeezed.append(other)
    assert model.predict(squeezed, grades=True).grades.max() > 2


def test_a_calculator_has_them(data):
    model, atoms = fitted(data, "both").model, data[0].copy()
    atoms.calc = AniSOAPCalculator(model)
    assert np.array_equal(atoms.calc.get_grades(atoms), model.predict(atoms, grades=True).grades)


@pytest.mark.parametrize("terms", TERMS)
def test_without_grades_nothing_of_them_is_kept(data, terms):
    result = fit(data, small_descriptor(), **TERMS[terms], test=0, walls="off")
    assert not result.model.has_grade and "grade_rows" not in result.model.to_json()
    assert result.training["grades"] == {} and "grade" not in repr(result)
    with pytest.raises(
        PropertyNotImplementedError, match="grades, got a model that has none; expected a model that was"
    ):
        result.model.predict(data[0], grades=True)
    atoms = data[0].copy()
    atoms.calc = AniSOAPCalculator(result.model)
    with pytest.raises(PropertyNotImplementedError, match="property 'grades', got a model without it"):
        atoms.calc.get_grades(atoms)


@pytest.mark.parametrize(
    "kind, two_body, got",
    [
        ("kernel", None, "True with kind 'kernel'; expected kind 'linear' or 'none'"),
        ("networks", POLYNOMIAL, "True with kind 'networks'"),
        ("linear", {"kind": "symmetric", "cutoff": 2.9}, "True with another two-body term"),
        ("none", {"kind": "networks", "cutoff": 2.9}, "True with another two-body term"),
    ],
)
def test_other_terms_have_no_grade(data, kind, two_body, got):
    with pytest.raises(ArgumentError, match=f"grade, got {got}"):
        fit(data, small_descriptor(), kind, two_body=two_body, grade=True)
    with pytest.raises(TypeError, match="grade"):
        fit(data, small_descriptor(), grade="yes")


def test_a_trained_two_body_term_is_part_of_the_grade(data):
    term = fitted(data, "polynomial").model.core.two_body
    result = fit(data, small_descriptor(), "linear", two_body=term, test=0, walls="off", grade=True)
    found = result.model.predict(data, grades=True).grades
    assert found.max() <= TOLERANCE + EPS
    assert result.model.core.local[0].pair_grade_rows.size > 0
    pairs = term.pairs
    pairs[0].polynomial, pairs[0].symmetric = (
        None,
        _core.SymmetricExpansion([1], [], [[0, 0, 0, 0, 0, 0]], [1.0]),
    )
    term.pairs = pairs
    with pytest.raises(ArgumentError, match="grade, got True with another two-body term"):
        fit(data, small_descriptor(), "linear", two_body=term, grade=True)


def test_particles_without_neighbours_have_the_grade_zero(data):
    """Their rows are zeros: those of one species in all frames, or of single frames."""
    lone = [atoms[:1] for atoms in data[:3]]
    for atoms in lone:
        atoms.pbc, atoms.numbers[:] = False, 8
    carbon = [atoms[atoms.numbers == 6] for atoms in data]
    labelled = label(linear_model(small_descriptor()), [*(a for a in carbon if len(a)), *lone])
    for atoms in labelled:
        del atoms.info["stress"]
    with pytest.warns(UserWarning, match="this pair gets no term"):
        result = fit(labelled, small_descriptor(), **TERMS["polynomial"], test=0, walls="off", grade=True)
    assert result.training["grades"]["O"] == {"rows": 0, "directions": 0, "columns": 0, "particles": 3}
    assert result.model.predict(lone, grades=True).grades.max() == 0
    assert 0.9 < result.model.predict(labelled, grades=True).grades.max() <= TOLERANCE + EPS


def test_the_command_line_and_the_summary_tell_of_it(data, tmp_path, capsys):
    write_frames(tmp_path / "data.extxyz", [with_diameters(a, diameters(a)) for a in data])
    words = [
        "train",
        "data.extxyz",
        "-o",
        "m.json",
        "--kind",
        "none",
        "--test",
        "0",
        "--walls",
        "off",
        "--quiet",
    ]
    pairs = [
        "--two-body",
        "kind=polynomial",
        "cutoff=2.9",
        "powers=1,4",
        "degree=3",
        "--bodies",
        "C=z",
        "O=sphere",
    ]
    words = [w if "." not in w or w[0] == "-" else str(tmp_path / w) for w in words] + pairs
    main(words + ["--grade"])
    out = capsys.readouterr().out
    model = Model.load(tmp_path / "m.json")
    facts = json.loads((tmp_path / "m.json").read_text())["training"]["grades"]["C"]
    assert f"grade C: active set of {facts['rows']} among {facts['particles']} particles, in all" in out
    text = "\n".join(lines(summary(model)))
    assert "grade            yes\n" in text and f"  grade C        rows {facts['rows']}" in text
    main(words)
    assert "grade" not in capsys.readouterr().out
    assert "grade            no\n" in "\n".join(lines(summary(Model.load(tmp_path / "m.json"))))
