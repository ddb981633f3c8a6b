# SPDX-License-Identifier: MIT
"""The operators of torch: values of the core, derivatives by finite differences and by a power spectrum written in torch."""

import numpy as np
import pytest
from anisoap_md import ArgumentError, Descriptor, backends
from testing.helpers import TRICLINIC, assert_close, random_atoms

torch = pytest.importorskip("torch")

from anisoap_md.backends import pairs, tables  # noqa: E402
from anisoap_md.backends import torch as dense  # noqa: E402
from anisoap_md.torch import (  # noqa: E402
    AniSOAP,
    Frames,
    model_energy,
    power_spectrum,
    power_spectrum_change,
    power_spectrum_gradient,
)
from anisoap_md.torch.refused import DerivativeMissing  # noqa: E402
from scipy.spatial.transform import Rotation  # noqa: E402
from testing.training.labelled import linear_model  # noqa: E402

GIVEN = {"species": ["C", "O"], "num_threads": 1, "radial_gaussian_width": 1.1}


def atoms_of() -> list:
    return [random_atoms(1, 4, TRICLINIC), random_atoms(2, 2, TRICLINIC, pbc=[True, False, True])]


def smooth(**others) -> Descriptor:
    return Descriptor(2, "gto", 3.5, cutoff_function="cosine", cutoff_width=1.0, **GIVEN | others)


@pytest.fixture
def hypers() -> str:
    return smooth().to_json()


@pytest.fixture
def frames() -> Frames:
    return Frames.from_atoms(atoms_of())


def moving(frames: Frames) -> Frames:
    """With positions and quaternions that require gradients."""
    return frames._replace(
        positions=frames.positions.clone().requires_grad_(),
        quaternions=frames.quaternions.clone().requires_grad_(),
    )


@pytest.mark.parametrize("symmetric", (True, False))
def test_rows_are_those_of_the_descriptor(frames, symmetric):
    descriptor = smooth()
    module = AniSOAP(descriptor, symmetric)
    rows = module(frames)
    assert module.n_features == rows.shape[1] and module.species == (6, 8)
    assert_close(rows.numpy(), descriptor.power_spectrum(atoms_of(), symmetric=symmetric), 1e-14)


def test_single_precision(hypers):
    rows = power_spectrum(*moving(Frames.from_atoms(atoms_of(), dtype=torch.float32)), hypers)
    assert rows.dtype == torch.float32
    expected = smooth().power_spectrum(atoms_of(), symmetric=True)
    assert_close(rows.detach().numpy(), expected, 1e-4)
    rows.sum().backward()


def test_derivatives_by_finite_differences(frames, hypers):
    x, q = moving(frames)[:2]
    assert torch.autograd.gradcheck(
        lambda x, q: power_spectrum(x, q, *frames[2:], hypers), (x, q), fast_mode=True
    )


def test_derivatives_of_the_derivatives_by_finite_differences(frames, hypers):
    n_features = power_spectrum(*frames, hypers).shape[1]
    generator = torch.Generator().manual_seed(0)
    weights = torch.randn(6, n_features, dtype=torch.float64, generator=generator, requires_grad=True)
    moves, turns = (
        torch.randn(6, 3, dtype=torch.float64, generator=generator, requires_grad=True) for _ in "ab"
    )
    back = (lambda w: power_spectrum_gradient(w, *frames, hypers), (weights,))
    forth = (lambda m, t: power_spectrum_change(m, t, *frames, hypers), (moves, turns))
    for function, inputs in (back, forth):
        assert torch.autograd.gradcheck(function, inputs)
        assert torch.autograd.gradgradcheck(function, inputs, fast_mode=True)


@pytest.mark.parametrize(
    "basis", ({"basis": "gto", "width": 1.1}, {"basis": "monomial"}), ids=("gto", "monomial")
)
def test_gradients_are_those_of_a_power_spectrum_written_in_torch(basis):
    """Automatic differentiation through moments, contraction and quaternions of any norm."""
    atoms = atoms_of()
    options = backends.Options(l_max=3, cutoff=3.5, species=["C", "O"], **basis)
    descriptor = Descriptor(species=["C", "O"], **options.hypers())
    frames = moving(Frames.from_atoms(atoms))
    weights = torch.randn(6, AniSOAP(descriptor, False).n_features, dtype=torch.float64)
    (AniSOAP(descriptor, False)(frames) * weights).sum().backward()

    (batch,) = pairs.batches(pairs.read(atoms, options), options.cutoff)
    x, q = (t.detach().clone().requires_grad_() for t in frames[:2])
    particles = pairs.Particles(x, q, *map(torch.from_numpy, batch.particles[2:]))
    hypers = options.hypers()
    window = 0.0 if options.width is None else options.width**-2
    contraction = [torch.from_numpy(table) for table in tables.contraction(hypers)]
    own = dense.power_spectrum(
        particles,
        pairs.Pairs(*map(torch.from_numpy, batch.pairs)),
        window,
        contraction,
        tables.degree(hypers),
        2,
    )
    (own * weights).sum().backward()
    assert_close(frames.positions.grad.numpy(), x.grad.numpy(), 1e-11)
    assert_close(frames.quaternions.grad.numpy(), q.grad.numpy(), 1e-11)


def test_changes_are_those_of_moved_and_turned_particles(hypers):
    atoms = random_atoms(3, 5, TRICLINIC)
    frames, h = Frames.from_atoms(atoms), 1e-5
    moves, turns = np.random.default_rng(0).normal(size=(2, 5, 3))

    def rows(step: float) -> np.ndarray:
        moved = atoms.copy()
        moved.positions += step * moves
        q = Rotation.from_rotvec(step * turns) * Rotation.from_quat(np.roll(atoms.arrays["c_q"], -1, axis=1))
        moved.arrays["c_q"] = np.roll(q.as_quat(), 1, axis=1)
        return smooth().power_spectrum(moved, symmetric=True)

    got = power_spectrum_change(torch.from_numpy(moves), torch.from_numpy(turns), *frames, hypers)
    assert_close(got.numpy(), (rows(h) - rows(-h)) / (2 * h), 1e-7)


@pytest.mark.filterwarnings("ignore:The .grad attribute of a Tensor that is not a leaf")  # in torch itself
def test_operators_keep_torchs_rules(frames, hypers):
    document = linear_model(smooth()).to_json()
    n_features = power_spectrum(*frames, hypers).shape[1]
    weights = torch.randn(6, n_features, dtype=torch.float64, requires_grad=True)
    moves = torch.randn(6, 3, dtype=torch.float64, requires_grad=True)
    for operator, arguments in (
        (power_spectrum, (*moving(frames), hypers)),
        (power_spectrum_gradient, (weights, *frames, hypers)),
        (power_spectrum_change, (moves, moves, *frames, hypers)),
        (model_energy, (*moving(frames), document)),
    ):
        torch.library.opcheck(operator, arguments)


def test_models_go_back_to_positions_and_orientations():
    core = linear_model(smooth())
    frames = moving(Frames.from_atoms(atoms_of()))
    energies, forces, torques = model_energy(*frames, core.to_json())
    assert energies.shape == (2,) and not forces.requires_grad and not torques.requires_grad
    share = torch.tensor([1.0, 3.0], dtype=torch.float64)
    (energies * share).sum().backward()
    of_particle = torch.tensor([1.0] * 4 + [3.0] * 2, dtype=torch.float64)[:, None]
    assert_close(frames.positions.grad.numpy(), (-of_particle * forces).numpy(), 1e-14)

    def energy(q: torch.Tensor) -> torch.Tensor:
        return model_energy(frames.positions.detach(), q, *frames[2:], core.to_json())[0]

    assert torch.autograd.gradcheck(energy, (frames.quaternions,), fast_mode=True)


def test_second_derivatives_in_positions_are_errors(frames, hypers):
    here = moving(frames)
    rows = power_spectrum(*here, hypers)
    for target in here[:2]:
        (first,) = torch.autograd.grad((rows**2).sum(), target, create_graph=True)
        with pytest.raises(DerivativeMissing, match="second derivatives in positions"):
            first.sum().backward()
    energies = model_energy(*here, linear_model(smooth()).to_json())[0]
    (first,) = torch.autograd.grad(energies.sum(), here.positions, create_graph=True)
    with pytest.raises(DerivativeMissing, match="second derivatives in positions"):
        (first**2).sum().backward()


def test_derivatives_by_other_arguments_are_errors(frames, hypers):
    sizes = frames._replace(diameters=frames.diameters.clone().requires_grad_())
    with pytest.raises(DerivativeMissing, match="derivatives in diameters"):
        power_spectrum(*sizes, hypers).sum().backward()
    cells = frames._replace(cells=frames.cells.clone().requires_grad_())
    with pytest.raises(DerivativeMissing, match="derivatives in cells"):
        model_energy(*cells, linear_model(smooth()).to_json())[0].sum().backward()


def test_bad_input(frames, hypers):
    with pytest.raises(ArgumentError, match="dtype of positions, got torch.int64"):
        power_spectrum(frames.positions.long(), *frames[1:], hypers)
    with pytest.raises(ArgumentError, match="shape of quaternions"):
        power_spectrum(frames.positions, frames.quaternions[:, :3], *frames[2:], hypers)
    with pytest.raises(ArgumentError, match="counts"):
        power_spectrum(*frames._replace(counts=frames.counts + 1), hypers)
    with pytest.raises(ArgumentError, match="weights, got a number that is not finite"):
        power_spectrum_gradient(
            torch.full((6, power_spectrum(*frames, hypers).shape[1]), torch.nan), *frames, hypers
        )
    with pytest.raises(ArgumentError, match=r"shape of weights, got \(6, 1\)"):
        power_spectrum_gradient(torch.ones(6, 1), *frames, hypers)
    with pytest.raises(ArgumentError, match="species"):
        power_spectrum(*frames._replace(numbers=frames.numbers + 1), hypers)
    with pytest.raises(ArgumentError, match="species, got None before the first call"):
        AniSOAP(smooth(species=None))


def test_on_a_device(device, frames, hypers):
    """Rows by the device, where it is one of torch; gradients come back there."""
    if not torch.cuda.is_available() or not device.startswith("cuda"):
        pytest.skip("torch finds no GPU, or the build has none")
    there = moving(Frames.from_atoms(atoms_of(), device=device))
    here = moving(frames)
    for one in (here, there):
        (power_spectrum(*one, hypers) ** 2).sum().backward()
    assert there.positions.grad.is_cuda
    assert_close(there.positions.grad.cpu().numpy(), here.positions.grad.numpy(), 1e-11)
    assert_close(there.quaternions.grad.cpu().numpy(), here.quaternions.grad.numpy(), 1e-11)
    document = linear_model(smooth()).to_json()
    for got, expected in zip(model_energy(*there, document), model_energy(*here, document), strict=True):
        assert_close(got.detach().cpu().numpy(), expected.detach().numpy(), 1e-10)
