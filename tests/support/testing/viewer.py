# SPDX-License-Identifier: MIT
"""A thousand ellipsoids as chemiscope draws them in a headless Chromium, beside the map of their descriptors.

    PYTHONPATH=tests/support python -m testing.viewer docs/view.png

makes the picture of the documents. Needs Chromium (Debian: apt-get install chromium) and the extra 'view'.
"""

import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import matplotlib.image
import numpy as np
from anisoap_md import Descriptor
from anisoap_md.views.chemiscope import arguments
from ase import Atoms

from testing.helpers import make_atoms, rotations_of

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
OPTIONS = (
    "--headless --no-sandbox --hide-scrollbars --enable-unsafe-swiftshader --use-angle=swiftshader"
    " --window-size=2000,1000 --virtual-time-budget=5000"
)
SIZE = 1000  # pixels of the structure's half, and of its height
PAGE = """<!doctype html><meta charset="utf-8"><body style="margin: 0; display: flex">
<div id="structure" style="position: relative; width: 1000px; height: 1000px"></div>
<div id="map" style="position: relative; width: 1000px; height: 1000px"></div>
<div id="info" hidden></div><div id="meta" hidden></div>
<script src="{script}"></script><script>
const places = {{structure: "structure", map: "map", info: "info", meta: "meta"}};
Chemiscope.DefaultVisualizer.load(places, {data}, new Chemiscope.Warnings());
</script>"""
SPACING, COLUMNS, N = 4.0, 32, 1000


def plane() -> Atoms:
    """1,000 bodies of one shape and random orientations on a square lattice in the plane z = 0."""
    k = np.arange(N)
    places = SPACING * np.stack([k % COLUMNS, k // COLUMNS, np.zeros(N)], axis=1)
    turns = np.random.default_rng(0).normal(size=(N, 4))
    return make_atoms([6] * N, places, turns, np.tile([1.0, 2.0, 3.9], (N, 1)))


def draw(atoms: Atoms, picture: Path) -> None:
    """Writes the picture [1000, 2000] of the page; the structure, on its left, is seen along -z."""
    import chemiscope

    assert CHROMIUM is not None
    descriptor = Descriptor(4, "gto", 6.0, radial_gaussian_width=2.0)
    data = chemiscope.create_input(**arguments(atoms, descriptor, 3))
    script = Path(chemiscope.__file__).parent / "sphinx" / "static" / "chemiscope.min.js"
    with tempfile.TemporaryDirectory() as folder:
        page = Path(folder) / "page.html"
        page.write_text(PAGE.format(script=script.as_uri(), data=json.dumps(data)))
        words = [*OPTIONS.split(), f"--user-data-dir={folder}/profile", f"--screenshot={picture}"]
        done = subprocess.run([CHROMIUM, *words, page.as_uri()], capture_output=True, text=True, timeout=300)
    assert picture.exists(), done.stderr


def drawn(picture: Path) -> np.ndarray:
    """True where a picture has something of the structure, without its frame and buttons, cut to the box of that."""
    pixels = matplotlib.image.imread(picture)[:SIZE, :SIZE, :3]
    return cut((pixels < 0.97).any(axis=-1)[60:-20, 20:-20])


def expected(atoms: Atoms) -> np.ndarray:
    """The same by the formula: ten points a length, cut to the box."""
    high = atoms.positions[:, :2].max(axis=0) + SPACING
    x, y = (np.arange(-SPACING, end, 0.1) for end in high)
    points = np.stack(np.meshgrid(x, y[::-1]), axis=-1)
    found = np.zeros(points.shape[:-1], dtype=bool)
    for k, centre in enumerate(atoms.positions):
        rows = np.flatnonzero(np.abs(points[:, 0, 1] - centre[1]) < SPACING / 2)
        columns = np.flatnonzero(np.abs(points[0, :, 0] - centre[0]) < SPACING / 2)
        window = np.ix_(rows, columns)
        found[window] |= _inside(atoms[k : k + 1], points[window])
    return cut(found)


def _inside(body: Atoms, points: np.ndarray) -> np.ndarray:
    """Whether points [..., 2] are in the shadow of an ellipsoid along z: the ellipse of R diag(a^2) R^T."""
    semi_axes = np.array([body.arrays[f"c_diameter[{k}]"][0] for k in (1, 2, 3)]) / 2
    turn = rotations_of(body.arrays["c_q"][0]).as_matrix()
    shadow = np.linalg.inv(((turn * semi_axes**2) @ turn.T)[:2, :2])
    r = points - body.positions[0, :2]
    return np.einsum("...i,ij,...j", r, shadow, r) <= 1


def cut(mask: np.ndarray) -> np.ndarray:
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    return mask[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]


def overlap(a: np.ndarray, b: np.ndarray) -> float:
    """Intersection over union of two masks, the second stretched to the size of the first."""
    rows, columns = (
        np.linspace(0, there - 1, here).round().astype(int)
        for here, there in zip(a.shape, b.shape, strict=True)
    )
    b = b[np.ix_(rows, columns)]
    return float((a & b).sum() / (a | b).sum())


if __name__ == "__main__":
    draw(plane(), Path(sys.argv[1]).resolve())
