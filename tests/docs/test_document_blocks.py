# SPDX-License-Identifier: MIT
"""Python blocks of documents that run on any machine, as printed, with the names that they take from around them."""

import shutil
from importlib.util import find_spec

import pytest
from testing.helpers import skip
from testing.printed import ROOT, Block, Step, blocks, run

BEFORE = {
    "extending": "",
    "reference-interface": """
from anisoap_md import read_frames
frames = read_frames("liquid.xyz")[:2]
""",
    "torch": """
import numpy as np
import torch
from anisoap_md import labels_of, read_frames
labels = [labels_of(atoms) for atoms in read_frames("liquid.xyz")]
energies = torch.tensor([found["energy"] for found in labels])
forces, torques = (torch.tensor(np.concatenate([found[k] for found in labels])) for k in ("forces", "torques"))
""",
}
AFTER = {
    "extending": "print(loss_of_weights().item() < 1.3)",
    "reference-interface": "print(len(spectra) == len(frames))",
    "torch": """
from anisoap_md import AniSOAPCalculator
atoms = read_frames("liquid.xyz")[0]
atoms.calc = AniSOAPCalculator("model.json")
print(np.abs(atoms.get_forces() - found.forces.detach().numpy()[: len(atoms)]).max() < 1e-9)
""",
}
PAGES = {
    "extending": "guide/extending.md",
    "reference-interface": "reference-interface.md",
    "torch": "torch.md",
}
PACKAGES = {"extending": "torch", "reference-interface": "metatensor", "torch": "torch"}


@pytest.mark.parametrize("name", BEFORE)
def test_python_blocks_run(tmp_path, name):
    if find_spec(PACKAGES[name]) is None:
        skip(f"no package {PACKAGES[name]}")
    shutil.copy(ROOT / "examples" / "data" / "liquid.xyz", tmp_path)
    printed_there = [b for b in blocks(ROOT / "docs" / PAGES[name]) if b.language == "python"]
    around = [Block("python", text, 0) for text in (BEFORE[name], AFTER[name])]
    parts = [Step(b) for b in (around[0], *printed_there, around[1])]
    assert run(parts, tmp_path)[-1] == "True"
