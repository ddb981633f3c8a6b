# SPDX-License-Identifier: MIT
"""Files that cannot be written, and commands that are ended while they write: an error that names the file, nothing is left."""

import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import h5py
import numpy as np
import pytest
from anisoap_md import write_frames
from anisoap_md.io.features import Hdf5Writer
from testing.helpers import TRICLINIC, random_atoms

DESCRIBE = "describe in.xyz --max-angular 4 --cutoff-radius 4 --radial-gaussian-width 1.2 --quiet -o"
OUTPUTS = {
    "features.npz": f"command({DESCRIBE!r}, 'features.npz')",
    "features.h5": f"command({DESCRIBE!r}, 'features.h5')",
    "features.xyz": f"command({DESCRIBE!r}, 'features.xyz')",
    "frames.xyz": "write_frames('frames.xyz', read_frames('in.xyz'))",
    "frames.traj": "write_frames('frames.traj', read_frames('in.xyz'))",
    "model.json": "whole('model.json').to_json('model.json')",
    "report.png": "image('report.png')",
}
# A limit on the size of files in place of a full disk: write(2) fails likewise, whatever library calls it.
PROGRAM = """
import resource
import sys
import h5py
from anisoap_md import Descriptor, read_frames, write_frames
from anisoap_md.cli.main import main
from anisoap_md.common.files import whole_file
from matplotlib.figure import Figure

def command(words, path):
    sys.exit(main([*words.split(), path]))

def whole(path):
    resource.setrlimit(resource.RLIMIT_FSIZE, (10, 10))
    return Descriptor(4, "gto", 4.0, radial_gaussian_width=1.2, species=["C"])

def image(path):
    figure = Figure()
    figure.subplots().imshow([[k * j % 7 for k in range(99)] for j in range(99)])
    with whole_file(path) as temporary:
        figure.savefig(temporary)

resource.setrlimit(resource.RLIMIT_FSIZE, (3000, 3000))
try:
    STATEMENT
except OSError as error:
    sys.exit(f"anisoap-md: error: {error}")
"""


@pytest.fixture
def folder(tmp_path):
    write_frames(tmp_path / "in.xyz", [random_atoms(k, 40, 3 * TRICLINIC) for k in range(12)])
    return tmp_path


@pytest.mark.parametrize("name", OUTPUTS)
def test_a_full_disk_is_an_error_that_names_the_file(folder, name):
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM.replace("STATEMENT", OUTPUTS[name])],
        cwd=folder,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1] == f"anisoap-md: error: [Errno 27] File too large: '{name}'"
    assert os.listdir(folder) == ["in.xyz"]


def test_a_file_that_is_there_stays_when_the_new_one_cannot_be_written(folder):
    (folder / "frames.xyz").write_text("old")
    program = PROGRAM.replace("STATEMENT", OUTPUTS["frames.xyz"])
    done = subprocess.run([sys.executable, "-c", program], cwd=folder, capture_output=True)
    assert done.returncode == 1
    assert (folder / "frames.xyz").read_text() == "old"


@pytest.mark.parametrize(
    "name, number",
    [("features.xyz", signal.SIGTERM), ("features.xyz", signal.SIGHUP), ("features.h5", signal.SIGTERM)],
)
def test_a_signal_during_a_write_leaves_nothing(folder, name, number):
    """The temporary file is there from the first batch of frames on; the others take seconds."""
    text = (folder / "in.xyz").read_text()
    with (folder / "in.xyz").open("a") as file:
        for _ in range(300):
            file.write(text)
    words = DESCRIBE.replace("--max-angular 4", "--max-angular 7").split()
    process = subprocess.Popen(
        [sys.executable, "-m", "anisoap_md", *words, name], cwd=folder, stderr=subprocess.PIPE, text=True
    )
    try:
        deadline = time.monotonic() + 60
        while not [p for p in folder.iterdir() if p.name.startswith(".")]:
            assert process.poll() is None and time.monotonic() < deadline, "the temporary file was not seen"
            time.sleep(0.005)
        process.send_signal(number)
        _, error = process.communicate(timeout=60)
    finally:
        process.kill()
    assert process.returncode == 128 + number
    assert error.splitlines()[-1] == f"anisoap-md: ended by {number.name}"
    assert os.listdir(folder) == ["in.xyz"]


# Signals within the k-th call of HDF5 to the file, once or twice; k = 0 is none. A process for all k.
WITHIN_HDF5 = f"""
import os
import signal
import sys
import numpy as np
from anisoap_md import read_frames, write_frames
from anisoap_md.cli.main import main
from anisoap_md.frames import batches
from anisoap_md.io.features import _Disk

METHOD, NUMBER, TIMES, STATUS = sys.argv[1], *map(int, sys.argv[2:])
batches.MOST_PARTICLES = 160  # three batches
signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background job has it ignored
real, calls, at = getattr(_Disk, METHOD), 0, 0

def method(self, *arguments):
    global calls
    calls += 1
    if calls == at:
        for _ in range(TIMES):
            signal.raise_signal(NUMBER)
    return real(self, *arguments)

setattr(_Disk, METHOD, method)

def status(k):
    global calls, at
    calls, at = 0, k
    return main([*{DESCRIBE!r}.split(), "out.h5"])

assert status(0) == 0
n = calls
os.remove("out.h5")
assert n > 20
for k in sorted({{*range(1, 8), *range(8, n, 5), n - 2, n - 1, n}}):
    found = status(k)
    assert (found, os.listdir()) == (STATUS, ["in.xyz"]), f"{{k}} of {{n}}: {{found}}, {{os.listdir()}}"
assert status(n + 1) == 0
"""


@pytest.mark.parametrize("method", ["write", "seek"])
@pytest.mark.parametrize(
    "number, times", [(signal.SIGTERM, 1), (signal.SIGHUP, 1), (signal.SIGINT, 1), (signal.SIGINT, 2)]
)
def test_signals_within_hdf5_end_the_command(folder, method, number, times):
    """HDF5 drops what is raised where it calls back: a status of 0 and a file of wrong numbers, or a crash."""
    words = [method, *(str(int(n)) for n in (number, times, 128 + number))]
    done = subprocess.run(
        [sys.executable, "-c", WITHIN_HDF5, *words], cwd=folder, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr


def test_hdf5_is_written_from_other_threads_too(tmp_path):
    """Handlers of signals can be set in the main thread alone."""
    rows, counts = np.random.default_rng(3).normal(size=(7, 5)), np.array([3, 4])

    def write():
        writer = Hdf5Writer(tmp_path / "out.h5", np.arange(5), {"hypers": "{}"})
        writer.add([], rows[:3], counts[:1])
        writer.add([], rows[3:], counts[1:])
        writer.finish()
        writer.close()

    with ThreadPoolExecutor(1) as pool:
        pool.submit(write).result()
    with h5py.File(tmp_path / "out.h5") as file:
        assert (file["features"][:] == rows).all() and (file["n_particles"][:] == counts).all()
        assert (file["labels"][:] == np.arange(5)).all() and file.attrs["hypers"] == "{}"
