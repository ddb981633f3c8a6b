# SPDX-License-Identifier: MIT
"""Time of anisoap_md.Descriptor a pair, neighbour search and reading of ase.Atoms included.

Pairs are counted by ASE, self pairs included, and compared with the 111 us a pair of the reference implementation.
"""

import argparse
import statistics
import time

import anisoap_md
import numpy as np
from ase.io import read
from ase.neighborlist import neighbor_list
from crystals import benzene_crystals

REFERENCE = 111e-6  # s a pair, reference implementation at l_max 6 on one core


def count_pairs(frames, cutoff):
    return sum(len(neighbor_list("i", atoms, cutoff)) + len(atoms) for atoms in frames)


def median_time(call, repeats):
    call()
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        call()
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def measure(name, frames, species, threads, repeats=200):
    descriptor = anisoap_md.Descriptor(
        6, "gto", 7.0, radial_gaussian_width=1.5, species=species, num_threads=threads
    )
    pairs = count_pairs(frames, 7.0)
    seconds = median_time(lambda: descriptor.power_spectrum(frames), repeats)
    print(
        f"{name:28s} {len(frames):4d} frames {pairs / len(frames):9.1f} pairs/frame {threads} thread(s) "
        f"{1e6 * seconds / len(frames):9.2f} us/frame {1e9 * seconds / pairs:7.1f} ns/pair {REFERENCE * pairs / seconds:7.0f} x"
    )


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "--ellipsoids", help="extended XYZ of coarse-grained benzene crystals with an array c_q"
    )
    arguments = parser.parse_args()
    crystals = benzene_crystals(50)
    for threads in (1, 2):
        measure("benzene, all atoms", crystals, ["H", "C"], threads)
    large = [atoms.repeat((6, 6, 6)) for atoms in crystals[:2]]
    for threads in (1, 2):
        measure("benzene, 5,184 atoms", large, ["H", "C"], threads, repeats=5)
    if arguments.ellipsoids:
        frames = read(arguments.ellipsoids, ":50")
        for atoms in frames:
            for k, d in enumerate((4.0, 4.0, 0.5)):
                atoms.set_array(f"c_diameter[{k + 1}]", np.full(len(atoms), d))
        measure("benzene, coarse-grained", frames, sorted(set(frames[0].numbers.tolist())), 1, repeats=2000)


if __name__ == "__main__":
    main()
