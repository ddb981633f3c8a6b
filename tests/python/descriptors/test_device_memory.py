# SPDX-License-Identifier: MIT
"""A device without memory: calls go on in smaller parts, what does not fit names what to do, and the next call works. The program
runs in a process of its own, whose Kokkos has a tool that refuses memory."""

import os
import subprocess
import sys

import pytest
from testing.helpers import SUPPORT
from testing.lmp import processes
from testing.refusals import TOOL

PROGRAM = """
import ctypes, os, sys
import numpy as np
from anisoap_md import Descriptor, FrameArrays, Model
from testing.helpers import TRICLINIC, random_atoms
from testing.potentials import core_model

tool = ctypes.CDLL(os.environ["KOKKOS_TOOLS_LIBS"])
tool.refuse_above.argtypes = [ctypes.c_uint64]
EVERYTHING = 2**64 - 1
frames = [random_atoms(k, 30, 1.5 * TRICLINIC) for k in range(40)]
device = sys.argv[1]


def made():
    d = Descriptor(4, "gto", 4.0, radial_gaussian_width=1.1, species=["C", "O"], device=device)
    model = Model(core_model(), device=device)
    return {
        "rows": lambda: d.power_spectrum(frames),
        "rows left there": lambda: d.power_spectrum(frames[0], on_device=True).numpy(),
        "derivatives": lambda: d.jacobian(frames[0], symmetric=True).positions,
        "pairs": lambda: np.concatenate([c.positions for c in d.jacobian_by_centre(frames[0])]),
        "forces": lambda: model.predict(frames).forces,
    }


for name, call in made().items():
    expected = call()
    before = tool.n_refused()
    for bytes in [2**k for k in range(26, 8, -1)]:
        tool.refuse_above(EVERYTHING)
        call = made()[name]
        tool.refuse_above(bytes)
        try:
            got = call()
        except RuntimeError as error:
            text = str(error)
            break
        assert np.array_equal(got, expected), name
    else:
        sys.exit(f"{name}: fits into nothing, refused {tool.n_refused()} of {tool.n_asked()}")
    assert text.startswith("anisoap: memory of the device: ") and "; expected " in text, (name, text)
    print(name, "refused", tool.n_refused() - before, text)
    tool.refuse_above(EVERYTHING)
    assert np.array_equal(call(), expected), name
"""


@pytest.fixture
def run(tmp_path, device):
    """What a program prints that runs with the tool."""

    def run(program: str) -> str:
        tool = processes.shared_library(tmp_path, TOOL, "cpp")
        paths = [str(SUPPORT), *filter(None, sys.path)]
        environment = {**os.environ, "KOKKOS_TOOLS_LIBS": tool, "PYTHONPATH": os.pathsep.join(paths)}
        done = subprocess.run(
            [sys.executable, "-c", program, device], env=environment, capture_output=True, text=True
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    return run


def test_memory_that_is_refused(run):
    out = run(PROGRAM)
    lines = out.splitlines()
    assert len(lines) == 5 and all(int(line.split(" refused ")[1].split()[0]) > 1 for line in lines), out


LOST = """
import numpy as np
from anisoap_md import Descriptor
from testing.helpers import TRICLINIC, random_atoms
import cupy

made = lambda device: Descriptor(4, "gto", 4.0, radial_gaussian_width=1.1, species=["C", "O"], device=device)
atoms, d = random_atoms(1, 30, TRICLINIC), made("cuda")
expected = d.power_spectrum(atoms)
rows = d.power_spectrum(atoms, on_device=True)
source = 'extern "C" __global__ void write(double* p) { *(double*)((char*)p + (1ll << 44)) = 1; }'
cupy.RawKernel(source, "write")((1,), (1,), (cupy.zeros(1),))
for one in (lambda: d, lambda: d, lambda: made("cuda")):
    try:
        one().power_spectrum(atoms)
        print("no error")
    except RuntimeError as error:
        print(error)
print("cpu", np.abs(made("cpu").power_spectrum(atoms) - expected).max() < 1e-12)
del rows, d
"""


def test_a_device_that_is_lost(run, device):
    """By a kernel of another package that writes where nothing is. What lies on it is left alone; the process ends in order."""
    if not device.startswith("cuda"):
        pytest.skip("a host is not lost")
    pytest.importorskip("cupy")
    *texts, last = run(LOST).splitlines()
    assert last == "cpu True" and len(texts) == 3
    for text in texts:
        assert text.startswith(
            "anisoap: device 'cuda:0' is lost to this process, by a kernel of any package that failed ("
        )
        assert text.endswith("); expected a new process, or device 'cpu' in this one")
