# SPDX-License-Identifier: MIT
"""GSD files of HOOMD, as the package gsd writes them."""

import sys

import numpy as np
import pytest
from anisoap_md import Descriptor, cli, iread, read_frames
from anisoap_md.common.packages import PackageMissing
from testing.helpers import assert_close, make_atoms

SHAPES = [{"type": "Ellipsoid", "a": 0.5, "b": 0.75, "c": 1.5}, {"type": "Sphere", "diameter": 1.25}]
SIZES = np.array([[1.0, 1.5, 3.0], [1.25] * 3])
BOX = [5.0, 4.0, 6.0, 0.3, -0.2, 0.1]  # lengths, tilt factors
KINDS = [0, 1, 0, 0, 1, 0]


def frame(seed: int = 0, **others):
    """Positions around the origin, as HOOMD has them."""
    hoomd = pytest.importorskip("gsd.hoomd", reason="the extra 'gsd' is not installed")
    rng = np.random.default_rng(seed)
    out = hoomd.Frame()
    out.configuration.box, out.configuration.step = BOX, 100 * seed
    particles = {
        "N": len(KINDS),
        "types": ["C", "O"],
        "typeid": KINDS,
        "position": rng.uniform(-2, 2, (len(KINDS), 3)),
        "orientation": rng.normal(size=(len(KINDS), 4)),
        "type_shapes": SHAPES,
        "mass": rng.uniform(1, 2, len(KINDS)),
        **others,
    }
    for name, value in particles.items():
        setattr(out.particles, name, value)
    return out


def write(path, *frames):
    import gsd.hoomd

    with gsd.hoomd.open(str(path), "w") as file:
        file.extend(frames)
    return path


def test_frames_are_read(tmp_path):
    given = [frame(k) for k in range(3)]
    found = read_frames(write(tmp_path / "x.gsd", *given))
    assert [a.info["timestep"] for a in found] == [0, 100, 200]
    for atoms, one in zip(found, given, strict=True):
        assert atoms.get_chemical_symbols() == ["CO"[k] for k in KINDS] and atoms.pbc.all()
        assert_close(atoms.positions, one.particles.position, 1e-7)
        assert_close(atoms.arrays["c_q"], one.particles.orientation, 1e-7)
        assert_close(atoms.arrays["c_diameter"], SIZES[KINDS], 1e-15)
        assert_close(atoms.get_masses(), one.particles.mass, 1e-7)
        assert_close(atoms.cell.array, [[5, 0, 0], [1.2, 4, 0], [-1.2, 0.6, 6]], 1e-7)
        assert_close(atoms.get_celldisp().ravel(), [-2.5, -2.3, -3], 1e-7)
    (last,) = iread(tmp_path / "x.gsd", "-1", keep=["O"])
    assert len(last) == 2 and last.info["timestep"] == 200


def test_descriptors_are_those_of_the_same_particles(tmp_path):
    given = frame(1)
    found = read_frames(write(tmp_path / "x.gsd", given))
    same = make_atoms(
        [(6, 8)[k] for k in KINDS], given.particles.position, given.particles.orientation, SIZES[KINDS],
        [[5, 0, 0], [1.2, 4, 0], [-1.2, 0.6, 6]], True,
    )  # fmt: skip
    descriptor = Descriptor(3, "gto", 3.5, radial_gaussian_width=1.1, species=["C", "O"])
    assert_close(descriptor.power_spectrum(found), descriptor.power_spectrum(same), 1e-6)
    options = "--max-angular 3 --cutoff-radius 3.5 --radial-gaussian-width 1.1 --species C O --quiet"
    words = ["describe", str(tmp_path / "x.gsd"), "-o", str(tmp_path / "f.npz"), *options.split()]
    assert cli.main(words) == 0
    assert_close(np.load(tmp_path / "f.npz")["features"], descriptor.power_spectrum(found), 1e-12)


def test_two_dimensions_and_names_of_types(tmp_path):
    flat = frame(types=["A", "mesogen"])
    flat.particles.position[:, 2] = 0
    flat.configuration.box, flat.configuration.dimensions = [5, 4, 0, 0.3, 0, 0], 2
    path = write(tmp_path / "x.gsd", flat)
    with pytest.raises(ValueError, match="species, got 'A'; expected chemical symbols.*type_names"):
        read_frames(path)
    (atoms,) = read_frames(path, type_names={"A": "C", "mesogen": 8})
    assert atoms.pbc.tolist() == [True, True, False] and set(atoms.symbols) == {"C", "O"}


def test_shapes_that_are_none(tmp_path):
    (atoms,) = read_frames(write(tmp_path / "none.gsd", frame(type_shapes=[{}, {}])))
    assert "c_diameter" not in atoms.arrays
    (atoms,) = read_frames(write(tmp_path / "one.gsd", frame(type_shapes=[SHAPES[0], {}])))
    assert not atoms.arrays["c_diameter"][1].any()  # which descriptors refuse
    with pytest.raises(ValueError, match="diameter"):
        Descriptor(2, "gto", 3.0, radial_gaussian_width=1.0).power_spectrum(atoms)
    for shape in ({"type": "ConvexPolyhedron", "vertices": []}, {"type": "Ellipsoid", "a": 1}):
        path = write(tmp_path / "x.gsd", frame(type_shapes=[shape, SHAPES[1]]))
        with pytest.raises(
            ValueError, match="frame 0 of '.*': shape of type 'C', got .*; expected type_shapes of"
        ):
            read_frames(path)


def test_damaged_files_are_told(tmp_path):
    path = write(tmp_path / "x.gsd", frame())
    path.write_bytes(path.read_bytes()[:100])
    with pytest.raises(ValueError, match="file '.*x.gsd', got .*; expected a whole GSD file of HOOMD"):
        read_frames(path)
    path.write_text("text")
    with pytest.raises(ValueError, match="file '.*x.gsd', got RuntimeError.*; expected a whole GSD file"):
        read_frames(path, format="gsd")


def test_the_package_is_asked_for(tmp_path, monkeypatch):
    path = write(tmp_path / "x.gsd", frame())
    for name in [n for n in sys.modules if n.partition(".")[0] == "gsd"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setattr("anisoap_md.common.packages.find_spec", lambda name: None)
    with pytest.raises(PackageMissing, match=r"no package 'gsd'; expected 'pip install anisoap-md\[gsd\]'"):
        read_frames(path)
