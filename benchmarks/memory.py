# SPDX-License-Identifier: MIT
"""Largest memory of a descriptor of many particles: 1,000,000 particles with 100 neighbours, l_max 6, output included."""

import argparse
import resource
import time

import anisoap_md
import numpy as np
from ase import Atoms


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--particles", type=int, default=1_000_000)
    parser.add_argument("--neighbors", type=float, default=100.0)
    arguments = parser.parse_args()
    n, cutoff = arguments.particles, 5.0
    length = (n / (arguments.neighbors / (4 / 3 * np.pi * cutoff**3))) ** (1 / 3)
    rng = np.random.default_rng(0)
    atoms = Atoms(numbers=np.full(n, 6), positions=rng.random((n, 3)) * length, cell=[length] * 3, pbc=True)
    atoms.set_array("c_q", rng.normal(size=(n, 4)))
    atoms.set_array("shape", np.full((n, 3), (1.0, 1.0, 3.0)))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    start = time.perf_counter()
    rows = anisoap_md.Descriptor(6, "gto", cutoff, radial_gaussian_width=1.5, species=["C"]).power_spectrum(
        atoms
    )
    seconds = time.perf_counter() - start
    after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    pairs = n * (arguments.neighbors + 1)
    print(f"{n:,} particles, {pairs:.2e} pairs: {seconds:.1f} s, {1e9 * seconds / pairs:.1f} ns/pair")
    print(
        f"output {rows.nbytes / 2**30:.2f} GiB, largest memory {after:.2f} GiB, {before:.2f} GiB of it before the call"
    )


if __name__ == "__main__":
    main()
