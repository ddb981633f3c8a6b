# SPDX-License-Identifier: MIT
"""Pair styles of LAMMPS itself, as context: other potentials of the same neighbours, so that no number can be compared."""

import subprocess
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from ase import Atoms

from ....backends import Options, Prepared
from ....common.packages import why_missing
from ....frames.species import to_symbols
from .process import ENERGIES, PLAIN, Style, prepared

_SEED = 1  # of the weights of snap
_SNAP = "pair_style snap\npair_coeff * * snap.coeff snap.param {species}\n" + ENERGIES
_GAY_BERNE = (
    "pair_style gayberne 1.0 2.0 1.0 {cutoff}\npair_coeff * * 1.0 1.0 1.0 1.0 0.2 1.0 1.0 0.2\n" + ENERGIES
)


class PairStyle:
    """A pair style with energies, forces and the virial in every step."""

    is_anisoap = False

    def __init__(self, name: str, package: str, style: Callable[[Options], Style]) -> None:
        self.name = name
        self._package = package
        self._style = style

    def available(self) -> str | None:
        """None, or that there is no LAMMPS, or one without the style."""
        reason = why_missing("lammps", "", f"the backend {self.name}")
        if reason is not None:
            return reason
        told = subprocess.run([*PLAIN, "-h"], capture_output=True, text=True).stdout
        return None if self.name in told.split() else f"this LAMMPS has no package {self._package}"

    def facts(self) -> dict[str, Any]:
        """What it is, for the result."""
        return {"source": f"pair style {self.name} of LAMMPS: another potential, not checked"}

    def prepare(self, frames: Sequence[Atoms], options: Options) -> Prepared:
        """Writes what LAMMPS reads."""
        return prepared(frames, options, self._style(options))


def _snap(options: Options) -> Style:
    """Linear, twojmax the even number that is no less than l_max; each element has the whole cutoff."""
    half = (options.l_max + 1) // 2 + 1
    n = half * (half + 1) * (2 * half + 1) // 6
    weights = np.random.default_rng(_SEED).normal(scale=1e-3, size=n + 1)
    symbols = to_symbols(options.numbers)
    elements = "".join(f"{symbol} 0.5 1.0\n" + "".join(f"{w:.6g}\n" for w in weights) for symbol in symbols)
    parameters = f"rcutfac {options.cutoff}\ntwojmax {2 * half - 2}\nrfac0 0.99363\nrmin0 0\nbzeroflag 0\n"
    return Style(_SNAP, 5, {"snap.coeff": f"{len(symbols)} {n + 1}\n{elements}", "snap.param": parameters})


SNAP = PairStyle("snap", "ML-SNAP", _snap)
GAY_BERNE = PairStyle("gayberne", "ASPHERE", lambda _: Style(_GAY_BERNE, 100, {}))
