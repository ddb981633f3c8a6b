# SPDX-License-Identifier: MIT
"""Times of anisoap_md on a device against one core of the processor, in one run: frames from arrays and from ase.Atoms, rows that
stay on the device or come to the host, predictions, derivatives, fits, and from which size on the device is faster.

    python benchmarks/gpu/bench_frames.py [--device cuda] [--model model.json] [--parts training ...] > frames.csv
"""

import argparse
import time
from collections.abc import Callable

import numpy as np
from anisoap_md import Descriptor, FrameArrays, Model, _core, fit
from anisoap_md.bench.systems import benzene_crystals
from ase import Atoms
from ase.data import atomic_numbers

HYPERS = {
    "max_angular": 6,
    "radial_basis_name": "gto",
    "radial_gaussian_width": 1.5,
    "cutoff_function": "cosine",
    "cutoff_width": 1.0,
}
PARTS = ("rows", "crossing", "derivatives", "training")
DENSITY = 0.1  # particles a volume; 28 neighbours lie within the cutoff
CUTOFF = (28 / DENSITY / (4 / 3 * np.pi)) ** (1 / 3)


def liquid(n_frames: int, n: int, seed: int = 0) -> list[Atoms]:
    """Frames of a perturbed lattice in a cubic box, as dense as DENSITY."""
    rng = np.random.default_rng(seed)
    length = (n / DENSITY) ** (1 / 3)
    side = int(np.ceil(n ** (1 / 3)))
    grid = np.stack(np.meshgrid(*[np.arange(side)] * 3, indexing="ij"), axis=-1).reshape(-1, 3)
    frames = []
    for _ in range(n_frames):
        places = (rng.permutation(grid)[:n] + rng.uniform(-0.25, 0.25, (n, 3))) * (length / side)
        atoms = Atoms(f"C{n}", positions=places, cell=[length] * 3, pbc=True)
        atoms.arrays["c_q"] = rng.normal(size=(n, 4))
        atoms.arrays["shape"] = rng.uniform(0.8, 2.0, (n, 3))
        frames.append(atoms)
    return frames


def seconds(run: Callable[[], object], repeats: int = 7) -> float:
    """Median."""
    run()
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        run()
        times.append(time.perf_counter() - start)
    return float(np.median(times))


def line(case: str, what: str, n: int, of_core: float, of_device: float) -> None:
    ratio = of_core / of_device
    print(f"{case},{what},{n},{of_core * 1e3:.4g},{of_device * 1e3:.4g},{ratio:.3g}", flush=True)


def descriptors(case: str, frames: list[Atoms], device: str, **hypers: object) -> None:
    one, other = (Descriptor(**HYPERS | hypers, num_threads=1, device=name) for name in ("cpu", device))
    n = sum(map(len, frames))
    arrays = FrameArrays.from_atoms(frames)
    expected = one.power_spectrum(arrays)
    error = np.abs(other.power_spectrum(arrays) - expected).max() / np.abs(expected).max()
    print(f"# {case}: largest difference {error:.2g} of the largest entry", flush=True)
    repeats = 3 if n > 100000 else 7
    of_arrays = seconds(lambda: one.power_spectrum(arrays), repeats)
    of_atoms = seconds(lambda: one.power_spectrum(frames), repeats)
    resident = arrays.to_device()
    runs = {
        "arrays of the device, rows left there": lambda: other.power_spectrum(resident, on_device=True),
        "arrays of the host, rows left there": lambda: other.power_spectrum(arrays, on_device=True),
        "arrays of the host, rows to the host": lambda: other.power_spectrum(arrays),
    }
    for what, run in runs.items():
        line(case, what, n, of_arrays, seconds(run))
    what = "ase.Atoms, rows to the host"
    line(case, what, n, of_atoms, seconds(lambda: other.power_spectrum(frames)))
    of_core = seconds(lambda: one.power_spectrum(frames, symmetric=True), repeats)
    line(
        case, "symmetric, " + what, n, of_core, seconds(lambda: other.power_spectrum(frames, symmetric=True))
    )


def rows(n_frames: int, device: str) -> None:
    case = f"{n_frames} frames of 500, 28 neighbours"
    descriptors(case, liquid(n_frames, 500), device, cutoff_radius=CUTOFF)
    case, crystals = "2500 benzene crystals of 24 atoms", benzene_crystals(2500)
    descriptors(case, crystals, device, cutoff_radius=4.0, species=["H", "C"])


def predictions(case: str, frames: list[Atoms], device: str, path: str) -> None:
    one, other = (Model.load(path, num_threads=1, device=name) for name in ("cpu", device))
    for atoms in frames:
        atoms.numbers[:] = atomic_numbers[one.species[0]]
    arrays = FrameArrays.from_atoms(frames)
    found, expected = other.predict(arrays), one.predict(arrays)
    error = np.abs(found.forces - expected.forces).max() / np.abs(expected.forces).max()
    print(f"# {case}: largest difference of forces {error:.2g} of the largest", flush=True)
    of_core = seconds(lambda: one.predict(arrays), 3)
    of_device = seconds(lambda: other.predict(arrays))
    what = "energies, forces, torques, virial; arrays of the host"
    line(case, what, arrays.n_particles, of_core, of_device)


def crossing(device: str) -> None:
    """Single frames of growing size, against all cores."""
    one, other = (Descriptor(**HYPERS, cutoff_radius=CUTOFF, device=name) for name in ("cpu", device))
    for n in (20, 60, 200, 600, 2000, 6000, 20000):
        frames = liquid(1, n)
        of_cores = seconds(lambda f=frames: one.power_spectrum(f), 15)
        of_device = seconds(lambda f=frames: other.power_spectrum(f), 15)
        line("one frame against all cores", "ase.Atoms, rows to the host", n, of_cores, of_device)


def derivatives(device: str) -> None:
    """Single frames of growing size, against all cores."""
    one, other = (Descriptor(**HYPERS, cutoff_radius=CUTOFF, device=name) for name in ("cpu", device))
    for n in (4, 20, 60, 120, 200, 400, 600):
        atoms = liquid(1, n)[0]
        runs = {
            "jacobian": lambda d, a=atoms: d.jacobian(a, symmetric=True),
            "jacobian_by_centre": lambda d, a=atoms: list(d.jacobian_by_centre(a, symmetric=True)),
        }
        for what, run in runs.items():
            of_cores = seconds(lambda r=run: r(one), 3)
            line("one frame against all cores", what, n, of_cores, seconds(lambda r=run: r(other), 3))


def training(device: str) -> None:
    """Fits to energies, forces and torques of random labels, against all cores; the system is solved by the processor."""
    descriptor = Descriptor(**HYPERS, cutoff_radius=CUTOFF)
    rng = np.random.default_rng(1)
    for n_frames, n in ((20, 20), (50, 20), (40, 50), (100, 50), (20, 500), (100, 500)):
        frames = liquid(n_frames, n)
        for atoms in frames:
            atoms.info["energy"] = rng.normal()
            atoms.arrays["forces"], atoms.arrays["torques"] = rng.normal(size=(2, n, 3))
        for kind in ("linear", "kernel"):
            of_cores, of_device = (
                seconds(
                    lambda f=frames, k=kind, d=name: fit(f, descriptor, k, ridge=1e-6, test=0, device=d), 1
                )
                for name in ("cpu", device)
            )
            line("fit against all cores", f"{kind}, {n_frames} frames", n_frames * n, of_cores, of_device)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--device", default="cuda")
    parser.add_argument("--model", help="JSON file of a model of one species")
    parser.add_argument("--frames", type=int, default=1000)
    parser.add_argument("--parts", nargs="+", choices=PARTS, default=PARTS)
    args = parser.parse_args()
    Descriptor(**HYPERS, cutoff_radius=CUTOFF, device=args.device)  # starts it
    print(
        f"# {_core.devices()[0]['model']}, {_core.device_support()}, one core: {_core.instruction_sets()[0]}"
    )
    print("case,what,particles,one core ms,device ms,ratio")
    if "rows" in args.parts:
        rows(args.frames, args.device)
    if "crossing" in args.parts:
        crossing(args.device)
    if "derivatives" in args.parts:
        derivatives(args.device)
    if "training" in args.parts:
        training(args.device)
    if args.model:
        predictions(f"{args.frames} frames of 500", liquid(args.frames, 500), args.device, args.model)


if __name__ == "__main__":
    main()
