# SPDX-License-Identifier: MIT
"""anisoap-md describe: some particles, some columns, means, several files."""

import h5py
import numpy as np
import pytest
from anisoap_md import Descriptor, cli, write_frames
from ase.io import read
from testing.helpers import TRICLINIC, random_atoms

BASIS = ["--max-angular", "3", "--cutoff-radius", "4", "--radial-gaussian-width", "1.1", "--quiet"]


def run(*arguments) -> int:
    return cli.main([str(a) for a in arguments])


@pytest.fixture
def frames(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    given = [random_atoms(k, 3 + k, TRICLINIC) for k in range(5)]
    write_frames("a.xyz", given[:3])
    write_frames("b.xyz", given[3:])
    return given


def descriptor() -> Descriptor:
    return Descriptor(3, "gto", 4.0, radial_gaussian_width=1.1, species=[6, 8])


CENTERS = {
    "C": lambda a: np.flatnonzero(a.numbers == 6),
    "0:2": lambda a: np.arange(2),
    "-1": lambda a: np.array([len(a) - 1]),
    "O 0 -2:": lambda a: np.array(
        sorted({0, len(a) - 1, len(a) - 2, *np.flatnonzero(a.numbers == 8).tolist()})
    ),
}


@pytest.mark.parametrize("words", CENTERS)
@pytest.mark.parametrize("suffix", ["npz", "h5"])
def test_some_particles_of_several_files(frames, words, suffix):
    assert run("describe", "a.xyz", "b.xyz", "-o", f"o.{suffix}", *BASIS, "--centers", *words.split()) == 0
    parts = [descriptor().power_spectrum(a)[CENTERS[words](a)] for a in frames]
    if suffix == "npz":
        found = {k: np.asarray(v) for k, v in np.load("o.npz").items()}
        assert str(found["source"]) == "a.xyz b.xyz" and str(found["centers"]) == words
    else:
        with h5py.File("o.h5") as file:
            found = {k: v[:] for k, v in file.items()}
            assert file.attrs["centers"] == words
    assert np.array_equal(found["features"], np.concatenate(parts))
    assert found["n_particles"].tolist() == [len(part) for part in parts]


@pytest.mark.parametrize("average", ["frame", "inner"])
def test_means_of_some_particles(frames, average):
    options = ["--average", average, "--centers", "O", "--symmetric"]
    expected = descriptor().power_spectrum(
        frames[:3], symmetric=True, average=average, centers=lambda a: a.numbers == 8
    )
    for suffix in ("npz", "extxyz"):
        assert run("describe", "a.xyz", "-o", f"o.{suffix}", *BASIS, *options) == 0
    content = np.load("o.npz")
    assert np.array_equal(content["features"], expected) and str(content["average"]) == average
    assert np.array_equal([a.info["anisoap"] for a in read("o.extxyz", ":")], expected)


def test_some_columns(frames):
    assert run("describe", "a.xyz", "-o", "o.npz", *BASIS, "--features", "7", "0:3", "-1") == 0
    assert run("describe", "a.xyz", "-o", "o.extxyz", *BASIS, "--features", "7", "0:3", "-1") == 0
    d = descriptor()
    rows, columns = d.power_spectrum(frames[:3]), [7, 0, 1, 2, d.n_features - 1]
    content = np.load("o.npz")
    assert np.array_equal(content["features"], rows[:, columns]) and str(content["columns"]) == "7 0:3 -1"
    assert np.array_equal(content["labels"], d.feature_labels[columns])
    again = read("o.extxyz", ":")
    assert np.array_equal(np.concatenate([a.arrays["anisoap"] for a in again]), rows[:, columns])
    assert again[0].info["anisoap_labels"].tolist() == [
        list(label) for label in d.feature_labels[columns].tolist()
    ]


def test_index_counts_in_each_file(frames):
    assert run("describe", "a.xyz", "b.xyz", "-o", "o.npz", *BASIS, "--index", "-1:") == 0
    assert np.load("o.npz")["n_particles"].tolist() == [5, 7]


ERRORS = {
    "symbol": (["--centers", "Xq"], "--centers, got 'Xq'; expected chemical symbols"),
    "slice": (["--centers", "0:x"], "--centers, got '0:x'; expected indices or slices such as 5, 0:10, ::2"),
    "step": (["--centers", "::0"], "--centers, got '::0'; expected indices or slices"),
    "beyond": (
        ["--centers", "4"],
        "--centers, got 4 for a frame of 3 particles; expected indices of its particles",
    ),
    "nothing": (["--centers", "N", "--species", "C", "O"], "--centers, got 'N', which no particle matched"),
    "frames with columns": (
        ["--centers", "C", "-o", "o.xyz"],
        "--centers, got 'o.xyz', whose particles all have",
    ),
    "column": (["--features", "99999"], "--features, got 99999; expected indices of the"),
    "column twice": (["--features", "3", "0:5"], "--features, got 3 twice; expected indices, each once"),
    "columns": (["--features", "a"], "--features, got 'a'; expected indices or slices"),
    "second output": (
        ["-o", "b.xyz", "--average", "frame"],
        "--output, got 'b.xyz', the same file as the input",
    ),
    "index": (["--index", "2"], "--index, got '2', which no frame of 'b.xyz' matched"),
    "device": (["--centers", "C", "--device", "cud"], "--device, got 'cud'"),
}


@pytest.mark.parametrize("name", ERRORS)
def test_errors(frames, tmp_path, capsys, name):
    options, text = ERRORS[name]
    before = {p.name: p.read_bytes() for p in tmp_path.iterdir()}
    assert run("describe", "a.xyz", "b.xyz", "-o", "o.npz", *BASIS, *options) == 1
    assert text in capsys.readouterr().err
    assert {p.name: p.read_bytes() for p in tmp_path.iterdir()} == before
