# SPDX-License-Identifier: MIT
"""What chemiscope draws, in a headless Chromium: the silhouettes are those of the ellipsoids."""

import json
import shutil
import subprocess
from importlib.util import find_spec
from pathlib import Path

import matplotlib.image
import numpy as np
import pytest
from anisoap_md import Descriptor
from anisoap_md.views.chemiscope import arguments
from testing.helpers import make_atoms, rotations_of

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
pytestmark = pytest.mark.skipif(
    CHROMIUM is None or find_spec("chemiscope") is None, reason="needs Chromium and the extra 'view'"
)
PAGE = """<!doctype html><meta charset="utf-8"><body style="margin: 0">
<div id="structure" style="position: relative; width: 1000px; height: 1000px"></div>
<div id="info" hidden></div><div id="meta" hidden></div>
<script src="{script}"></script><script>
Chemiscope.StructureVisualizer.load({{structure: "structure", info: "info", meta: "meta"}}, {data}, new Chemiscope.Warnings())
</script>"""
COLUMNS, ROWS = 40, 25


def drawn(atoms, folder: Path) -> np.ndarray:
    """Picture [1000, 1000] of the structure, seen along -z: True where something is."""
    import chemiscope

    descriptor = Descriptor(1, "gto", 3.0, radial_gaussian_width=1.0)
    data = chemiscope.create_input(**arguments(atoms, descriptor, 2))
    script = Path(chemiscope.__file__).parent / "sphinx" / "static" / "chemiscope.min.js"
    (folder / "page.html").write_text(PAGE.format(script=script.as_uri(), data=json.dumps(data)))
    options = "--headless --no-sandbox --hide-scrollbars --enable-unsafe-swiftshader --use-angle=swiftshader".split()
    size = ["--window-size=1000,1000", "--virtual-time-budget=3000", f"--screenshot={folder / 'page.png'}"]
    profile = f"--user-data-dir={folder / 'profile'}"
    address = (folder / "page.html").as_uri()
    done = subprocess.run(
        [CHROMIUM, *options, profile, *size, address], capture_output=True, text=True, timeout=300
    )
    assert (folder / "page.png").exists(), done.stderr
    picture = matplotlib.image.imread(folder / "page.png")[..., :3]
    return (picture < 0.97).any(axis=-1)[60:-20, 20:-20]  # without the frame and the buttons


def inside(atoms, points: np.ndarray) -> np.ndarray:
    """Whether points [..., 2] of the plane are in the shadow of an ellipsoid along z: the ellipse of R diag(a^2) R^T."""
    semi_axes = np.stack([atoms.arrays[f"c_diameter[{k}]"] for k in (1, 2, 3)], axis=1) / 2
    turns = rotations_of(atoms.arrays["c_q"]).as_matrix()
    shadows = np.linalg.inv(((turns * semi_axes[:, None] ** 2) @ turns.swapaxes(1, 2))[:, :2, :2])
    found = np.zeros(points.shape[:-1], dtype=bool)
    for centre, shadow in zip(atoms.positions[:, :2], shadows, strict=True):
        r = points - centre
        found |= np.einsum("...i,ij,...j", r, shadow, r) <= 1
    return found


def box(mask: np.ndarray) -> tuple[int, int, int, int]:
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    return rows[0], rows[-1] + 1, columns[0], columns[-1] + 1


def test_a_thousand_ellipsoids_have_their_shapes_and_orientations(tmp_path):
    """Drawn and expected pictures agree once their boxes do; mirrored bodies, or inverse quaternions, would not."""
    rng = np.random.default_rng(0)
    x, y = np.meshgrid(4.0 * np.arange(COLUMNS), 4.0 * np.arange(ROWS))
    n = COLUMNS * ROWS
    positions = np.stack([x.ravel(), y.ravel(), np.zeros(n)], axis=1)
    atoms = make_atoms([6] * n, positions, rng.normal(size=(n, 4)), np.tile([0.8, 1.4, 3.6], (n, 1)))
    mask = drawn(atoms, tmp_path)
    top, bottom, left, right = box(mask)
    found = mask[top:bottom, left:right]

    fine = np.stack(np.meshgrid(np.linspace(-4, 160, 1641), np.linspace(100, -4, 1041)), axis=-1)
    expected = inside_of_neighbours(atoms, fine)
    top, bottom, left, right = box(expected)
    rows = np.linspace(top, bottom - 1, found.shape[0]).round().astype(int)
    columns = np.linspace(left, right - 1, found.shape[1]).round().astype(int)
    assert overlap(found, expected[np.ix_(rows, columns)]) > 0.8
    turned = atoms.copy()
    turned.arrays["c_q"] = atoms.arrays["c_q"] * [1, -1, -1, -1]
    assert overlap(found, inside_of_neighbours(turned, fine)[np.ix_(rows, columns)]) < 0.7


def inside_of_neighbours(atoms, points: np.ndarray) -> np.ndarray:
    """As `inside`, one body at a time in its own window of the picture."""
    found = np.zeros(points.shape[:-1], dtype=bool)
    for k, (x, y, _) in enumerate(atoms.positions):
        columns = np.flatnonzero(np.abs(points[0, :, 0] - x) < 2)
        rows = np.flatnonzero(np.abs(points[:, 0, 1] - y) < 2)
        window = np.ix_(rows, columns)
        found[window] |= inside(atoms[k : k + 1], points[window])
    return found


def overlap(a: np.ndarray, b: np.ndarray) -> float:
    """Intersection over union."""
    return float((a & b).sum() / (a | b).sum())
