# SPDX-License-Identifier: MIT
"""What the two liquids are compared by: g(r), nematic order, energy without a thermostat."""

import re
from pathlib import Path

import anisoap_md
import numpy as np
from ase.neighborlist import neighbor_list

TIME_STEPS = (0.004, 0.002, 0.001, 0.0005)
BINS = np.linspace(0.6, 4.0, 69)
COLOURS = {"gayberne": "black", "anisoap": "tab:red"}
NAMES = {"gayberne": "Gay-Berne", "anisoap": "learned"}


def nematic_order(atoms) -> float:
    """Largest eigenvalue of the mean of (3 u u^T - 1) / 2 over the long axes u."""
    w, x, y, z = atoms.arrays["c_q"].T
    u = np.stack([2 * (x * z + w * y), 2 * (y * z - w * x), 1 - 2 * (x * x + y * y)], axis=1)
    return float(np.linalg.eigvalsh(1.5 * u.T @ u / len(u) - 0.5 * np.eye(3))[-1])


def pair_distribution(frames: list) -> np.ndarray:
    """g(r) in BINS, centre to centre."""
    counts = np.zeros(len(BINS) - 1)
    for atoms in frames:
        counts += np.histogram(neighbor_list("d", atoms, BINS[-1]), BINS)[0]
    shells = 4 / 3 * np.pi * np.diff(BINS**3)
    ideal = sum(len(atoms) ** 2 / atoms.get_volume() for atoms in frames)
    return counts / (shells * ideal)


def of_runs(folder: Path, potential: str, temperature: float, runs: int) -> tuple[np.ndarray, np.ndarray]:
    """Order parameters [runs] and g(r) [runs, bins]."""
    orders, distributions = [], []
    for run in range(runs):
        frames = list(anisoap_md.iread(folder / f"{potential}_{temperature}_{run}.dump"))
        orders.append(np.mean([nematic_order(atoms) for atoms in frames]))
        distributions.append(pair_distribution(frames))
    return np.array(orders), np.array(distributions)


def total_energy(log: Path) -> tuple[np.ndarray, np.ndarray]:
    """Time steps and energies, rotation included, of in.conserve."""
    rows = []
    reading = False
    for line in log.read_text().splitlines():
        if line.split()[:2] == ["Step", "Temp"]:
            reading = True
        elif reading and re.match(r"\s*\d+\s", line):
            rows.append([float(v) for v in line.split()[:5]])
        elif line.startswith("Loop time"):
            reading = False
    step, _, potential, kinetic, turning = np.array(rows).T
    return step - step[0], potential + kinetic + turning


def fluctuation(folder: Path, potential: str, dt: float) -> float:
    """Standard deviation of the energy about its trend."""
    step, energy = total_energy(folder / f"conserve_{potential}_{dt}.out")
    return float(np.std(energy - np.polyval(np.polyfit(step, energy, 1), step)))


def draw(folder: Path, temperatures: list, runs: int, path: Path) -> None:
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot as plt

    figure, (left, middle, right) = plt.subplots(1, 3, figsize=(12, 3.6), layout="constrained")
    centres = 0.5 * (BINS[1:] + BINS[:-1])
    for potential, colour in COLOURS.items():
        results = [of_runs(folder, potential, t, runs) for t in temperatures]
        for k, (_, g) in enumerate(results):
            style = {"color": colour, "ls": "-" if potential == "gayberne" else "--"}
            left.plot(centres, g.mean(axis=0) + k, label=NAMES[potential] if k == 0 else None, **style)
            if potential == "gayberne":
                left.annotate(f"T = {temperatures[k]:g}", (BINS[-1], 1.1 + k), ha="right")
        mean = np.array([o.mean() for o, _ in results])
        spread = np.array([o.std(ddof=1) if runs > 1 else 0.0 for o, _ in results])
        shift = 0.005 * np.ptp(temperatures) * (1 if potential == "anisoap" else -1)
        bars = {"fmt": "o-", "color": colour, "capsize": 3, "label": NAMES[potential]}
        middle.errorbar(np.array(temperatures) + shift, mean, spread, **bars)
        rms = [fluctuation(folder, potential, dt) for dt in TIME_STEPS]
        right.loglog(TIME_STEPS, rms, "o-", color=colour, label=NAMES[potential])
        for t, m, s in zip(temperatures, mean, spread, strict=True):
            print(f"{NAMES[potential]:10s} T = {t}: order {m:.3f} +- {s:.3f} over {runs} runs")
        print(
            f"{NAMES[potential]:10s} energy fluctuation at dt {TIME_STEPS}: {', '.join(f'{v:.2e}' for v in rms)}"
        )
    dt = np.array(TIME_STEPS)
    right.loglog(dt, rms[0] * (dt / dt[0]) ** 2, ":", color="grey", label="square of the time step")
    left.set(xlabel="r / σ", ylabel="g(r), shifted by 1 for each temperature", ylim=(-0.2, None))
    middle.set(xlabel="temperature (ε / k$_B$)", ylabel="nematic order, spread of the runs")
    right.set(xlabel="time step (τ)", ylabel="fluctuation of the energy (ε)")
    right.set_xticks(TIME_STEPS, [str(dt) for dt in TIME_STEPS])
    right.minorticks_off()
    left.legend(frameon=False)
    middle.legend(frameon=False)
    right.legend(frameon=False)
    figure.savefig(path, dpi=150)
