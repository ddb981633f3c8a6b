# SPDX-License-Identifier: MIT
"""One clear error for each wrong input: what is wrong, what was got, what is allowed."""

import json
import re

import numpy as np
import pytest
from anisoap_md import Descriptor
from ase import Atoms
from testing.helpers import TRICLINIC, random_atoms

GOOD = {"max_angular": 3, "radial_basis_name": "gto", "cutoff_radius": 4.0, "radial_gaussian_width": 1.1}

ARGUMENTS = {
    "max_angular negative": (
        {"max_angular": -1},
        ValueError,
        "max_angular, got -1; expected an integer from 0 to 24",
    ),
    "max_angular large": (
        {"max_angular": 25},
        ValueError,
        "max_angular, got 25; expected an integer from 0 to 24",
    ),
    "max_angular float": ({"max_angular": 3.0}, TypeError, "max_angular, got 3.0; expected an integer"),
    "max_angular huge": (
        {"max_angular": 10**30},
        ValueError,
        f"max_angular, got {10**30}; expected an integer of 32 bits",
    ),
    "max_angular text": ({"max_angular": "3"}, TypeError, "max_angular, got '3'; expected an integer"),
    "max_angular bool": ({"max_angular": True}, TypeError, "max_angular, got True; expected an integer"),
    "cutoff zero": ({"cutoff_radius": 0}, ValueError, "cutoff_radius, got 0; expected a finite length > 0"),
    "cutoff negative": (
        {"cutoff_radius": -4.0},
        ValueError,
        "cutoff_radius, got -4; expected a finite length > 0",
    ),
    "cutoff nan": (
        {"cutoff_radius": np.nan},
        ValueError,
        "cutoff_radius, got nan; expected a finite length > 0",
    ),
    "cutoff inf": (
        {"cutoff_radius": np.inf},
        ValueError,
        "cutoff_radius, got inf; expected a finite length > 0",
    ),
    "cutoff text": ({"cutoff_radius": "4"}, TypeError, "cutoff_radius, got '4'; expected a number"),
    "cutoff none": ({"cutoff_radius": None}, TypeError, "cutoff_radius, got None; expected a number"),
    "gto without width": (
        {"radial_gaussian_width": None},
        ValueError,
        "radial_gaussian_width, got none; expected a width > 0 with the gto basis",
    ),
    "width zero": (
        {"radial_gaussian_width": 0},
        ValueError,
        "radial_gaussian_width, got 0; expected None or a finite length > 0",
    ),
    "width negative": (
        {"radial_gaussian_width": -1.0},
        ValueError,
        "radial_gaussian_width, got -1; expected a finite length > 0",
    ),
    "width nan": (
        {"radial_gaussian_width": np.nan},
        ValueError,
        "radial_gaussian_width, got nan; expected a finite length > 0",
    ),
    "monomial with width": (
        {"radial_basis_name": "monomial"},
        ValueError,
        "radial_gaussian_width, got 1.1; expected none with the monomial basis",
    ),
    "unknown basis": (
        {"radial_basis_name": "gtos"},
        ValueError,
        "radial_basis_name, got 'gtos'; expected 'gto' or 'monomial', did you mean 'gto'?",
    ),
    "basis none": ({"radial_basis_name": None}, TypeError, "radial_basis_name, got None; expected a string"),
    "max_radial short": (
        {"max_radial": [1, 2]},
        ValueError,
        "max_radial, got 2 entries; expected one number, or max_angular + 1 = 4 of them",
    ),
    "max_radial one entry": (
        {"max_radial": [1]},
        ValueError,
        "max_radial, got 1 entries; expected one number, or max_angular + 1 = 4 of them",
    ),
    "max_radial empty": ({"max_radial": []}, ValueError, "max_radial, got 0 entries"),
    "max_radial negative": ({"max_radial": -1}, ValueError, "max_radial, got -1; expected integers >= 0"),
    "max_radial negative entry": ({"max_radial": [1, 1, -2, 0]}, ValueError, "max_radial, got -2"),
    "max_radial float": ({"max_radial": 1.5}, TypeError, "max_radial, got 1.5; expected an integer"),
    "max_radial huge": (
        {"max_radial": 10**20},
        ValueError,
        f"max_radial, got {10**20}; expected an integer of 32 bits",
    ),
    "max_radial huge entry": ({"max_radial": [1, 1, -(10**20), 0]}, ValueError, f"got {-(10**20)}; expected"),
    "max_radial text": ({"max_radial": "2"}, TypeError, "max_radial, got '2'; expected an integer"),
    "max_radial large": ({"max_radial": 30}, ValueError, "max_angular and max_radial, got max_radial 30"),
    "rcond negative": (
        {"basis_rcond": -1.0},
        ValueError,
        "basis_rcond, got -1; expected a finite number >= 0",
    ),
    "tol nan": ({"basis_tol": np.nan}, ValueError, "basis_tol, got nan; expected a finite number >= 0"),
    "centre text": (
        {"subtract_center_contribution": "no"},
        TypeError,
        "subtract_center_contribution, got 'no'; expected True or False",
    ),
    "unknown cutoff function": (
        {"cutoff_function": "cosinus", "cutoff_width": 1.0},
        ValueError,
        "cutoff_function, got 'cosinus'; expected 'none' or 'cosine', did you mean 'cosine'?",
    ),
    "cosine without width": (
        {"cutoff_function": "cosine"},
        ValueError,
        "cutoff_width, got none; expected a width > 0",
    ),
    "cosine too wide": (
        {"cutoff_function": "cosine", "cutoff_width": 5.0},
        ValueError,
        "cutoff_width, got 5; expected a width > 0 and <= cutoff_radius = 4",
    ),
    "width without cosine": (
        {"cutoff_width": 1.0},
        ValueError,
        "cutoff_width, got 1; expected none without a cutoff_function",
    ),
    "species text": ({"species": "CO"}, TypeError, "species, got 'CO'; expected a list of chemical symbols"),
    "species number": ({"species": 6}, TypeError, "species, got 6; expected a list of chemical symbols"),
    "species empty": (
        {"species": []},
        ValueError,
        "species, got an empty list; expected at least one species",
    ),
    "species twice": ({"species": ["C", 6]}, ValueError, "species, got a repeated label in ['C', 6]"),
    "species unknown": ({"species": ["C", "Oo"]}, ValueError, "species, got 'Oo'; expected chemical symbols"),
    "species numeric text": ({"species": ["6"]}, ValueError, "species, got '6'; expected chemical symbols"),
    "species large": (
        {"species": [119]},
        ValueError,
        "species, got 119; expected atomic numbers from 0 to 118",
    ),
    "species float": ({"species": [6.0]}, TypeError, "species, got 6.0; expected an integer"),
    "dtype unknown": (
        {"dtype": "float16"},
        ValueError,
        "dtype, got 'float16'; expected 'float64' or 'float32'",
    ),
    "dtype nonsense": ({"dtype": "flaot32"}, ValueError, "did you mean 'float32'?"),
    "dtype none": ({"dtype": None}, ValueError, "dtype, got None; expected 'float64' or 'float32'"),
    "threads zero": (
        {"num_threads": 0},
        ValueError,
        "num_threads, got 0; expected None or an integer from 1",
    ),
    "threads negative": ({"num_threads": -2}, ValueError, "num_threads, got -2; expected None or an integer"),
    "threads float": ({"num_threads": 2.0}, TypeError, "num_threads, got 2.0; expected an integer"),
    "unknown keyword": (
        {"radial_gausian_width": 1.0},
        TypeError,
        "keyword argument, got 'radial_gausian_width'; expected one of max_angular, ",
    ),
    "keyword suggestion": ({"max_anglar": 1}, TypeError, "did you mean 'max_angular'?"),
}


@pytest.mark.parametrize("name", ARGUMENTS)
def test_arguments(name):
    changes, error, text = ARGUMENTS[name]
    with pytest.raises(error, match=re.escape(text)) as info:
        Descriptor(**{**GOOD, **changes})
    assert str(info.value).startswith("anisoap: ")


def test_the_largest_degrees_work():
    atoms = random_atoms(1, 3, TRICLINIC)
    for l in (20, 24):
        descriptor = Descriptor(l, "gto", 4.0, radial_gaussian_width=1.1, max_radial=0, species=[6, 8])
        p = descriptor.power_spectrum(atoms)
        assert np.isfinite(p).all() and p[:, -1].all()


def test_degenerate_overlap_says_which_l_and_what_to_raise():
    gto = {"radial_basis_name": "gto", "cutoff_radius": 4.0, "radial_gaussian_width": 1.1, "species": [6, 8]}
    for l in range(3):
        with pytest.raises(
            ValueError, match=f"radial overlap at l = {l} with 8 functions is numerically degenerate"
        ) as info:
            Descriptor(2, max_radial=[7 if k == l else 0 for k in range(3)], basis_rcond=1e-4, **gto)
        text = str(info.value)
        assert "basis_tol = 1e-08" in text
        assert "; lower max_radial, raise basis_tol, or raise basis_rcond (now 0.0001)" in text
    with pytest.raises(
        ValueError, match="radial overlap at l = 0 with 15 functions is numerically degenerate"
    ):
        Descriptor(0, max_radial=14, **gto)
    kept = Descriptor(2, max_radial=[7, 0, 0], basis_rcond=1e-4, basis_tol=1e-3, **gto)
    assert np.isfinite(kept.power_spectrum(random_atoms(1, 5, TRICLINIC))).all()


def change(key, value):
    """Replaces one array; a function of the old one or a value."""

    def apply(atoms):
        atoms.arrays[key] = value(atoms.arrays[key].copy()) if callable(value) else value

    return apply


def entry(value, *where):
    def apply(array):
        array[where] = value
        return array

    return apply


def remove(*keys):
    def apply(atoms):
        for key in keys:
            del atoms.arrays[key]

    return apply


def cell(value):
    def apply(atoms):
        atoms.cell[1, 1] = value

    return apply


FRAMES = {
    "position nan": (
        change("positions", entry(np.nan, 2, 1)),
        "frame 1, particle 2: position is not finite, got",
    ),
    "position inf": (
        change("positions", entry(-np.inf, 0, 0)),
        "frame 1, particle 0: position is not finite, got",
    ),
    "position far": (change("positions", entry(1e12, 3, 0)), "frame 1, particle 3: position, got (1e+12, "),
    "cell nan": (cell(np.nan), "frame 1, cell, got nan; expected finite cell vectors"),
    "cell inf": (cell(np.inf), "frame 1, cell, got inf; expected finite cell vectors"),
    "cell flat": (cell(0.0), "frame 1, cell, got periodic cell vectors that span no volume"),
    "cell missing": (
        lambda a: a.set_cell(None),
        "frame 1, cell, got periodic cell vectors that span no volume",
    ),
    "quaternion nan": (
        change("c_q", entry(np.nan, 4, 3)),
        "frame 1, particle 4: quaternion is not finite, got (",
    ),
    "quaternion inf": (
        change("c_q", entry(np.inf, 4, 0)),
        "frame 1, particle 4: quaternion is not finite, got (inf, ",
    ),
    "quaternion zero": (
        change("c_q", entry(0.0, 1)),
        "frame 1, particle 1: quaternion is zero, got (0, 0, 0, 0); expected a finite quaternion (w, x, y, z) that is",
    ),
    "quaternion missing": (
        remove("c_q"),
        "frame 1: quaternions, got no array 'c_q', 'quaternion', 'quaternions', 'quat'",
    ),
    "quaternion shape": (
        change("c_q", np.ones((6, 3))),
        "frame 1: shape of array 'c_q', got (6, 3); expected (6, 4)",
    ),
    "quaternion length": (
        change("c_q", np.ones((5, 4))),
        "frame 1: shape of array 'c_q', got (5, 4); expected (6, 4)",
    ),
    "quaternion text": (
        change("c_q", np.full((6, 4), "a")),
        "frame 1: array 'c_q', got values that are not numbers",
    ),
    "quaternion twice": (
        change("quat", np.ones((6, 4))),
        "frame 1: quaternions, got two different arrays, 'c_q' and 'quat'; expected one of them (w, x, y, z)",
    ),
    "diameter zero": (
        change("c_diameter[2]", entry(0.0, 5)),
        "frame 1, particle 5: diameter is zero, negative or not finite, got (",
    ),
    "diameter negative": (
        change("c_diameter[1]", entry(-1.0, 0)),
        "frame 1, particle 0: diameter is zero, negative",
    ),
    "diameter nan": (
        change("c_diameter[3]", entry(np.nan, 0)),
        "frame 1, particle 0: diameter is zero, negative",
    ),
    "diameter inf": (change("c_diameter[3]", entry(np.inf, 0)), "expected three finite lengths > 0"),
    "diameter missing": (
        remove("c_diameter[2]"),
        "frame 1: diameters, got neither 'c_diameter[1]', 'c_diameter[2]', 'c_diameter[3]' nor 'shape' in atoms.arrays",
    ),
    "diameter length": (
        change("c_diameter[2]", np.ones(7)),
        "frame 1: shape of array 'c_diameter[2]', got (7,); expected (6,)",
    ),
    "diameter matrix": (
        change("c_diameter[2]", np.ones((6, 3))),
        "shape of array 'c_diameter[2]', got (6, 3)",
    ),
    "species unknown": (
        change("numbers", entry(1, 3)),
        "frame 1, particle 3: species (atomic number), got 1; expected one of species = [6, 8]",
    ),
}


@pytest.mark.parametrize("name", FRAMES)
@pytest.mark.parametrize("method", ["power_spectrum", "coefficients"])
def test_frames(descriptor, name, method):
    damage, text = FRAMES[name]
    frames = [random_atoms(1, 4, TRICLINIC), random_atoms(2, 6, TRICLINIC)]
    expected = descriptor.power_spectrum(frames)
    damaged = [frames[0], frames[1].copy()]
    damage(damaged[1])
    with pytest.raises(ValueError, match=re.escape(text)) as info:
        getattr(descriptor, method)(damaged)
    assert str(info.value).startswith("anisoap: ") and "; expected " in str(info.value)
    assert np.array_equal(descriptor.power_spectrum(frames), expected)


def test_values_of_an_open_direction_do_not_matter(descriptor):
    atoms = random_atoms(1, 6, TRICLINIC, pbc=[True, True, False])
    other = atoms.copy()
    other.cell[2] = 0
    assert np.array_equal(descriptor.power_spectrum(atoms), descriptor.power_spectrum(other))


NOT_FRAMES = {
    "number": (3, TypeError, "frames, got 3; expected an ase.Atoms or an iterable of them"),
    "none": (None, TypeError, "frames, got None; expected an ase.Atoms or an iterable of them"),
    "file": ("run.xyz", TypeError, "frames, got 'run.xyz'; expected ase.Atoms; read files with ase.io.read"),
    "numbers": ([1, 2], ValueError, "frame 0, got <class 'int'>; expected an ase.Atoms"),
    "nested": ([[Atoms()]], ValueError, "frame 0, got <class 'list'>; expected an ase.Atoms"),
}


@pytest.mark.parametrize("name", NOT_FRAMES)
@pytest.mark.parametrize("species", [None, ["C", "O"]])
def test_things_that_are_not_frames(name, species):
    frames, error, text = NOT_FRAMES[name]
    with pytest.raises(error, match=re.escape(text)):
        Descriptor(**GOOD, species=species).power_spectrum(frames)


def test_arguments_of_power_spectrum(descriptor, frames):
    with pytest.raises(
        ValueError, match="average, got 'frames'; expected None, 'frame' or 'inner', did you mean 'frame'"
    ):
        descriptor.power_spectrum(frames, average="frames")
    with pytest.raises(TypeError, match="symmetric, got 'upper'; expected True or False"):
        descriptor.power_spectrum(frames, symmetric="upper")
    with pytest.raises(TypeError, match="got 'symetric'; expected one of .* did you mean 'symmetric'"):
        descriptor.power_spectrum(frames, symetric=True)


def edit(**changes):
    def apply(text):
        document = json.loads(text)
        document.update(changes)
        return json.dumps(document)

    return apply


def edit_hypers(**changes):
    def apply(text):
        document = json.loads(text)
        document["hypers"].update(changes)
        return json.dumps(document)

    return apply


def without(key):
    def apply(text):
        document = json.loads(text)
        document.pop(key, None)
        document.get("hypers", {}).pop(key, None)
        return json.dumps(document)

    return apply


JSON = {
    "truncated": (lambda text: text[: len(text) // 2], "hyperparameter file, got text that is not JSON"),
    "not JSON": (lambda text: "{max_angular: 3}", "hyperparameter file, got text that is not JSON"),
    "empty object": (lambda text: "{}", 'got {}; expected "format": "anisoap-hypers"'),
    "list": (lambda text: "[]", 'got []; expected "format": "anisoap-hypers"'),
    "null": (lambda text: "null", 'got null; expected "format": "anisoap-hypers"'),
    "other format": (edit(format="soap"), 'expected "format": "anisoap-hypers"'),
    "newer": (
        edit(version=2),
        "version of the hyperparameter file, got 2; expected 1; a newer file needs a newer",
    ),
    "no version": (without("version"), "no entry 'version'"),
    "no hypers": (without("hypers"), "no entry 'hypers'"),
    "no species": (without("species"), "no entry 'species'"),
    "no max_angular": (without("max_angular"), "no entry 'max_angular'"),
    "no cutoff": (without("cutoff_radius"), "no entry 'cutoff_radius'"),
    "species numbers": (edit(species=[6, 8]), "entry 'species' of the hyperparameter file, got [6,8]"),
    "species labels": (edit(species=["A", "B"]), "species, got 'A'; expected chemical symbols"),
    "species empty": (edit(species=[]), "species, got none; expected at least one label"),
    "unknown entry": (edit_hypers(max_radal=3), "unknown entry 'max_radal', did you mean 'max_radial'?"),
    "text for number": (
        edit_hypers(cutoff_radius="4"),
        "entry 'cutoff_radius' of the hyperparameter file, got \"4\"",
    ),
    "float for integer": (
        edit_hypers(max_angular=3.5),
        "entry 'max_angular' of the hyperparameter file, got 3.5",
    ),
    "bad basis": (edit_hypers(radial_basis_name="gtx"), "radial_basis_name, got 'gtx'"),
    "bad cutoff": (edit_hypers(cutoff_radius=-1), "cutoff_radius, got -1; expected a finite length > 0"),
    "bad max_radial": (
        edit_hypers(max_radial=[1, 2]),
        "entry 'max_radial' of the hyperparameter file, got [1,2]",
    ),
}


@pytest.mark.parametrize("name", JSON)
def test_json(name, descriptor, tmp_path):
    damage, text = JSON[name]
    damaged = damage(descriptor.to_json())
    with pytest.raises(ValueError, match=re.escape(text)):
        Descriptor.from_json(damaged)
    file = tmp_path / "hypers.json"
    file.write_text(damaged)
    with pytest.raises(ValueError, match=re.escape(text)) as info:
        Descriptor.from_json(file)
    assert str(info.value).startswith("anisoap: ") and str(file) in str(info.value)


def test_json_from_things_that_are_neither_text_nor_paths():
    for source in (None, 3, b"{}", ["{}"]):
        with pytest.raises(
            TypeError, match=re.escape(f"source, got {source!r}; expected a path or JSON text")
        ):
            Descriptor.from_json(source)


def test_json_files_that_are_no_text(tmp_path):
    with pytest.raises(FileNotFoundError, match="missing.json"):
        Descriptor.from_json(tmp_path / "missing.json")
    file = tmp_path / "hypers.json"
    for content in (b"", b"\xff\xfe\x00", b"\x00" * 10):
        file.write_bytes(content)
        with pytest.raises(ValueError, match="hyperparameter file, got text that is not JSON"):
            Descriptor.from_json(file)
    with pytest.raises(ValueError, match="hyperparameter file, got text that is not JSON"):
        Descriptor.from_json("")
