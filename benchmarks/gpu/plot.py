# SPDX-License-Identifier: MIT
"""docs/gpu.png from the tables of results/: what a pair, a degree and a small system cost on one GPU."""

import argparse
import re
from pathlib import Path

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt

RESULTS = Path(__file__).parent / "results"
BLUE, ORANGE = "#0072b2", "#d55e00"  # told apart by the colour-blind


def wholes(name: str) -> list[tuple[str, int, float]]:
    """Case, centres and ms of the rows of whole evaluations in double precision; a case may hold commas."""
    rows = []
    for line in (RESULTS / name).read_text().splitlines():
        found = re.fullmatch(r'"?([^"]*?)"?,double,(\d+),all,([\d.]+),.*', line)
        if found:
            rows.append((found[1], int(found[2]), float(found[3])))
    return rows


def number(text: str) -> int:
    return int(re.findall(r"\d+", text)[-1])


def draw(path: Path) -> None:
    figure, (left, middle, right) = plt.subplots(1, 3, figsize=(12, 3.6), layout="constrained")
    neighbors = [(number(case), 1e6 * ms / n / number(case)) for case, n, ms in wholes("h200_neighbours.csv")]
    left.semilogx(*zip(*neighbors, strict=True), "o-", color=BLUE)
    left.set(xlabel="neighbours of a centre", ylabel="ns a pair, forces included", ylim=(0, None))
    left.set_title("H200, 32,768 centres, l_max 6", fontsize=10)
    degrees = [(number(case), n / ms / 1e3) for case, n, ms in wholes("h200_degrees.csv")]
    middle.semilogy(*zip(*degrees, strict=True), "o-", color=BLUE)
    middle.set(xlabel="l_max", ylabel="million centres a second")
    middle.set_title("H200, 65,536 centres, 26 neighbours", fontsize=10)
    for word, color, label in (
        ("few", BLUE, "eight threads a centre"),
        ("many", ORANGE, "a thread a centre"),
    ):
        times = [(n, ms) for case, n, ms in wholes("h100_mappings.csv") if case.endswith(word)]
        right.loglog(*zip(*times, strict=True), "o-", color=color, label=label)
    right.set(xlabel="centres", ylabel="ms a step of the engine")
    right.set_title("H100, linear model, l_max 6, 26 neighbours", fontsize=10)
    right.legend(frameon=False)
    figure.savefig(path, dpi=150)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("-o", "--output", type=Path, default=Path("docs/gpu.png"))
    draw(parser.parse_args().output)
