# SPDX-License-Identifier: MIT
"""Particle-steps per second of `pair_style anisoap` and `pair_style snap`: same LAMMPS, same number of neighbours.

Both run a frozen random liquid, with forces, torques (anisoap) and the virial in every step. Rounds alternate; medians are
compared. snap: twojmax 6, linear. anisoap: l_max 6, linear, cosine taper.
"""

import argparse
import re
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
from anisoap_md import _core

CUTOFF = 4.0
DECK = """
units metal
atom_style ellipsoid
region box block 0 {length} 0 {length} 0 {length}
create_box 1 box
create_atoms 1 random {n} 4711 NULL
set type 1 mass 1.0
set type 1 shape 1.0 1.0 3.0
set group all quat/random 8723
{pair}
comm_modify cutoff {reach}
neighbor 0.3 bin
thermo 1
thermo_modify lost ignore
run {steps}
"""
SNAP_PARAMETERS = f"rcutfac {CUTOFF / 2}\ntwojmax 6\nrfac0 0.99363\nrmin0 0\nbzeroflag 0\nquadraticflag 0\n"


def write_inputs(folder: Path) -> None:
    numbers = np.random.default_rng(1).normal(scale=1e-3, size=31)
    (folder / "snap.coeff").write_text("1 31\nX 1.0 1.0\n" + "\n".join(f"{v:.6g}" for v in numbers) + "\n")
    (folder / "snap.param").write_text(SNAP_PARAMETERS)
    model = _core.Model()
    model.hypers = _core.Hypers(
        max_angular=6,
        radial_basis_name="gto",
        cutoff_radius=CUTOFF,
        radial_gaussian_width=1.2,
        species=["X"],
        cutoff_function="cosine",
        cutoff_width=1.0,
    )
    local = _core.LocalEnergy()
    local.kind = "linear"
    n = model.n_features
    local.shift, local.scale = np.zeros(n), np.ones(n)
    local.weights = np.random.default_rng(2).normal(scale=1e-3, size=n)
    model.local = [local]
    (folder / "model.json").write_text(model.to_json())


PAIRS = {
    "snap": "pair_style snap\npair_coeff * * snap.coeff snap.param X",
    "anisoap": "pair_style anisoap\npair_coeff * * model.json X",
}


def particle_steps(folder: Path, pair: str, n: int, length: float, ranks: int) -> float:
    """Particle-steps a second of LAMMPS's main loop."""
    steps = {"snap": 5, "anisoap": 30}[pair]
    deck = DECK.format(n=n, length=length, pair=PAIRS[pair], reach=CUTOFF + 0.5, steps=steps)
    (folder / "in.bench").write_text(deck)
    command = [sys.executable, "-m", "anisoap_md", "lmp", "-in", "in.bench", "-log", "none"]
    if ranks > 1:
        command = [str(Path(sys.executable).with_name("mpiexec")), "-n", str(ranks), *command]
    result = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    if result.returncode != 0:
        raise SystemExit(result.stdout[-2000:] + result.stderr[-2000:])
    return n * steps / float(re.search(r"Loop time of (\S+)", result.stdout)[1])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--particles", type=int, default=8000)
    parser.add_argument("--neighbors", type=float, default=28.0)
    parser.add_argument("--rounds", type=int, default=5)
    arguments = parser.parse_args()
    length = (arguments.particles / (arguments.neighbors / (4 / 3 * np.pi * CUTOFF**3))) ** (1 / 3)
    rates: dict[tuple[str, int], list[float]] = {("snap", 1): [], ("anisoap", 1): [], ("anisoap", 2): []}
    with tempfile.TemporaryDirectory() as name:
        write_inputs(Path(name))
        for _ in range(arguments.rounds):
            for (pair, ranks), values in rates.items():
                values.append(particle_steps(Path(name), pair, arguments.particles, length, ranks))
    median = {key: statistics.median(values) for key, values in rates.items()}
    for (pair, ranks), value in median.items():
        ns = 1e9 / value / (arguments.neighbors + 1)
        print(f"{pair:8s} {ranks} rank(s) {value:12,.0f} particle-steps/s {ns:8.1f} ns/pair")
    print(f"anisoap / snap: {median['anisoap', 1] / median['snap', 1]:.1f}")
    print(f"two ranks / one: {median['anisoap', 2] / median['anisoap', 1]:.2f}")


if __name__ == "__main__":
    main()
