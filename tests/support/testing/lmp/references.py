# SPDX-License-Identifier: MIT
"""Reference files: those of tests/golden, and of the folder ANISOAP_REFERENCE where it is set."""

import json
import os
from pathlib import Path

import numpy as np

REPOSITORY = Path(__file__).resolve().parents[4]


def files() -> list[Path]:
    """Every reference file; the repository's own are always among them."""
    given = os.environ.get("ANISOAP_REFERENCE")
    found = sorted((REPOSITORY / "tests" / "golden").glob("*.json"))
    found += sorted(Path(given).glob("*.json")) if given else []
    assert found, "no reference files"
    return found


def load(path: Path) -> dict:
    """The JSON document."""
    return json.loads(path.read_text())


def tolerance(path: Path) -> float:
    """Allowed difference of the largest entry in double precision; the near-singular basis is allowed more."""
    return 1e-8 if "high_degree" in path.name else 1e-10


def document(case: dict) -> str:
    """The hyperparameter file of a case."""
    species = [str(s) for s in case["species"]]
    return json.dumps(
        {"format": "anisoap-hypers", "version": 1, "hypers": case["hypers"], "species": species}
    )


def keywords(case: dict) -> str:
    """The words behind `compute ID group anisoap`; hypers FILE where a keyword does not exist."""
    h = case["hypers"]
    if "basis_rcond" in h or "basis_tol" in h:
        return f"{h['cutoff_radius']!r} hypers hypers.json"
    words = [f"{h['cutoff_radius']!r} basis {h['radial_basis_name']}"]
    if h.get("radial_gaussian_width") is not None:
        words.append(repr(h["radial_gaussian_width"]))
    words.append(f"lmax {h['max_angular']}")
    radial = h.get("max_radial")
    if radial is not None:
        words.append("nmax " + " ".join(str(n) for n in (radial if isinstance(radial, list) else [radial])))
    words.append("self " + ("no" if h.get("subtract_center_contribution") else "yes"))
    if h.get("cutoff_function", "none") != "none":
        words.append(f"cutoff/function cosine {h['cutoff_width']!r}")
    return " ".join(words)


def centres_without_pair_at_the_cutoff(case: dict) -> np.ndarray:
    """[n_centres] of bool: False where a distance equals the cutoff to the last digits, so that rounding decides on the pair."""
    cutoff, rows = case["hypers"]["cutoff_radius"], []
    for frame in case["frames"]:
        x, cell = np.array(frame["positions"], dtype=float), np.array(frame["cell"], dtype=float)
        reach = np.zeros(3, dtype=int)
        if any(frame["pbc"]):
            inverse = np.linalg.pinv(np.where(np.array(frame["pbc"])[:, None], cell, 0))
            spread = np.ptp(x, axis=0)
            reach = np.ceil(np.abs(inverse).T @ (spread + cutoff)).astype(int) * np.array(frame["pbc"])
        sure = np.ones(len(x), dtype=bool)
        for shift in np.ndindex(*(2 * reach + 1)):
            r = np.linalg.norm(x[None] - x[:, None] + (np.array(shift) - reach) @ cell, axis=-1)
            sure &= ~np.any(np.abs(r - cutoff) < 1e-12 * cutoff, axis=1)
        rows.append(sure)
    return np.concatenate(rows)


def power_rows(case: dict) -> np.ndarray:
    """Power spectrum as rows [n_centres, n_features]; NaN where the reference has none."""
    blocks = [np.array(block, dtype=float) for block in case["power_spectrum"]]
    return np.hstack([block.reshape(len(block), -1) for block in blocks])


def harmonics(l: int, points: np.ndarray) -> np.ndarray:
    """Real spherical harmonics [k, 2 l + 1] of unit vectors [k, 3], up to one factor for each |m|-independent norm.

    m = -l..l, sine type for m < 0; from P_lm by recursion in l, without the phase (-1)^m.
    """
    x, y, z = points.T
    out = np.empty((len(points), 2 * l + 1))
    power = np.ones_like(x + 0j)
    double_factorial, norm = 1.0, np.sqrt(0.5)  # norm: sqrt((l - m)! / (l + m)!), sqrt(1/2) of it for m = 0
    for m in range(l + 1):
        if m > 0:
            power = power * (x + 1j * y)
            double_factorial *= 2 * m - 1
            norm = (1.0 if m > 1 else np.sqrt(2)) * norm / np.sqrt((l + m) * (l - m + 1))
        below, legendre = np.zeros_like(z), np.full_like(z, double_factorial)
        for k in range(m, l):
            below, legendre = legendre, ((2 * k + 1) * z * legendre - (k + m) * below) / (k - m + 1)
        out[:, l + m] = norm * legendre * power.real
        if m:
            out[:, l - m] = norm * legendre * power.imag
    return out


def turned(l: int, coefficients: np.ndarray, rotation: np.ndarray) -> np.ndarray:
    """Coefficients [n, 2 l + 1, ...] of the same particles after a rotation [3, 3]."""
    points = np.random.default_rng(l).normal(size=(4 * l + 8, 3))
    points /= np.linalg.norm(points, axis=1, keepdims=True)
    matrix = np.linalg.lstsq(harmonics(l, points), harmonics(l, points @ rotation.T), rcond=None)[0]
    return np.einsum("pm,ip...->im...", matrix, coefficients)
