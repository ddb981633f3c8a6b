# SPDX-License-Identifier: MIT
"""The reference implementation, where it is installed; otherwise a published time, named as such."""

from collections.abc import Sequence
from importlib.util import find_spec
from typing import Any

from ase import Atoms

from ...backends import Options, Prepared

QUOTED_NS_A_PAIR = 111_000.0
QUOTED_SOURCE = (
    "quoted from docs/bench.md, not measured: AniSOAP 6b28869 of github.com/cersonsky-lab/AniSOAP, one core"
)
_QUOTED_HYPERS = {
    "max_angular": 6,
    "radial_basis_name": "gto",
    "cutoff_radius": 7.0,
    "radial_gaussian_width": 1.5,
}


class Reference:
    """The package ``anisoap``."""

    name = "reference"

    def available(self) -> str | None:
        """None, or that it is not installed."""
        if find_spec("anisoap") is None:
            return "no package 'anisoap' (github.com/cersonsky-lab/AniSOAP)"
        return None

    def quoted(self, options: Options) -> dict[str, Any] | None:
        """The time that is known at these settings, and where from."""
        if options.hypers() != _QUOTED_HYPERS or options.threads not in (None, 1):
            return None
        return {"ns_a_pair": QUOTED_NS_A_PAIR, "source": QUOTED_SOURCE}

    def prepare(self, frames: Sequence[Atoms], options: Options) -> Prepared:
        raise NotImplementedError


BACKEND = Reference()
