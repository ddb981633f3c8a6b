# SPDX-License-Identifier: MIT
"""Optional packages."""

from importlib.util import find_spec


def require_matplotlib() -> None:
    """RuntimeError without matplotlib."""
    if find_spec("matplotlib") is None:
        raise RuntimeError(
            "anisoap: report, got no package 'matplotlib'; expected 'pip install anisoap-md[train]'"
        )
