# SPDX-License-Identifier: MIT
"""ArgumentError: its fields, from Python and from the core; packages that are missing; errors of files that are written."""

import errno
import os
import pickle
import subprocess
import sys
from pathlib import Path

import anisoap_md
import numpy as np
import pytest
from anisoap_md import ArgumentError, Descriptor, Model, _core, iread
from anisoap_md.common.errors import ArgumentTypeError, UnknownSpecies, in_file, message
from anisoap_md.common.files import whole_file
from anisoap_md.common.packages import require_package
from testing.helpers import TRICLINIC, random_atoms
from testing.potentials import core_model, random_model

PACKAGE = Path(anisoap_md.__file__).parent
GOOD = {"max_angular": 3, "radial_basis_name": "gto", "cutoff_radius": 4.0, "radial_gaussian_width": 1.1}


def described(**others):
    atoms = random_atoms(0, 4, TRICLINIC)
    for name, value in others.items():
        atoms.arrays[name] = value
    return Descriptor(**GOOD, species=["C", "O"]).power_spectrum([random_atoms(1, 4, TRICLINIC), atoms])


ZERO = np.eye(4)[[0, 0, 3, 0]] * [[1], [1], [0], [1]]

# What is called, and the fields of its error.
RAISED = {
    "Python": (
        lambda: Descriptor(**{**GOOD, "max_radial": [1, 2]}),
        ("max_radial", "2 entries", "one number, or max_angular + 1 = 4 of them", ""),
    ),
    "Python's hint": (
        lambda: Descriptor(**GOOD, dtype="float46"),
        ("dtype", "'float46'", "'float64' or 'float32'", "did you mean 'float64'?"),
    ),
    "hyperparameters": (
        lambda: Descriptor(**{**GOOD, "cutoff_radius": -4}),
        ("cutoff_radius", "-4", "a finite length > 0", ""),
    ),
    "the core's hint": (
        lambda: Descriptor(**{**GOOD, "radial_basis_name": "gtoo"}),
        ("radial_basis_name", "'gtoo'", "'gto' or 'monomial'", "did you mean 'gto'?"),
    ),
    "reader of the binding": (
        lambda: described(c_q=np.ones((4, 3))),
        ("frame 1: shape of array 'c_q'", "(4, 3)", "(4, 4)", ""),
    ),
    "particle within the core": (
        lambda: described(c_q=ZERO),
        ("frame 1, particle 2: quaternion is zero", "(0, 0, 0, 0)", None, ""),
    ),
    "species": (
        lambda: described(numbers=np.array([6, 8, 6, 7])),
        ("frame 1, particle 3: species (atomic number)", "7", "one of species = [6, 8]", ""),
    ),
    "species of a model": (
        lambda: random_model("linear").predict(random_atoms(0, 2, TRICLINIC, numbers=(6, 7))),
        ("frame 0, particle 1: species (atomic number)", "7", None, "the model's C, O"),
    ),
    "document": (
        lambda: Model.from_json('{"format": "other"}'),
        ("model file", None, None, ""),
    ),
    "property": (
        lambda: setattr(_core.LocalEnergy(), "kind", "cubic"),
        ("kind", "'cubic'", "one of 'none', 'linear', 'kernel', 'networks'", ""),
    ),
}


def test_a_build_with_cuda_says_what_it_lacks():
    """What the loader says of a build with a shared Kokkos for CUDA on a machine without NVIDIA's driver."""
    code = (
        "import sys\n"
        "class Missing:\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        "        if name == 'anisoap_md._core':\n"
        "            raise ImportError('libcuda.so.1: cannot open shared object file: No such file or directory')\n"
        "sys.meta_path.insert(0, Missing())\n"
        "import anisoap_md\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode and "without NVIDIA's driver (libcuda.so.1)" in done.stderr.splitlines()[-1]


@pytest.mark.parametrize("name", RAISED)
def test_fields_and_text(name):
    call, expected = RAISED[name]
    with pytest.raises(ArgumentError) as caught:
        call()
    error = caught.value
    got = (error.what, error.got, error.expected, error.hint)
    assert all(isinstance(field, str) for field in got)
    for field, wanted in zip(got, expected, strict=True):
        assert wanted is None or field == wanted
    hint = f", {error.hint}" if error.hint else ""
    assert str(error) == f"anisoap: {error.what}, got {error.got}; expected {error.expected}{hint}"
    again = pickle.loads(pickle.dumps(error))
    assert type(again) is type(error) and str(again) == str(error) and again.hint == error.hint


def test_an_argument_error_is_a_value_error_and_of_wrong_types_a_type_error_too():
    with pytest.raises(ArgumentError) as caught:
        Descriptor(**{**GOOD, "max_angular": "3"})
    assert isinstance(caught.value, ArgumentTypeError)
    assert isinstance(caught.value, TypeError) and isinstance(caught.value, ValueError)
    with pytest.raises(ArgumentError) as caught:
        Descriptor(**{**GOOD, "max_angular": -3})
    assert not isinstance(caught.value, TypeError)


def test_a_changed_error_keeps_its_kind_and_its_other_fields():
    error = UnknownSpecies("species", 7, "6", "a hint")
    changed = error.changed(what="other", hint="")
    assert type(changed) is UnknownSpecies and str(changed) == "anisoap: other, got 7; expected 6"
    assert str(error) == message("species", 7, "6", "a hint")
    assert in_file(error, Path("a") / "b").what == f"file '{Path('a') / 'b'}': species"


def test_files_are_named(tmp_path):
    for name, read in (("hypers.json", Descriptor.from_json), ("model.json", Model.load)):
        (tmp_path / name).write_text('{"format": 3}')
        with pytest.raises(ArgumentError) as caught:
            read(tmp_path / name)
        assert caught.value.what.startswith(f"file '{tmp_path / name}': ")


def test_species_of_a_stream_are_those_of_its_first_frame():
    frames = [random_atoms(0, 2, TRICLINIC, numbers=(6,)), random_atoms(0, 2, TRICLINIC, numbers=(6, 8))]
    with pytest.raises(UnknownSpecies) as caught:
        Descriptor(**GOOD).power_spectrum(iter(frames))
    assert caught.value.hint == "those of the first frame; pass species=[...] with an iterator"
    with pytest.raises(UnknownSpecies) as caught:
        Descriptor(**GOOD, species=["C"]).power_spectrum(iter(frames))
    assert caught.value.hint == ""


def test_errors_of_readers_keep_their_fields(tmp_path):
    file = tmp_path / "run.dump"
    file.write_text("ITEM: TIMESTEP\n0\nITEM: NUMBER OF ATOMS\nmany\n")
    with pytest.raises(ArgumentError) as caught:
        list(iread(file))
    assert str(file) in caught.value.what and "anisoap: " not in caught.value.got


def test_the_error_of_a_temporary_file_names_the_file(tmp_path, monkeypatch):
    target = tmp_path / "out.json"

    def refuses(source, destination):
        raise OSError(errno.EACCES, "no", source, None, destination)

    monkeypatch.setattr(os, "replace", refuses)
    with pytest.raises(PermissionError) as caught, whole_file(target) as temporary:
        temporary.write_text("x")
    assert caught.value.filename == str(target) and ".tmp" not in str(caught.value)


def test_a_full_disk_names_the_file(tmp_path):
    target = tmp_path / "out.npz"
    with pytest.raises(OSError) as caught, whole_file(target):
        raise OSError(errno.ENOSPC, "No space left on device")
    assert (caught.value.errno, caught.value.filename) == (errno.ENOSPC, str(target))


def test_errors_of_other_files_stay(tmp_path):
    with pytest.raises(FileNotFoundError) as caught, whole_file(tmp_path / "out.npz"):
        (tmp_path / "input").read_text()
    assert caught.value.filename == str(tmp_path / "input")


@pytest.mark.parametrize("name", ["torch", "ruamel.yaml", "no_such_package", "no_such.package"])
def test_a_package_that_is_missing(name, monkeypatch):
    monkeypatch.setitem(sys.modules, name, None)
    text = rf"^anisoap: a test, got no package '{name}'; expected 'pip install anisoap-md\[extra\]'$"
    for kind in (ImportError, RuntimeError):
        with pytest.raises(kind, match=text):
            require_package(name, "extra", "a test")
    require_package("numpy", "", "a test")


def test_nothing_reads_the_text_of_our_errors():
    """Fields are there for that."""
    lines = [
        f"{path.relative_to(PACKAGE)}: {line.strip()}"
        for path in PACKAGE.rglob("*.py")
        for line in path.read_text(encoding="utf-8").splitlines()
    ]
    assert len(lines) > 5000
    for forbidden in ("in str(error)", "str(error).replace", "str(error).startswith", 'f"{error}'):
        assert not [line for line in lines if forbidden in line]


def test_lists_of_the_core_are_copies():
    """Elements that point into a vector change, or dangle, when the list is assigned again."""
    term = core_model("networks", two_body=("uniaxial", "sphere")).two_body
    pairs, before = term.pairs, [pair.length for pair in term.pairs]
    networks = pairs[0].networks
    parameters = networks[0].parameters
    for pair in term.pairs:
        pair.length = -1.0
    assert [pair.length for pair in term.pairs] == before
    term.pairs = pairs[1:]
    assert [pair.length for pair in pairs] == before
    pairs[0].networks = [_core.Network([1, 1], [1.0, 2.0])]
    assert np.array_equal(networks[0].parameters, parameters)


def test_pairs_that_were_given_the_same_networks_share_nothing():
    first, second = _core.TwoBodyPair(), _core.TwoBodyPair()
    first.networks = [_core.Network([1, 1], [1.0, 2.0])]
    second.networks = first.networks
    term = _core.TwoBody()
    term.pairs = [first, second]
    pairs = term.pairs
    changed = pairs[0].networks
    changed[0].parameters = np.array([3.0, 4.0])
    pairs[0].networks = changed
    assert [pair.networks[0].parameters.tolist() for pair in pairs] == [[3.0, 4.0], [1.0, 2.0]]
    assert [pair.networks[0].parameters.tolist() for pair in term.pairs] == [[1.0, 2.0]] * 2
