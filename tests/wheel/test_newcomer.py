# SPDX-License-Identifier: MIT
"""The path of a newcomer from an empty HOME, with the wheel of ANISOAP_DIST in place of a build; `make newcomer` builds."""

import pytest
from testing import newcomer


def test_from_nothing_to_a_potential(tmp_path):
    """The commands of docs/guide/installation.md, README.md and the tutorial of the compute, as printed."""
    taken = newcomer.path(tmp_path, str(newcomer.built("anisoap_md-*.whl")))
    assert list(taken) == ["clone", "install", "first descriptor", "first LAMMPS run", "first potential"]
    assert sum(taken.values()) < 300, taken


def test_a_failing_step_is_named(tmp_path, monkeypatch):
    monkeypatch.setattr(newcomer, "steps", lambda wheel: {"first": ("", "true"), "second": ("", "false")})
    with pytest.raises(RuntimeError, match="second"):
        newcomer.path(tmp_path)
