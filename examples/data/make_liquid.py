# SPDX-License-Identifier: MIT
"""Makes liquid.xyz: frames of a small Gay-Berne liquid with energies, forces and torques (units lj), by LAMMPS."""

import subprocess
import sys
import tempfile
from pathlib import Path

import anisoap_md
import numpy as np

HERE = Path(__file__).parent
LABEL = HERE.parent / "03_gay_berne_potential" / "in.label"
DIGITS = {"positions": 6, "c_q": 8, "forces": 6, "torques": 6}


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        variables = {
            "T": 1.5,
            "frames": 16,
            "across": 3,
            "along": 3,
            "density": 0.26,
            "prepare": 0.5,
            "every": 400,
        }
        words = [word for name, value in variables.items() for word in ("-var", name, str(value))]
        command = [sys.executable, "-m", "anisoap_md", "lmp", "-in", str(LABEL), "-log", "none", *words]
        subprocess.run(command, cwd=folder, check=True, stdout=subprocess.DEVNULL)
        frames = anisoap_md.read_frames(Path(folder) / "frames.dump")
    for atoms in frames:
        atoms.info["energy"] = round(float(atoms.arrays.pop("c_pe").sum()), 6)
        del atoms.arrays["c_stress"]
        atoms.symbols[:] = "C"
        for name, digits in DIGITS.items():
            if name in atoms.arrays:
                atoms.arrays[name] = np.round(atoms.arrays[name], digits)
    anisoap_md.write_frames(HERE / "liquid.xyz", frames)


if __name__ == "__main__":
    main()
