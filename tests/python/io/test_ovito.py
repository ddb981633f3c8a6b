# SPDX-License-Identifier: MIT
"""Extended XYZ for OVITO: its names, its order of quaternions, semi-axes; and back."""

import ase.io
import numpy as np
import pytest
from anisoap_md import ArgumentError, Descriptor, read_frames, write_frames
from testing.helpers import assert_close, random_atoms


@pytest.fixture
def frames():
    found = [random_atoms(k, 5, [7.0, 7.0, 7.0]) for k in range(2)]
    for atoms in found:
        atoms.arrays["torques"] = np.random.default_rng(0).normal(size=(5, 3))
    return found


def test_columns_are_those_of_ovito(tmp_path, frames):
    write_frames(tmp_path / "run.xyz", frames, ovito=True)
    arrays = ase.io.read(tmp_path / "run.xyz", 1).arrays  # ASE takes names as they are
    q = frames[1].arrays["c_q"] / np.linalg.norm(frames[1].arrays["c_q"], axis=1, keepdims=True)
    signs = np.sign(np.sum(arrays["orientation"] * q[:, [1, 2, 3, 0]], axis=1, keepdims=True))
    assert_close(arrays["orientation"], signs * q[:, [1, 2, 3, 0]], 1e-12)
    assert_close(arrays["aspherical_shape"][:, 1], frames[1].arrays["c_diameter[2]"] / 2, 1e-12)
    assert not {"c_q", "c_diameter", "c_diameter1"} & set(arrays)
    assert "c_q" in frames[1].arrays  # the caller's frames stay


def test_read_frames_gives_the_bodies_back(tmp_path, frames):
    write_frames(tmp_path / "run.xyz", frames, ovito=True)
    read = read_frames(tmp_path / "run.xyz")
    descriptor = Descriptor(3, "gto", 4.0, radial_gaussian_width=1.0)
    assert_close(descriptor.power_spectrum(read), descriptor.power_spectrum(frames), 1e-12)
    assert_close(read[0].arrays["torques"], frames[0].arrays["torques"], 1e-12)


def test_traj_has_no_names_of_ovito(tmp_path, frames):
    with pytest.raises(ArgumentError, match="ovito, got True with '.traj'; expected .extxyz or .xyz"):
        write_frames(tmp_path / "run.traj", frames, ovito=True)
    assert not list(tmp_path.iterdir())


def test_frames_without_bodies_are_refused(tmp_path, frames):
    del frames[1].arrays["c_q"]
    with pytest.raises(ArgumentError, match="quaternions"):
        write_frames(tmp_path / "run.xyz", frames, ovito=True)
    assert not list(tmp_path.iterdir())


def test_ovito_itself_finds_the_bodies(tmp_path, frames):
    ovito = pytest.importorskip("ovito.io")
    write_frames(tmp_path / "run.xyz", frames, ovito=True)
    particles = ovito.import_file(str(tmp_path / "run.xyz")).compute(1).particles
    written = ase.io.read(tmp_path / "run.xyz", 1).arrays
    assert_close(np.array(particles["Orientation"]), written["orientation"], 1e-6)  # OVITO's are float32
    assert_close(np.array(particles["Aspherical Shape"]), written["aspherical_shape"], 1e-6)
