# SPDX-License-Identifier: MIT
"""Potentials of torch: training through their weights, export, compilation."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from anisoap_md import ArgumentError, Model
from anisoap_md.common.errors import UnknownSpecies
from testing.helpers import assert_close, skip
from testing.training.labelled import frames, small_descriptor

torch = pytest.importorskip("torch")

from anisoap_md.torch import AniSOAP, Frames, Potential, to_model  # noqa: E402
from anisoap_md.torch.refused import DerivativeMissing  # noqa: E402

ROOT = Path(__file__).parents[3]


@pytest.fixture
def device_of_torch(pytestconfig) -> str:
    """That of this run where torch has it."""
    given = pytestconfig.getoption("--device")
    return given if given.startswith("cuda") and torch.cuda.is_available() else "cpu"


def potential(**others) -> Potential:
    torch.manual_seed(0)
    made = Potential(small_descriptor(), **{"widths": [6, 5], "components": 7, "density_scale": 0.8} | others)
    batch = Frames.from_atoms(frames(4), dtype=others.get("dtype", torch.float64))
    made.standardise(batch, torch.tensor([1.0, 2.0, 3.0, 4.0]))
    return made


def assert_same(found, expected, bound: float) -> None:
    for got, values in zip(found, expected, strict=True):
        assert_close(got.detach().numpy(), values, bound)


@pytest.mark.parametrize("widths", ([4], [6, 5, 4]), ids=len)
def test_exports_predict_the_same(widths, tmp_path):
    made, some = potential(widths=widths), frames(3, seed=1)
    to_model(made, "lj").save(tmp_path / "model.json")
    model = Model.load(tmp_path / "model.json")
    found = model.predict(some)
    assert model.units == "lj" and model.density_scale == 0.8
    assert_same(made(Frames.from_atoms(some)), (found.energy, found.forces, found.torques), 1e-10)


def test_a_loss_on_forces_and_torques_goes_back_to_the_weights():
    """By finite differences in every weight, along one direction."""
    made, batch = potential(), Frames.from_atoms(frames(3))

    def loss() -> torch.Tensor:
        found = made(batch)
        return found.energies.square().sum() + 2 * found.forces.square().sum() + found.torques.pow(3).sum()

    loss().backward()
    weights = list(made.parameters())
    ways = [torch.randn_like(w) for w in weights]
    expected = sum(float((w.grad * way).sum()) for w, way in zip(weights, ways, strict=True))

    def moved(step: float) -> float:
        with torch.no_grad():
            for w, way in zip(weights, ways, strict=True):
                w += step * way
            value = float(loss())
            for w, way in zip(weights, ways, strict=True):
                w -= step * way
        return value

    h = 1e-5
    assert np.isclose((moved(h) - moved(-h)) / (2 * h), expected, rtol=1e-7)
    assert abs(expected) > 1e-3


def test_training_on_forces_and_torques_finds_another_potential():
    torch.manual_seed(1)
    teacher, learner = potential(widths=[4]), potential(widths=[8])
    with torch.no_grad():
        for w in learner.parameters():
            w += 0.3 * torch.randn_like(w)
    batch = Frames.from_atoms(frames(12))
    targets = [t.detach() for t in teacher(batch)[1:]]
    optimizer = torch.optim.Adam(learner.parameters(), lr=0.02)
    losses = []
    for _ in range(150):
        optimizer.zero_grad()
        found = learner(batch)[1:]
        loss = sum(((got - t) ** 2).mean() / t.var() for got, t in zip(found, targets, strict=True))
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    assert losses[-1] < 0.05 * losses[0]


def test_forces_of_networks_of_ones_own():
    """Slopes by columns of the whole power spectrum, and of the symmetric one, are the same forces."""
    batch = Frames.from_atoms(frames(2))
    x = batch.positions.clone().requires_grad_()
    for symmetric in (True, False):
        module = AniSOAP(small_descriptor(), symmetric)
        rows = module(batch._replace(positions=x)).detach().requires_grad_()
        (slopes,) = torch.autograd.grad((rows**2).sum(), rows)
        forces, torques = module.forces(batch, slopes)
        (expected,) = torch.autograd.grad((module(batch._replace(positions=x)) ** 2).sum(), x)
        assert_close(forces.numpy(), -expected.numpy(), 1e-12)
        assert torques.abs().max() > 0


def test_energies_go_back_to_positions_and_forces_refuse_to():
    made, batch = potential(), Frames.from_atoms(frames(2))
    here = batch._replace(positions=batch.positions.clone().requires_grad_())
    found = made(here)
    (gradient,) = torch.autograd.grad(found.energies.sum(), here.positions)
    assert_close(gradient.numpy(), -found.forces.detach().numpy(), 1e-12)
    with pytest.raises(DerivativeMissing, match="second derivatives in positions"):
        made(here).forces.sum().backward()


def test_a_species_without_particles():
    made, some = potential(), frames(2, numbers=(6,))
    found = to_model(made).predict(some)
    assert_same(made(Frames.from_atoms(some)), (found.energy, found.forces, found.torques), 1e-10)


@pytest.mark.parametrize("species", (["C"], ["C", "O"]), ids=len)
def test_particles_of_no_species_are_refused(species):
    made = Potential(small_descriptor(species=species), widths=[3], components=4)
    batch = Frames.from_atoms(frames(1, numbers=(6,)))
    numbers = batch.numbers.clone()
    numbers[1] = 7
    rows = made.descriptor(batch)
    text = r"particle 1: species \(atomic number\), got 7; expected one of species = \[6"
    for call in (lambda: made(batch._replace(numbers=numbers)), lambda: made.local_energies(rows, numbers)):
        with pytest.raises(UnknownSpecies, match=text):
            call()
    energies, _ = made.local_energies(rows, batch.numbers)
    assert_close(energies.sum().detach().numpy(), made(batch).energies[0].detach().numpy(), 1e-14)


def test_single_precision():
    single, double = potential(dtype=torch.float32), potential()
    single.load_state_dict(double.state_dict())
    some = frames(3)
    got, expected = single(Frames.from_atoms(some, dtype=torch.float32)), double(Frames.from_atoms(some))
    assert all(t.dtype == torch.float32 for t in got)
    assert_same(got, [t.detach().numpy() for t in expected], 1e-3)


@pytest.mark.filterwarnings("ignore")  # of the compiler itself
@pytest.mark.parametrize("backend", ["aot_eager", "inductor"])
def test_compiled_whole(backend, tmp_path, monkeypatch):
    """In one graph, forth and back; inductor writes and compiles C++ of what lies between the operators."""
    if backend == "inductor" and shutil.which(os.environ.get("CXX", "g++")) is None:
        skip("no C++ compiler, which inductor needs")
    monkeypatch.setenv("TORCHINDUCTOR_CACHE_DIR", str(tmp_path))
    torch.compiler.reset()
    made, batch = potential(), Frames.from_atoms(frames(3))
    compiled = torch.compile(made, fullgraph=True, backend=backend)
    assert_same(compiled(batch), [t.detach().numpy() for t in made(batch)], 1e-13)
    grads = []
    for one in (compiled, made):
        made.zero_grad()
        found = one(batch)
        (found.forces.square().sum() + found.torques.square().sum()).backward()
        grads.append([torch.zeros_like(w) if w.grad is None else w.grad for w in made.parameters()])
    for got, expected in zip(*grads, strict=True):
        assert_close(got.numpy(), expected.numpy(), 1e-11)
    assert bool(list(tmp_path.rglob("*.cpp"))) == (backend == "inductor")


def test_modules_are_saved_and_loaded(tmp_path):
    made, batch = potential(), Frames.from_atoms(frames(2))
    torch.save(made.state_dict(), tmp_path / "weights.pt")
    other = Potential(small_descriptor(), widths=[6, 5], components=7, density_scale=0.8)
    other.load_state_dict(torch.load(tmp_path / "weights.pt", weights_only=True))
    assert_same(other(batch), [t.detach().numpy() for t in made(batch)], 0)
    assert "species" in repr(other)


def test_bad_input():
    for name, value in (("widths", []), ("widths", [3, 0]), ("components", 0), ("density_scale", 0.0)):
        with pytest.raises(ArgumentError, match=name):
            Potential(small_descriptor(), **{name: value})
    with pytest.raises(ArgumentError, match="dtype of positions, got torch.float32; expected torch.float64"):
        potential()(Frames.from_atoms(frames(1), dtype=torch.float32))
    with pytest.raises(ArgumentError, match="cutoff_function"):
        to_model(Potential(small_descriptor(cutoff_function="none", cutoff_width=None)))
    made = potential()
    with torch.no_grad():
        made.networks[0].layers[0].weight[0, 0] = torch.nan
    with pytest.raises(ArgumentError):
        to_model(made)


def test_the_package_imports_no_torch():
    code = (
        "import sys, anisoap_md, anisoap_md.backends as b; [getattr(anisoap_md, n) for n in anisoap_md.__all__];"
        "[b.get(n) for n in b.NAMES]; sys.exit('torch' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], env=os.environ).returncode == 0


EXAMPLE = [sys.executable, ROOT / "examples" / "06_torch" / "train.py", "--output", "model.json"]


@pytest.mark.parametrize("name", ["cuda", "gpu"])
def test_the_example_refuses_devices_that_are_not_there(tmp_path, name):
    if name == "cuda" and torch.cuda.is_available():
        pytest.skip("there is one")
    done = subprocess.run([*EXAMPLE, "--device", name], cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 2 and f"argument --device: got '{name}' (" in done.stderr
    assert not list(tmp_path.iterdir())


def test_the_example_trains_and_exports(tmp_path, device_of_torch):
    command = [*EXAMPLE, "--steps", "25", "--device", device_of_torch]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stdout + done.stderr
    losses = [float(line.split()[-1]) for line in done.stdout.splitlines() if line.startswith("step")]
    assert losses[-1] < 0.8 * losses[0]
    assert Model.load(tmp_path / "model.json").species == ["C"]
    assert float(done.stdout.split("largest difference from torch")[1].split()[0]) < 1e-10
