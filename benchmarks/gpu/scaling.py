# SPDX-License-Identifier: MIT
"""Tables of scaling.sh: efficiencies, a model of the cost fitted to one and two GPUs with what it says of more, a figure.

python scaling.py scaling.csv [staged.csv ...] [--figure docs/scaling.png]
python scaling.py --agree MANY.dump ONE.dump         energies, forces and torques of in.agree, to 1e-10 of the largest
"""

import argparse
import csv
import itertools
import sys
from pathlib import Path
from typing import Any

import numpy as np
from scipy.optimize import nnls

LATTICE, REACH = 1.55, 2.7  # cell of in.step, cutoff with its skin
TOLERANCE = 1e-10
# A step sends positions and quaternions of ghosts (7 numbers) and returns forces and torques (6).
BYTES_A_GHOST = 8 * 13
# Taken for a network between nodes with a port for each GPU, not measured: bytes a second, seconds a message.
NETWORK_BANDWIDTH, NETWORK_LATENCY = 25e9, 5e-6


def read_dump(path: Path) -> np.ndarray:
    lines = path.read_text().splitlines()
    start = max(at for at, line in enumerate(lines) if line.startswith("ITEM: ATOMS"))
    return np.array([line.split() for line in lines[start + 1 :]], float)


def agree(many: Path, one: Path) -> None:
    rows, expected = read_dump(many), read_dump(one)
    if not np.array_equal(rows[:, 0], expected[:, 0]):
        sys.exit(f"{many}: expected the particles of {one}")
    for name, columns in (("energies", slice(1, 2)), ("forces", slice(2, 5)), ("torques", slice(5, 8))):
        error = np.abs(rows[:, columns] - expected[:, columns]).max() / np.abs(expected[:, columns]).max()
        print(f"{name}: {error:.1e} of the largest")
        if not error <= TOLERANCE:  # NaN too
            sys.exit(
                f"{many}: {name} differ from {one} by {error:.1e} of the largest, expected {TOLERANCE:.0e}"
            )


def read(paths: list[Path]) -> list[dict[str, Any]]:
    rows = []
    for path in paths:
        for row in csv.DictReader(line for line in path.read_text().splitlines() if not line.startswith("#")):
            rows.append(
                {
                    **row,
                    "gpus": int(row["gpus"]),
                    "particles": int(row["particles"]),
                    "ms": float(row["ms_a_step"]),
                }
            )
    return rows


def grid(gpus: int, edges: np.ndarray) -> np.ndarray:
    """Domains along x, y, z with the least surface, as LAMMPS chooses them."""
    choices = [c for c in itertools.product(range(1, gpus + 1), repeat=3) if np.prod(c) == gpus]
    return np.array(min(choices, key=lambda c: sum(np.prod(edges / c) / (edges / c))))


def halo(row: dict[str, Any]) -> tuple[float, int]:
    """Particles that a GPU sends to others in a step, and messages, of the box of in.step."""
    gpus, cells = row["gpus"], row["particles"] / 2
    edge = (cells / gpus) ** (1 / 3) if row["scaling"] == "weak" else cells ** (1 / 3)
    edges = np.array([edge, edge, edge * gpus]) if row["scaling"] == "weak" else np.array([edge] * 3)
    domains = grid(gpus, edges)
    return sent(edges / domains, domains)


def sent(local: np.ndarray, domains: np.ndarray) -> tuple[float, int]:
    """Exchanges follow each other along x, y, z; later ones carry the ghosts of earlier ones."""
    particles, messages, thick = 0.0, 0, 2 * REACH / LATTICE
    lengths = local.copy()
    for axis in range(3):
        face = 2 * np.prod(np.delete(lengths, axis)) * thick
        if domains[axis] > 1:
            particles += face
            messages += 2
        lengths[axis] += thick
    return particles, messages


class Cost:
    """ms a step = fixed + per_particle n + per_ghost (ghosts sent) + per_message (messages), none negative."""

    def __init__(self, rows: list[dict[str, Any]]) -> None:
        alone = [r for r in rows if r["gpus"] == 1]
        pairs = [r for r in rows if r["gpus"] == 2]
        # Relative errors count: each line is divided by its time.
        terms = np.array([self.terms(r) for r in alone + pairs])
        times = np.array([r["ms"] for r in alone + pairs])
        scale = terms.max(axis=0)
        scale[scale == 0] = 1
        self.weights = nnls(terms / scale / times[:, None], np.ones(len(times)))[0] / scale

    @staticmethod
    def terms(row: dict[str, Any]) -> list[float]:
        return [1.0, row["particles"] / row["gpus"], *halo(row)]

    def predict(self, row: dict[str, Any]) -> float:
        return float(np.dot(self.weights, self.terms(row)))

    def on_a_grid(self, particles: float, gpus: int, nodes: bool) -> float:
        """ms a step, weak, cubic domains; between nodes the network's own time comes on top."""
        domains = np.full(3, 1 if gpus == 1 else 2)
        ghosts, messages = sent(np.full(3, (particles / 2) ** (1 / 3)), domains)
        ms = float(np.dot(self.weights, [1.0, particles, ghosts, messages]))
        if nodes:
            ms += 1e3 * (ghosts * BYTES_A_GHOST / NETWORK_BANDWIDTH + 2 * messages * NETWORK_LATENCY)
        return ms


def groups(rows: list[dict[str, Any]]) -> dict[tuple[str, str], list[dict[str, Any]]]:
    found: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for row in rows:
        found.setdefault((row["case"], row["aware"]), []).append(row)
    return found


def efficiency(row: dict[str, Any], rows: list[dict[str, Any]]) -> float:
    one = next(r["ms"] for r in rows if r["scaling"] == row["scaling"] and r["gpus"] == 1)
    return one / row["ms"] / (1 if row["scaling"] == "weak" else row["gpus"])


def table(rows: list[dict[str, Any]]) -> None:
    print(
        "| case | GPU-aware MPI | scaling | GPUs | ms a step | efficiency | Comm | model, ms | model / measured |"
    )
    print("|---|---|---|---|---|---|---|---|---|")
    for (case, aware), members in groups(rows).items():
        cost = Cost(members) if case != "snap" else None  # the model knows the box of in.step
        for row in members:
            model = cost.predict(row) if cost else float("nan")
            print(
                f"| {case} | {aware} | {row['scaling']} | {row['gpus']} | {row['ms']:.2f} | {efficiency(row, members):.2f} | "
                f"{row['comm_percent']} % | "
                + (f"{model:.2f} | {model / row['ms']:.2f} |" if cost else "| |")
            )
        if cost:
            one, node, many = (
                cost.on_a_grid(1e6, n, nodes) for n, nodes in ((1, False), (8, False), (8000, True))
            )
            print(
                f"{case}, aware {aware}, 1,000,000 a GPU, on paper: {one:.2f} ms alone, {node:.2f} in a node of eight, "
                f"{many:.2f} in a thousand nodes",
                file=sys.stderr,
            )


def draw(rows: list[dict[str, Any]], path: Path) -> None:
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    figure, (weak, strong) = plt.subplots(1, 2, figsize=(9, 3.6), layout="constrained")
    styles = {
        "linear": ("linear", "#0072b2"),
        "linear_polynomial": ("linear + polynomial", "#009e73"),
        "snap": ("pair snap/kk", "#d55e00"),
    }
    for (case, _), members in groups(rows).items():
        if case not in styles:
            continue
        label, color = styles[case]
        speeds = [(r["gpus"], r["particles"] / r["ms"] / 1e3) for r in members if r["scaling"] == "weak"]
        weak.plot(*zip(*speeds, strict=True), "o-", color=color, label=label)
        first = speeds[0][1] / speeds[0][0]
        weak.plot([n for n, _ in speeds], [first * n for n, _ in speeds], ":", color=color, linewidth=1)
        kept = [(r["gpus"], efficiency(r, members)) for r in members if r["scaling"] == "strong"]
        if kept:
            strong.plot(*zip(*kept, strict=True), "o-", color=color, label=label)
    ticks = sorted({r["gpus"] for r in rows})
    weak.set(xlabel="GPUs", ylabel="million particle-steps a second", ylim=(0, None), xticks=ticks)
    weak.set_title("1,024,000 particles a GPU (dotted: ideal)", fontsize=10)
    strong.set(xlabel="GPUs", ylabel="efficiency", ylim=(0, 1.1), xticks=ticks)
    strong.set_title("4,000,752 particles in all", fontsize=10)
    weak.legend(frameon=False)
    figure.savefig(path, dpi=150)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("files", type=Path, nargs="+")
    parser.add_argument("--agree", action="store_true")
    parser.add_argument("--figure", type=Path)
    arguments = parser.parse_args()
    if arguments.agree:
        agree(*arguments.files)
        return
    rows = read(arguments.files)
    table(rows)
    if arguments.figure:
        draw(rows, arguments.figure)


if __name__ == "__main__":
    main()
