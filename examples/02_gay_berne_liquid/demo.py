# SPDX-License-Identifier: MIT
"""A Gay-Berne liquid becomes nematic in LAMMPS; compute anisoap and Python describe the same particles.

Runs in.liquid on some ranks, describes the dumped frames again in Python, prints the largest difference and draws what the
descriptors see.
"""

import argparse
import math
import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

import anisoap_md
import numpy as np
from tqdm import tqdm

HERE = Path(__file__).parent
MELTING_STEPS = 4000  # of in.liquid, before the compression
BOUND = 1e-10  # of the largest descriptor entry


def run_lammps(folder: Path, ranks: int, steps: int, density: float) -> None:
    """Runs in.liquid in `folder`, with a bar that follows the steps of its thermodynamic output."""
    tool = [sys.executable, "-m", "anisoap_md", "lmp"]
    launcher = shutil.which("mpiexec", path=f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
    command = [launcher, "-n", str(ranks), *tool] if ranks > 1 and launcher else tool
    command += ["-in", str(HERE / "in.liquid"), "-var", "steps", str(steps), "-var", "density", str(density)]
    command += ["-log", "none"]
    process = subprocess.Popen(
        command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    lines = []
    with tqdm(total=MELTING_STEPS + 2 * steps, unit="step", desc=f"LAMMPS, {max(ranks, 1)} ranks") as bar:
        for line in process.stdout:
            lines.append(line)
            if found := re.match(r"\s+(\d+)(\s+[-+.\deE]+){4,}\s*$", line):
                bar.update(int(found[1]) - bar.n)
    (folder / "log.lammps").write_text("".join(lines))
    if process.wait() != 0:
        raise SystemExit(f"LAMMPS stopped (see {folder / 'log.lammps'}):\n{''.join(lines[-5:])}")


def long_axes(atoms) -> np.ndarray:
    """[n, 3] third body axis of each particle in the space frame."""
    w, x, y, z = atoms.arrays["c_q"].T
    return np.stack([2 * (x * z + w * y), 2 * (y * z - w * x), 1 - 2 * (x * x + y * y)], axis=1)


def nematic_order(axes: np.ndarray) -> float:
    """Largest eigenvalue of the mean of (3 u u^T - 1) / 2."""
    return float(np.linalg.eigvalsh(1.5 * axes.T @ axes / len(axes) - 0.5 * np.eye(3))[-1])


def local_order(atoms, cutoff: float) -> np.ndarray:
    """[n] mean of P2(u_i . u_j) over the neighbours of each particle."""
    from ase.neighborlist import neighbor_list

    i, j = neighbor_list("ij", atoms, cutoff)
    axes = long_axes(atoms)
    p2 = 1.5 * np.einsum("ka,ka->k", axes[i], axes[j]) ** 2 - 0.5
    count = np.bincount(i, minlength=len(atoms))
    return np.bincount(i, weights=p2, minlength=len(atoms)) / np.maximum(count, 1)


def compare(frames: list) -> tuple[np.ndarray, float]:
    """Python's descriptors of all frames, and how far LAMMPS's are from them relative to the largest entry."""
    descriptor = anisoap_md.Descriptor(6, "gto", 3.5, radial_gaussian_width=1.0)
    start = time.perf_counter()
    ours = descriptor.power_spectrum(frames)
    seconds = time.perf_counter() - start
    lammps = np.concatenate([atoms.arrays["c_desc"] for atoms in frames])
    difference = np.abs(ours - lammps).max() / np.abs(lammps).max()
    print(
        f"{len(lammps):,} descriptors of {ours.shape[1]} features; Python took {1e6 * seconds / len(lammps):.1f} us each"
    )
    print(
        f"largest difference between LAMMPS and Python: {difference:.1e} of the largest entry (bound {BOUND:.0e})"
    )
    return ours, difference


def draw(frames: list, features: np.ndarray, path: Path) -> None:
    """Maps of the descriptors at three stages, and the order parameter against density."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot as plt
    from sklearn.decomposition import PCA
    from sklearn.preprocessing import StandardScaler

    plane = PCA(2, random_state=0).fit_transform(StandardScaler().fit_transform(features))
    plane = plane.reshape(len(frames), -1, 2)
    density = [len(a) / a.cell.volume for a in frames]
    order = [nematic_order(long_axes(a)) for a in frames]
    low, high = np.percentile(plane.reshape(-1, 2), [0.5, 99.5], axis=0)
    margin = 0.08 * (high - low)
    stages = [0, len(frames) // 2, len(frames) - 1]
    figure, axes = plt.subplots(1, 4, figsize=(14, 3.6), constrained_layout=True)
    for axis, k in zip(axes, stages, strict=False):
        axis.scatter(*plane.reshape(-1, 2).T, s=2, color="0.88", rasterized=True)
        dots = axis.scatter(
            *plane[k].T, s=9, c=local_order(frames[k], 2.0), vmin=-0.2, vmax=1, cmap="viridis"
        )
        axis.set(
            xlabel="first principal component", title=f"density {density[k]:.2f} / σ³, order {order[k]:.2f}"
        )
        axis.set(
            xlim=(low[0] - margin[0], high[0] + margin[0]), ylim=(low[1] - margin[1], high[1] + margin[1])
        )
        axis.set(xticks=[], yticks=[])
    axes[0].set_ylabel("second principal component")
    figure.colorbar(dots, ax=axes[2], label="local order of each particle")
    centre = plane[:, :, 0].mean(axis=1)
    axes[3].plot(density, order, "o-", color="C0", label="nematic order")
    axes[3].set(xlabel="density (1 / σ³)", ylim=(0, 1))
    axes[3].set_ylabel("nematic order parameter", color="C0")
    twin = axes[3].twinx()
    twin.plot(density, centre, "s--", color="C3", markersize=4, label="mean first component")
    figure.legend(
        handles=[*axes[3].lines, *twin.lines],
        loc="upper left",
        bbox_to_anchor=(0, 1),
        bbox_transform=axes[3].transAxes,
    )
    twin.set_ylabel("mean first component", color="C3")
    figure.savefig(path, dpi=150)
    plt.close(figure)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "--output", type=Path, default=Path("demo-output"), help="folder for trajectory and figure"
    )
    parser.add_argument("--ranks", type=int, default=2, help="MPI ranks of LAMMPS")
    parser.add_argument(
        "--steps", type=int, default=8000, help="steps of the compression, and again after it"
    )
    parser.add_argument("--density", type=float, default=0.34, help="particles per unit volume at the end")
    arguments = parser.parse_args()
    arguments.output.mkdir(parents=True, exist_ok=True)
    run_lammps(arguments.output, arguments.ranks, arguments.steps, arguments.density)
    frames = list(anisoap_md.iread(arguments.output / "liquid.dump"))
    features, difference = compare(frames)
    figure = arguments.output / "liquid.png"
    draw(frames, features, figure)
    print(f"figure: {figure}")
    if not (math.isfinite(difference) and difference < BOUND):
        raise SystemExit("LAMMPS and Python disagree")


if __name__ == "__main__":
    main()
