# SPDX-License-Identifier: MIT
"""What chemiscope draws, in a headless Chromium: the silhouettes are those of the ellipsoids, and those of docs/view.png.

A browser is no package of pip: without one these tests are skipped, also where ANISOAP_REQUIRE_ALL is set. Continuous integration
installs it.
"""

from importlib.util import find_spec

import pytest
from testing import viewer
from testing.helpers import ROOT, skip


@pytest.fixture(scope="module")
def mask(tmp_path_factory):
    if viewer.CHROMIUM is None:
        pytest.skip("no Chromium (Debian: apt-get install chromium): the viewer's page was not drawn")
    if find_spec("chemiscope") is None:
        skip("the extra 'view' is not installed")
    picture = tmp_path_factory.mktemp("viewer") / "page.png"
    viewer.draw(viewer.plane(), picture)
    return viewer.drawn(picture)


def test_a_thousand_ellipsoids_have_their_shapes_and_orientations(mask):
    """Mirrored bodies, or inverse quaternions, would not."""
    atoms = viewer.plane()
    assert viewer.overlap(mask, viewer.expected(atoms)) > 0.75
    turned = atoms.copy()
    turned.arrays["c_q"] = atoms.arrays["c_q"] * [1, -1, -1, -1]
    assert viewer.overlap(mask, viewer.expected(turned)) < 0.6


def test_the_picture_of_the_documents_is_what_is_drawn(mask):
    """By structure: antialiasing and the map beside it may differ."""
    assert viewer.overlap(mask, viewer.drawn(ROOT / "docs" / "view.png")) > 0.9


def test_the_picture_of_the_documents_shows_the_ellipsoids():
    """Without a browser."""
    assert viewer.overlap(viewer.drawn(ROOT / "docs" / "view.png"), viewer.expected(viewer.plane())) > 0.75
