# SPDX-License-Identifier: MIT
"""Fixtures of frames that lie in box.data of the test's folder."""

import pytest

from testing.lmp import frames


@pytest.fixture(params=[False, True], ids=["orthogonal", "triclinic"])
def box(request, tmp_path):
    frame = frames.random_frame(5, tilt=request.param)
    frames.write_data(tmp_path / "box.data", frame)
    return frame


@pytest.fixture
def tilted_box(tmp_path):
    frame = frames.random_frame(5, tilt=True)
    frames.write_data(tmp_path / "box.data", frame)
    return frame


@pytest.fixture
def small_box(tmp_path):
    frame = frames.random_frame(5, n_side=3)
    frames.write_data(tmp_path / "box.data", frame)
    return frame
