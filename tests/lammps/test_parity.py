# SPDX-License-Identifier: MIT
"""`compute anisoap` returns the values of every reference file, whatever the cell."""

import numpy as np
import pytest
from testing.lmp import frames, references


def script(case: dict, boxes: list) -> str:
    words = references.keywords(case)
    text = ""
    for k, box in enumerate(boxes):
        frames_file = f"{k}.data"
        text += "clear\n" if k else ""
        text += frames.setup(frames_file, box, case["hypers"]["cutoff_radius"] + 0.3)
        text += (
            f"compute c all anisoap {words} quantity coefficients\n"
            f"compute p all anisoap {words}\n"
            f"compute s all anisoap {words} precision single\n"
            "run 0 post no\n"
        )
        for quantity in "cps":
            text += frames.dump_command(f"{k}.{quantity}", f"c_{quantity}[*]")
    return text


def expected_coefficients(case: dict, boxes: list) -> np.ndarray:
    """Rows [n_centres, n_coefficients] (l, m, n, species) in the orientation of LAMMPS."""
    rows, first = [], 0
    for box in boxes:
        n = len(box.positions)
        blocks = [np.array(block)[first : first + n] for block in case["coefficients"]]
        if not np.array_equal(box.rotation, np.eye(3)):
            blocks = [references.turned(l, block, box.rotation) for l, block in enumerate(blocks)]
        rows.append(np.hstack([block.reshape(n, -1) for block in blocks]))
        first += n
    return np.vstack(rows)


@pytest.mark.parametrize("path", references.files(), ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_coefficients_and_power_spectrum_match_the_reference(path, lammps, tmp_path, assert_close):
    case = references.load(path)
    boxes = [frames.load(frame, case["species"]) for frame in case["frames"]]
    for k, box in enumerate(boxes):
        frames.write_data(tmp_path / f"{k}.data", box)
    (tmp_path / "hypers.json").write_text(references.document(case))
    lammps(script(case, boxes))
    values = {
        q: np.vstack([frames.read_dump(tmp_path / f"{k}.{q}") for k in range(len(boxes))]) for q in "cps"
    }
    power = references.power_rows(case)
    sure = references.centres_without_pair_at_the_cutoff(case)
    known = np.isfinite(power) & sure[:, None]
    assert known.any()
    assert_close(values["c"][sure], expected_coefficients(case, boxes)[sure], references.tolerance(path))
    assert_close(values["p"][known], power[known], references.tolerance(path))
    assert_close(values["s"][known], power[known], 1e-4)


def test_only_centres_with_a_pair_at_the_cutoff_are_left_out():
    """The helper of the test above on a line of particles, open and then with a period equal to the cutoff."""
    positions = [[0, 0, 0], [3, 0, 0], [5, 0, 0]]
    line = {"positions": positions, "cell": (3 * np.eye(3)).tolist(), "pbc": [False] * 3}
    case = {"hypers": {"cutoff_radius": 3.0}, "frames": [line, {**line, "pbc": [False, True, False]}]}
    sure = references.centres_without_pair_at_the_cutoff(case)
    assert sure.tolist() == [False, False, True] + [False] * 3


def test_turned_coefficients_are_those_of_the_turned_harmonics():
    """The helper of the test above against Y_1m = (y, z, x) and against a product of two rotations."""
    a, b = (frames.load({"positions": [[0, 0, 0]], "quaternions": [[1, 0, 0, 0]], "diameters": [[1, 1, 1]], "numbers": [1],
                         "pbc": [True] * 3, "cell": cell}, [1]).rotation
            for cell in ([[0, 2, 0], [0, 0, 3], [4, 1, 0]], [[1, 2, 0], [0, 1, 3], [4, 1, 0]]))  # fmt: skip
    vector = np.random.default_rng(1).normal(size=(1, 3))
    assert np.allclose(references.turned(1, vector[:, [1, 2, 0]], a), (vector @ a.T)[:, [1, 2, 0]])
    c = np.random.default_rng(2).normal(size=(3, 11, 2))
    assert np.allclose(references.turned(5, references.turned(5, c, a), b), references.turned(5, c, b @ a))
