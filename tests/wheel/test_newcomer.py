# SPDX-License-Identifier: MIT
"""The path of a newcomer from an empty HOME, with the wheel of ANISOAP_DIST in place of a build; `make newcomer` builds."""

import pytest
from testing import newcomer


def test_from_nothing_to_a_potential(tmp_path):
    """The commands of the README, as printed."""
    taken = newcomer.path(tmp_path, str(newcomer.built("anisoap_md-*.whl")))
    first = ["first descriptor", "first LAMMPS run", "first potential"]
    assert list(taken) == ["clone", "environment", "install", *first]


def test_a_failing_step_is_named(tmp_path, monkeypatch):
    monkeypatch.setattr(newcomer, "steps", lambda wheel: {"first": ("", "true"), "second": ("", "false")})
    with pytest.raises(RuntimeError, match="second"):
        newcomer.path(tmp_path)
