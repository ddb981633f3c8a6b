# SPDX-License-Identifier: MIT
"""`pair_style anisoap` compares diameters and contacts with those of the model's training, over all ranks."""

import json

import numpy as np
import pytest
from anisoap_md.frames.contacts import closest_gaps
from testing.lmp import boxes, frames, models

RUN = "run 0\n"
box = boxes.small_box


def ranges_of(frame) -> dict:
    """Those of the frame itself."""
    atoms = models.atoms_of(frame)
    diameters = {}
    for name, number in zip(models.SPECIES, models.NUMBERS, strict=True):
        sizes = atoms.arrays["c_diameter"][atoms.numbers == number]
        diameters[name] = np.stack([sizes.min(axis=0), sizes.max(axis=0)], axis=1).tolist()
    gaps = closest_gaps([atoms], models.NUMBERS)
    contacts = [{"species": [models.SPECIES[k] for k in pair], "gap": gap} for pair, gap in gaps.items()]
    return {"diameters": diameters, "contacts": contacts}


def write(folder, training: dict) -> None:
    model = models.random_model(uncertain=False)
    model.training = json.dumps(training)
    models.write(folder, model)


def script(frame, words: str = "", after: str = RUN) -> str:
    return models.start(frame) + f"pair_style anisoap{words}\n" + models.COEFF + after


def warnings(run) -> list[str]:
    return [line for line in run.output.splitlines() if line.startswith("WARNING: Pair anisoap")]


@pytest.mark.parametrize("ranks", [1, 2])
def test_the_frame_of_the_training_is_taken(lammps, tmp_path, box, ranks):
    write(tmp_path, {"n_frames": 1, "ranges": ranges_of(box)})
    assert not warnings(lammps(script(box), ranks=ranks))


@pytest.mark.parametrize("ranks", [1, 2])
def test_closer_contacts_are_warned_of_once(lammps, tmp_path, box, ranks):
    ranges = ranges_of(box)
    closest = ranges["contacts"][1]["gap"]
    ranges["contacts"][1]["gap"] += 1e-3 * box.diameters.max()
    write(tmp_path, {"n_frames": 1, "ranges": ranges})
    found = warnings(lammps(script(box, after=RUN + RUN), ranks=ranks))
    names = " and ".join(ranges["contacts"][1]["species"])
    assert len(found) == 1
    assert f"{names} are closer than in the training of model.json: gap " in found[0]
    assert float(found[0].split("gap ")[1].split()[0]) == pytest.approx(closest, rel=1e-9)


@pytest.mark.parametrize("ranks", [1, 2])
@pytest.mark.parametrize("factor, axis", [(0.79, 1), (1.21, 2)])
def test_other_diameters_are_refused(lammps, tmp_path, box, ranks, factor, axis):
    k = len(box.types) // 2
    ranges = ranges_of(box)
    name = models.SPECIES[box.types[k] - 1]
    limit = ranges["diameters"][name][axis][0 if factor < 1 else 1]
    box.diameters[k, axis] = factor * limit
    frames.write_data(tmp_path / "box.data", box)
    write(tmp_path, {"n_frames": 1, "ranges": ranges})
    error = lammps(script(box), fails=True, ranks=ranks).error()
    assert error.startswith(f"Pair anisoap: atom ID {k + 1}: diameter along {'xyz'[axis]}, got")
    assert "or shapes any (model.json)" in error
    lammps(script(box, " shapes atoms"), fails=True, ranks=ranks)
    lammps(script(box, " shapes any"), ranks=ranks)


def test_a_restart_file_keeps_the_word(lammps, tmp_path, box):
    ranges = ranges_of(box)
    box.diameters *= 1.5
    frames.write_data(tmp_path / "box.data", box)
    write(tmp_path, {"n_frames": 1, "ranges": ranges})
    lammps(script(box, " shapes any", RUN + "write_restart r\n"))
    lammps("read_restart r\n" + RUN)


def test_a_model_of_an_earlier_version_is_warned_of_once_and_runs(lammps, tmp_path, box):
    write(tmp_path, {"n_frames": 1})
    found = warnings(lammps(script(box, after=RUN + RUN)))
    assert len(found) == 1 and "does not say which contacts and diameters it was trained on" in found[0]


def test_ranges_that_are_none_are_refused(lammps, tmp_path, box):
    write(tmp_path, {"n_frames": 1, "ranges": {"contacts": [{"species": ["C", "N"], "gap": 0.1}]}})
    error = lammps(script(box), fails=True).error()
    assert "training entry of the model, got contacts of 'N'; expected species of the model" in error
