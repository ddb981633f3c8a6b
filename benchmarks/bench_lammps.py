# SPDX-License-Identifier: MIT
"""Cost of `compute anisoap` against the library on the same particles, one rank and one thread.

LAMMPS runs a frozen liquid of ellipsoids with and without the compute; the difference is the compute's. The same frame then goes
through anisoap_md.Descriptor, neighbour search included. Rounds alternate; medians are compared.
"""

import argparse
import re
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import anisoap_md
import numpy as np

DECK = """
units lj
atom_style ellipsoid
region box block 0 {length} 0 {length} 0 {length}
create_box 1 box
create_atoms 1 random {n} 4711 NULL
set type 1 mass 1.0
set type 1 shape 1.0 1.0 3.0
set group all quat/random 8723
pair_style zero 3.5
pair_coeff * *
neighbor 0.3 bin
compute q all property/atom quatw quati quatj quatk
compute shape all property/atom shapex shapey shapez
{compute}
thermo 1
run {steps}
write_dump all custom frame.dump id type x y z c_q[*] c_shape[*] modify sort id format float %.17g
"""
COMPUTE = """compute desc all anisoap 3.5 basis gto 1.0 lmax 6
compute sum all reduce sum c_desc[1]
thermo_style custom step c_sum"""


def loop_seconds(folder: Path, n: int, length: float, compute: str, steps: int) -> float:
    """Seconds a step of LAMMPS's main loop."""
    (folder / "in.bench").write_text(DECK.format(n=n, length=length, compute=compute, steps=steps))
    command = [sys.executable, "-m", "anisoap_md", "lmp", "-in", "in.bench", "-log", "none"]
    result = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True)
    return float(re.search(r"Loop time of (\S+)", result.stdout)[1]) / steps


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--particles", type=int, default=8000)
    parser.add_argument("--neighbors", type=float, default=28.0)
    parser.add_argument("--rounds", type=int, default=7)
    arguments = parser.parse_args()
    length = (arguments.particles / (arguments.neighbors / (4 / 3 * np.pi * 3.5**3))) ** (1 / 3)
    descriptor = anisoap_md.Descriptor(6, "gto", 3.5, radial_gaussian_width=1.0, num_threads=1)
    lammps, library = [], []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for _ in range(arguments.rounds):
            plain = loop_seconds(folder, arguments.particles, length, "", 20)
            lammps.append(loop_seconds(folder, arguments.particles, length, COMPUTE, 20) - plain)
            frame = next(iter(anisoap_md.iread(folder / "frame.dump")))
            descriptor.power_spectrum(frame)
            start = time.perf_counter()
            for _ in range(10):
                descriptor.power_spectrum(frame)
            library.append((time.perf_counter() - start) / 10)
    pairs = arguments.particles * (arguments.neighbors + 1)
    ours, theirs = statistics.median(library), statistics.median(lammps)
    print(f"library         {1e9 * ours / pairs:7.1f} ns/pair")
    print(f"compute anisoap {1e9 * theirs / pairs:7.1f} ns/pair, {theirs / ours:.2f} times the library")


if __name__ == "__main__":
    main()
