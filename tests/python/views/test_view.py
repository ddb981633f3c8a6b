# SPDX-License-Identifier: MIT
"""Files for chemiscope, read back: ellipsoids, components and properties are those of the frames."""

import gzip
import json
import sys
from importlib.util import find_spec

import anisoap_md
import numpy as np
import pytest
from anisoap_md import ArgumentError, Descriptor, write_frames, write_view
from anisoap_md.cli import main
from anisoap_md.views.chemiscope import COMPONENT, arguments
from testing.helpers import assert_close, random_atoms, rotations_of, skip

CORNERS = np.array([[x, y, z] for x in (-1, 1) for y in (-1, 1) for z in (-1, 1)]) / np.sqrt(3)


@pytest.fixture(autouse=True)
def installed():
    if find_spec("chemiscope") is None:
        skip("the extra 'view' is not installed")


@pytest.fixture
def frames():
    found = [random_atoms(k, 6, [7.0, 7.0, 7.0]) for k in range(3)]
    for k, atoms in enumerate(found):
        atoms.info["energy"] = float(k)
        atoms.arrays["tilt"] = np.linspace(0, 1, len(atoms))
        atoms.arrays["forces"] = np.full((len(atoms), 3), float(k))
        atoms.arrays["torques"] = np.zeros((len(atoms), 3))
    return found


DESCRIPTOR = Descriptor(3, "gto", 4.0, radial_gaussian_width=1.0, species=["C", "O"])


def written(tmp_path, frames, name="map.json.gz", **options):
    write_view(tmp_path / name, frames, DESCRIPTOR, **options)
    data = (tmp_path / name).read_bytes()
    return json.loads(gzip.decompress(data) if name.endswith(".gz") else data)


@pytest.mark.parametrize("name", ["map.json", "map.json.gz"])
def test_ellipsoids_have_the_surfaces_of_the_bodies(tmp_path, frames, name):
    """Points of the unit sphere on the surface, turned by (x, y, z, w) from body axes to space; the oracle has w first."""
    shapes = written(tmp_path, frames, name)["shapes"]["ellipsoid"]
    assert shapes["kind"] == "ellipsoid"
    each = shapes["parameters"]["atom"]
    assert len(each) == 18
    semi_axes = np.array([e["semiaxes"] for e in each])
    x, y, z, w = np.array([e["orientation"] for e in each]).T
    found = rotations_of(np.stack([w, x, y, z], axis=1)).as_matrix() @ (
        semi_axes[:, None] * CORNERS
    ).swapaxes(1, 2)
    for k, atoms in enumerate(frames):
        diameters = np.stack([atoms.arrays[f"c_diameter[{a}]"] for a in (1, 2, 3)], axis=1)
        turns = rotations_of(atoms.arrays["c_q"]).as_matrix()
        expected = turns @ (diameters[:, None] / 2 * CORNERS).swapaxes(1, 2)
        assert_close(found[6 * k : 6 * k + 6], expected, 1e-12)


def test_components_keep_the_distances_of_the_rows(tmp_path, frames):
    """With as many components as particles nothing is lost; the first has the largest variance."""
    properties = written(tmp_path, frames, n_components=18)["properties"]
    values = np.array([properties[f"{COMPONENT}[{k}]"]["values"] for k in range(1, 19)]).T
    rows = DESCRIPTOR.power_spectrum(frames, symmetric=True)

    def distances(x):
        return np.linalg.norm(x[:, None] - x[None], axis=-1)

    assert_close(distances(values), distances(rows), 1e-6)
    assert (np.diff(values.var(axis=0)) <= 1e-12).all()


def test_properties_are_those_of_the_frames(tmp_path, frames):
    document = written(tmp_path, frames)
    properties = document["properties"]
    assert properties["energy"] == {"target": "structure", "values": [0.0, 1.0, 2.0]}
    assert_close(properties["tilt"]["values"], np.tile(np.linspace(0, 1, 6), 3), 1e-12)
    assert_close(properties["|forces|"]["values"], np.repeat([0, 1, 2], 6) * np.sqrt(3), 1e-12)
    assert properties["frame"]["values"] == [0] * 6 + [1] * 6 + [2] * 6
    assert document["environments"][7] == {"structure": 1, "center": 1, "cutoff": 4.0}
    assert_close(document["structures"][1]["x"], frames[1].positions[:, 0], 1e-12)
    assert document["settings"]["structure"][0]["shape"] == ["ellipsoid"]


def test_without_descriptor_the_cutoff_follows_the_bodies(frames):
    frames[1].arrays["c_diameter[2]"][0] = 4.0
    hypers = arguments(frames, None, 2)["metadata"]["description"].removeprefix("Hyperparameters: ")
    assert json.loads(hypers)["hypers"]["cutoff_radius"] == 6.0


def test_command_writes_what_python_writes(tmp_path, frames, capsys):
    write_frames(tmp_path / "run.xyz", frames)
    words = "--max-angular 3 --cutoff-radius 4 --radial-gaussian-width 1 --species C O".split()
    assert main(["view", str(tmp_path / "run.xyz"), "-o", str(tmp_path / "a.json"), *words]) == 0
    assert "18 particles, 3 frames" in capsys.readouterr().out
    by_command = json.loads((tmp_path / "a.json").read_text())
    expected = written(tmp_path, frames)
    assert by_command["shapes"].keys() == expected["shapes"].keys()
    for name, column in expected["properties"].items():
        assert_close(by_command["properties"][name]["values"], column["values"], 1e-9)


def test_view_shows_what_is_written(tmp_path, frames, monkeypatch):
    """In a notebook; elsewhere chemiscope warns and shows nothing."""
    import chemiscope

    monkeypatch.setattr(chemiscope, "show", chemiscope.create_input)
    assert anisoap_md.view(frames, DESCRIPTOR)["shapes"] == written(tmp_path, frames)["shapes"]


@pytest.mark.parametrize(
    "words, expected",
    [
        (["-o", "map.txt"], "suffix of --output, got 'map.txt'; expected .json or .json.gz"),
        (["-o", "map.json", "--components", "1"], "--components, got 1; expected 2 or more"),
        (["-o", "map.json", "--max-angular", "3"], "--cutoff-radius, got nothing"),
        (["-o", "missing/map.json"], "missing"),
    ],
)
def test_bad_input_of_the_command(tmp_path, monkeypatch, frames, capsys, words, expected):
    monkeypatch.chdir(tmp_path)
    write_frames("run.xyz", frames)
    assert main(["view", "run.xyz", *words]) == 1
    assert expected in capsys.readouterr().err
    assert [p.name for p in tmp_path.iterdir()] == ["run.xyz"]


@pytest.mark.parametrize("given", [[], [random_atoms(0, 6, [7.0] * 3)[:0]]])
def test_no_particle_is_refused(given):
    with pytest.raises(ArgumentError, match="frames, got no particle"):
        arguments(given, DESCRIPTOR, 3)


def test_without_the_package_the_extra_is_named(monkeypatch, tmp_path, frames):
    monkeypatch.setitem(sys.modules, "chemiscope", None)
    monkeypatch.setattr("anisoap_md.common.packages.find_spec", lambda name: None)
    with pytest.raises(ImportError, match=r"anisoap-md\[view\]"):
        write_view(tmp_path / "map.json", frames, DESCRIPTOR)
