# SPDX-License-Identifier: MIT
"""Training of networks by torch, and that the core evaluates what was trained."""

import sys

import numpy as np
import pytest
import torch
from anisoap_md import _core
from anisoap_md.common.execution import Execution
from anisoap_md.data import species_pairs as _two_body
from anisoap_md.data.dataset import Dataset, Labels, Scales
from anisoap_md.data.environments import Environments
from anisoap_md.frames.stress import symmetric_voigt
from anisoap_md.training.networks import joint as _torch_joint
from anisoap_md.training.networks import many_body as _torch_committee
from anisoap_md.training.networks import train as _networks
from anisoap_md.training.networks import trainer as _torch_training
from anisoap_md.training.networks import two_body as _torch_two_body
from anisoap_md.training.networks.network import SiluNetwork
from anisoap_md.training.networks.options import NetworkOptions, PairNetworkOptions
from anisoap_md.training.problem import Problem
from testing.helpers import make_atoms, random_atoms

TARGETS = ("energy", "forces", "torques", "stress")
WEIGHTS = dict.fromkeys(TARGETS, 1.0)
HYPERS = {
    "max_angular": 2,
    "radial_basis_name": "gto",
    "radial_gaussian_width": 1.5,
    "cutoff_radius": 3.5,
    "cutoff_function": "cosine",
    "cutoff_width": 1.0,
}


def model_of(species, two_body=None, local=None, offsets=None) -> _core.Model:
    model = _core.Model()
    model.hypers = _core.Hypers(species=species, **HYPERS)
    if two_body is not None:
        model.two_body = two_body
    model.local = local or [_core.LocalEnergy() for _ in species]
    for entry, offset in zip(model.local, offsets or [], strict=False):
        entry.offset = offset
    if offsets:
        model.local = [with_offset(offset) for offset in offsets]
    model.validate()
    return model


def with_offset(offset: float) -> _core.LocalEnergy:
    local = _core.LocalEnergy()
    local.offset = offset
    return local


def labels_by(model: _core.Model, frames, numbers) -> list[Labels]:
    potential = _core.Potential(model)
    out = []
    for atoms in frames:
        r = potential.compute([atoms], numbers)
        out.append(Labels(float(r["energy"][0]), r["forces"], r["torques"], symmetric_voigt(r["virial"][0])))
    return out


def liquid(seed: int, n_frames: int, numbers=(6,), diameters=(1.0, 1.0, 1.6), n=16):
    """Random frames without close contacts; one row of diameters per species."""
    rows = np.broadcast_to(np.array(diameters, float), (len(numbers), 3))
    generator = np.random.default_rng(seed)
    frames = []
    for _ in range(n_frames):
        grid = np.array(list(np.ndindex(3, 3, 3)))[generator.permutation(27)[:n]] * 2.2
        kinds = [numbers[p % len(numbers)] for p in range(n)]
        sizes = np.array([rows[numbers.index(z)] for z in kinds])
        positions = grid + generator.uniform(-0.15, 0.15, (n, 3))
        frames.append(make_atoms(kinds, positions, generator.normal(size=(n, 4)), sizes, [6.6] * 3, True))
    return frames


def known_two_body(n_species: int, bodies, seed: int = 3) -> _core.TwoBody:
    """Small random networks on standardised inputs."""
    two_body = _core.TwoBody()
    two_body.cutoff, two_body.width = 4.0, 1.5
    two_body.species = [_core.TwoBodySpecies(*b) for b in bodies]
    pairs = []
    for a in range(n_species):
        for b in range(a, n_species):
            pair = _core.TwoBodyPair()
            pair.species, pair.length = (a, b), 1.2
            pairs.append(pair)
    two_body.pairs = pairs
    generator = np.random.default_rng(seed)
    for k, pair in enumerate(pairs):
        n = two_body.n_inputs(k)
        widths = [n, 8, 1]
        pair.shift, pair.scale = generator.normal(size=n) * 0.3, generator.uniform(0.2, 0.6, n)
        size = 8 * n + 8 + 8 + 1
        pair.networks = [_core.Network(widths, generator.normal(size=size) * 0.4) for _ in range(2)]
    two_body.pairs = pairs
    return two_body


def dataset(frames, labels, targets=TARGETS) -> Dataset:
    kept = [Labels(**{t: getattr(x, t) for t in targets}) for x in labels]
    return Dataset(list(frames), kept, tuple(targets))


def relative_error(got: list[Labels], expected: list[Labels], target: str) -> float:
    a = np.concatenate([np.ravel(getattr(x, target)) for x in got])
    b = np.concatenate([np.ravel(getattr(x, target)) for x in expected])
    return float(np.sqrt(np.mean((a - b) ** 2)) / np.std(b))


@pytest.fixture(scope="module")
def one_species():
    frames = liquid(1, 14)
    reference = model_of(["C"], known_two_body(1, [("uniaxial", 2)]), offsets=[-2.5])
    return frames, labels_by(reference, frames, [6])


def around(species, density_scale=1.0) -> Environments:
    names = ["CNO"[z - 6] for z in species]
    return Environments(_core.Hypers(species=names, **HYPERS), species, density_scale)


def problem_of(data, environments, weights=None, scales=None, seed=0) -> Problem:
    given = weights or WEIGHTS, scales or Scales(), seed, Execution()
    return Problem(data, data.subset([]), environments.species, environments, *given)


def two_body_of(data, species, weights=None, scales=None, seed=0, **options):
    problem = problem_of(data, around(species), weights, scales, seed)
    return _networks.train_two_body(problem, PairNetworkOptions.read("two_body", options))


def committee_of(data, environments, weights=None, scales=None, seed=0, **options):
    problem = problem_of(data, environments, weights, scales, seed)
    return _networks.train_committee(problem, NetworkOptions.read("networks", options))


def trained(frames, labels, **options):
    data = dataset(frames, labels)
    given = {"cutoff": 4.0, "width": 1.5, "widths": (16,), **options}
    return two_body_of(data, (6,), scales=Scales.of(data, (6,)), **given)


def test_two_body_term_learns_a_known_one(one_species):
    frames, labels = one_species
    two_body = trained(frames[:10], labels[:10], steps=400, learning_rate=0.02, batch_particles=40)
    assert [(s.symmetry, s.axis) for s in two_body.species] == [("uniaxial", 2)]
    assert two_body.pairs[0].length == pytest.approx(1.0)
    found = labels_by(model_of(["C"], two_body), frames[10:], [6])
    for target in ("forces", "torques", "stress"):
        assert relative_error(found, labels[10:], target) < 0.25, target


def test_constants_of_networks_are_those_of_least_squares_on_the_forces(one_species, monkeypatch):
    """A constant that is added is taken off again, and the trainer has solved for it already."""
    frames, labels = one_species
    seen = recorded(monkeypatch, _torch_two_body)
    trained(frames[:3], labels[:3], steps=3, dtype="float64")
    net = seen["members"][0][0]
    before = net.exported().parameters[-1]
    net.add_constant(3.0)
    assert net.exported().parameters[-1] == pytest.approx(before + 3.0)
    seen["trainer"]._solve_constants([net])
    assert net.exported().parameters[-1] == pytest.approx(before, abs=1e-9)


def test_same_seed_same_networks_and_another_seed_other_ones(one_species):
    frames, labels = one_species
    a, b, c = (
        trained(frames[:2], labels[:2], steps=5, seed=s).pairs[0].networks[0].parameters for s in (1, 1, 2)
    )
    assert np.array_equal(a, b)
    assert not np.allclose(a, c)


def test_committee_members_differ(one_species):
    frames, labels = one_species
    pair = trained(frames[:2], labels[:2], steps=3, n_networks=3).pairs[0]
    assert len(pair.networks) == 3
    assert not np.allclose(pair.networks[0].parameters, pair.networks[2].parameters)


def test_samples_that_do_not_fit_are_made_again(one_species, monkeypatch):
    frames, labels = one_species
    kept = trained(frames[:3], labels[:3], steps=8).pairs[0].networks[0].parameters
    monkeypatch.setattr(_torch_training, "_MEMORY", 0)
    assert np.array_equal(kept, trained(frames[:3], labels[:3], steps=8).pairs[0].networks[0].parameters)


def test_weights_of_the_smallest_held_out_error_are_kept(one_species, monkeypatch):
    """Errors are made up: the second of them is the smallest."""
    frames, labels = one_species
    errors, seen = iter([3.0, 1.0, 2.0, 4.0]), []

    def held_error(self, member, offsets):
        seen.append(member[0].exported().parameters)
        return next(errors, 5.0)

    monkeypatch.setattr(_torch_training.Trainer, "_held_error", held_error)
    two_body = trained(frames[:6], labels[:6], steps=10, validation=0.3)
    assert len(seen) == 10
    assert np.array_equal(
        two_body.pairs[0].networks[0].parameters[:-1], seen[1][:-1]
    )  # the last is solved for


def test_held_out_error_is_that_of_frames_that_are_not_trained_on(one_species, monkeypatch):
    """Labels so large that predictions do not count beside them."""
    frames, labels = one_species
    data = Dataset(frames[:8], [Labels(torques=x.torques * 1e6) for x in labels[:8]], ("torques",))
    errors: list[float] = []
    monkeypatch.setattr(_torch_training.Best, "offer", lambda self, error: errors.append(error))
    options = {"cutoff": 4.0, "width": 1.5, "widths": (4,), "steps": 2, "validation": 0.5}
    two_body_of(data, (6,), {"torques": 1.0}, seed=4, **options)
    held = np.random.default_rng(4).permutation(8)[:4]
    assert errors[-1] == pytest.approx(np.mean([data.labels[k].torques ** 2 for k in held]), rel=1e-3)


@pytest.fixture(scope="module")
def two_species():
    """Spheres and bodies with three different axes."""
    frames = liquid(2, 3, (6, 8), [[1.3, 1.3, 1.3], [0.9, 1.2, 1.8]])
    reference = model_of(["C", "O"], known_two_body(2, [("sphere", 2), ("biaxial", 2)]), offsets=[-1.0, 2.0])
    return dataset(frames, labels_by(reference, frames, [6, 8]))


@pytest.mark.parametrize(("dtype", "bound"), [("float64", 1e-10), ("float32", 1e-4)])
def test_core_evaluates_the_two_body_term_as_torch_does(two_species, monkeypatch, dtype, bound):
    seen = recorded(monkeypatch, _torch_two_body)
    options = {"cutoff": 4.0, "width": 1.5, "widths": (8, 6), "steps": 4, "dtype": dtype}
    two_body = two_body_of(two_species, (6, 8), **options)
    assert [(s.symmetry, p.species) for s, p in zip(two_body.species, two_body.pairs[:2], strict=True)] == [
        ("sphere", (0, 0)),
        ("biaxial", (0, 1)),
    ]
    model = model_of(["C", "O"], two_body)
    compare_with_torch(two_species, model, seen, (6, 8), bound, np.zeros(2))


@pytest.mark.parametrize(("dtype", "bound"), [("float64", 1e-10), ("float32", 1e-4)])
def test_core_evaluates_the_committee_as_torch_does(two_species, monkeypatch, dtype, bound):
    seen = recorded(monkeypatch, _torch_committee)
    local = committee_of(
        two_species,
        around((6, 8), 0.8),
        components=7,
        widths=(6,),
        n_networks=1,
        steps=4,
        dtype=dtype,
        validation=0.0,
    )
    assert [len(n.widths) for entry in local for n in entry.networks] == [3, 3]
    model = model_of(["C", "O"], local=local)
    model.density_scale = 0.8
    compare_with_torch(two_species, model, seen, (6, 8), bound, np.array([entry.offset for entry in local]))


@pytest.mark.parametrize(("dtype", "bound"), [("float64", 1e-10), ("float32", 1e-4)])
def test_core_evaluates_both_terms_of_one_training_as_torch_does(two_species, monkeypatch, dtype, bound):
    seen = recorded(monkeypatch, _torch_joint)
    two_body, local = trained_jointly(two_species, (6, 8), density_scale=0.8, dtype=dtype)
    assert [[n.widths[1:] for n in pair.networks] for pair in two_body.pairs] == [[[5, 1]] * 2] * 3
    assert [[n.widths[1:] for n in entry.networks] for entry in local] == [[[6, 1]] * 2] * 2
    model = model_of(["C", "O"], two_body, local)
    model.density_scale = 0.8
    compare_with_torch(two_species, model, seen, (6, 8), bound, np.array([entry.offset for entry in local]))


def trained_jointly(data, species, density_scale=1.0, scales=None, **options):
    pairs = {"cutoff": 4.0, "width": 1.5, "widths": options.pop("pair_widths", (5,))}
    problem = problem_of(data, around(species, density_scale), scales=scales, seed=options.pop("seed", 0))
    small = {"widths": (6,), "components": 7, "n_networks": 2, "steps": 4, "validation": 0.0}
    read = PairNetworkOptions.read("two_body", pairs), NetworkOptions.read("networks", {**small, **options})
    return _networks.train_both(problem, *read)


def test_uncertainties_of_both_terms_are_finite(two_species):
    model = model_of(["C", "O"], *trained_jointly(two_species, (6, 8)))
    found = _core.Potential(model).compute(two_species.frames, (6, 8), uncertainties=True)["uncertainties"]
    assert np.isfinite(found).all() and found.min() > 0


def test_both_terms_repeat_with_their_seed(two_species):
    def weights(seed):
        two_body, local = trained_jointly(two_species, (6, 8), seed=seed)
        return [n.parameters for entry in (*two_body.pairs, *local) for n in entry.networks]

    first, again, other = weights(1), weights(1), weights(2)
    assert all(np.array_equal(a, b) for a, b in zip(first, again, strict=True))
    assert not any(np.allclose(a, b) for a, b in zip(first, other, strict=True))


def test_first_predictions_of_both_terms_are_of_one_size(two_species, monkeypatch):
    sizes = []

    def train(self, run, *others):
        member, sample = run.member, self._samples[0]
        with torch.no_grad():
            for part in (sample._pairs.predict(member[:3]), sample._environments.predict(member[3:])):
                sizes.append(float(part["forces"].pow(2).mean().sqrt()))
        return np.zeros(2)

    monkeypatch.setattr(_torch_training.Trainer, "_train", train)
    trained_jointly(two_species, (6, 8), scales=Scales(forces=5.0))
    assert sizes == pytest.approx([0.3 * 5.0] * 4, rel=1e-5)


def test_both_terms_at_once_learn_a_sum_better_than_one_after_the_other():
    """What the two-body term learns of the many-body energy when it is alone is no pair energy."""
    frames = liquid(5, 6, n=12)
    environments = Environments(_core.Hypers(species=["C"], **HYPERS), (6,))
    truth = model_of(["C"], known_two_body(1, [("uniaxial", 2)]), [known_linear(frames, environments, 0.3)])
    labels = labels_by(truth, frames, [6])
    data = dataset(frames, labels)
    scales = Scales.of(data, (6,))
    options = {"widths": (16,), "n_networks": 1, "steps": 300, "learning_rate": 0.01}
    two_body, local = trained_jointly(data, (6,), scales=scales, pair_widths=(16,), components=20, **options)
    at_once = labels_by(model_of(["C"], two_body, local), frames, [6])
    first = two_body_of(data, (6,), scales=scales, cutoff=4.0, width=1.5, **options)
    rest = data.minus(labels_by(model_of(["C"], first), frames, [6]))
    local = committee_of(rest, environments, scales=scales, components=20, validation=0.0, **options)
    one_by_one = labels_by(model_of(["C"], first, local), frames, [6])
    for target in ("forces", "torques", "stress"):
        error = relative_error(at_once, labels, target)
        assert error < 0.1 and error < 0.4 * relative_error(one_by_one, labels, target), target


def recorded(monkeypatch, module) -> dict:
    """What the trainer made: members, and how it makes samples."""
    seen: dict = {}

    class Recorder(_torch_training.Trainer):
        def __init__(self, problem, make, schedule, alone=None):
            seen["make"], seen["trainer"] = make, self
            super().__init__(problem, make, schedule, alone)

        def train_all(self, *arguments, **options):
            seen["members"], offsets = super().train_all(*arguments, **options)
            return seen["members"], offsets

    monkeypatch.setattr(module, "Trainer", Recorder)
    return seen


def compare_with_torch(data, model, seen, numbers, bound, offsets):
    expected = labels_by(model, data.frames, numbers)
    with torch.no_grad():
        parts = [seen["make"]([0, 1, 2]).predict(member) for member in seen["members"]]
    found = {target: torch.stack([part[target] for part in parts]).mean(dim=0) for target in TARGETS}
    counts = np.array([[np.count_nonzero(a.numbers == z) for z in numbers] for a in data.frames])
    energies = found["energy"].double().numpy() + counts @ offsets
    for target, values in {**{t: v.double().numpy() for t, v in found.items()}, "energy": energies}.items():
        wanted = np.concatenate([np.atleast_1d(getattr(x, target)).ravel() for x in expected])
        assert np.abs(wanted).max() > 0, target
        np.testing.assert_allclose(values.ravel(), wanted, rtol=0, atol=bound * np.abs(wanted).max())


def known_linear(frames, environments, size: float = 1.0) -> _core.LocalEnergy:
    """Random weights of the standardised power spectrum."""
    spread = np.concatenate([environments.features(a) for a in frames])
    local = with_offset(-3.0)
    local.kind = "linear"
    local.shift, local.scale = spread.mean(axis=0), 1 / spread.std(axis=0)
    local.weights = size * np.random.default_rng(0).normal(size=spread.shape[1])
    return local


def test_committee_learns_a_known_many_body_energy():
    frames = liquid(5, 10, n=12)
    environments = Environments(_core.Hypers(species=["C"], **HYPERS), (6,))
    labels = labels_by(model_of(["C"], local=[known_linear(frames, environments)]), frames, [6])
    data = dataset(frames[:8], labels[:8])
    found = committee_of(
        data,
        environments,
        scales=Scales.of(data, (6,)),
        widths=(16,),
        n_networks=2,
        steps=300,
        validation=0.0,
    )
    assert found[0].kind == "networks" and len(found[0].networks) == 2
    predicted = labels_by(model_of(["C"], local=found), frames[8:], [6])
    for target in ("energy", "forces", "torques"):
        assert relative_error(predicted, labels[8:], target) < 0.3, target


def test_members_of_a_committee_agree_on_the_mean_energy(one_species):
    """Each has offsets of its own, which its networks take in: members that were not trained agree on nothing else."""
    frames, labels = one_species
    data = dataset(frames[:4], labels[:4])
    environments = Environments(_core.Hypers(species=["C"], **HYPERS), (6,))
    options = {"n_networks": 3, "widths": (4,), "steps": 1, "validation": 0.0}
    (local,) = committee_of(data, environments, **options)
    mean = np.mean([x.energy for x in labels[:4]])
    for network in local.networks:
        one = with_offset(local.offset)
        one.kind, one.shift, one.scale, one.networks = "networks", local.shift, local.scale, [network]
        found = labels_by(model_of(["C"], local=[one]), frames[:4], [6])
        assert np.mean([x.energy for x in found]) == pytest.approx(mean, rel=1e-4)


def test_members_of_a_two_body_committee_share_offsets(one_species, monkeypatch):
    """A member with an offset of its own would differ from the others by a constant that no label sees."""
    seen = []
    original = _torch_training.Offsets.__init__

    def spy(self, data, species, part, fixed, alone):
        original(self, data, species, part, fixed, alone)
        seen.append(self)

    monkeypatch.setattr(_torch_training.Offsets, "__init__", spy)
    frames, labels = one_species
    options = {"cutoff": 3.5, "width": 1.0, "n_networks": 3, "widths": (4,), "steps": 2, "validation": 0.0}
    two_body_of(dataset(frames[:4], labels[:4]), (6,), **options)
    assert len(seen) == 3
    assert [s.wanted for s in seen] == [True, False, False]
    np.testing.assert_array_equal([s.values for s in seen[1:]], [seen[0].values] * 2)


def test_network_gradient_and_its_derivative_are_those_of_autograd():
    """Against torch's own silu and autograd."""
    net = SiluNetwork([3, 5, 4, 1], 0, torch.float64)
    net.unit = 1.7
    x = torch.randn(6, 3, dtype=torch.float64, generator=torch.Generator().manual_seed(0)).requires_grad_()
    h = x
    for k, (matrix, shift) in enumerate(zip(net._matrices, net._shifts, strict=True)):
        h = torch.nn.functional.linear(h if k == 0 else torch.nn.functional.silu(h), matrix, shift)
    expected = 1.7 * h[:, 0]
    slope = torch.autograd.grad(expected.sum(), x, create_graph=True)[0]
    values, gradient = net(x)
    torch.testing.assert_close(values, expected, rtol=1e-13, atol=1e-13)
    torch.testing.assert_close(gradient, slope, rtol=1e-12, atol=1e-13)
    w = torch.linspace(-1, 1, 18, dtype=torch.float64).reshape(6, 3)
    ours = torch.autograd.grad((gradient * w).sum() + values.sin().sum(), net.parameters, allow_unused=True)
    theirs = torch.autograd.grad((slope * w).sum() + expected.sin().sum(), net.parameters, allow_unused=True)
    for a, b in zip(ours, theirs, strict=True):
        torch.testing.assert_close(a, b, rtol=1e-11, atol=1e-12)


def test_torch_that_is_missing_is_named_with_its_extra(one_species, monkeypatch):
    frames, labels = one_species
    monkeypatch.setitem(sys.modules, "torch", None)
    with pytest.raises(RuntimeError, match=r"no package 'torch'; expected 'pip install anisoap-md\[torch\]'"):
        trained(frames, labels)


@pytest.mark.parametrize(
    ("diameters", "expected"),
    [
        ((1, 1, 1), ("sphere", 2)),
        ((2, 1, 1), ("uniaxial", 0)),
        ((1, 2, 1), ("uniaxial", 1)),
        ((1, 1, 2), ("uniaxial", 2)),
        ((1, 2, 3), ("biaxial", 2)),
    ],
)
def test_symmetry_is_read_off_the_diameters(diameters, expected):
    found = _two_body.bodies_of(liquid(0, 1, diameters=diameters), (6,), {})
    assert [(s.symmetry, s.axis) for s in found] == [expected]


def test_particles_of_mixed_shapes_are_biaxial():
    frames = liquid(0, 1, diameters=(1, 1, 2)) + liquid(0, 1, diameters=(2, 1, 1))
    assert _two_body.bodies_of(frames, (6,), {})[0].symmetry == "biaxial"


def test_species_that_never_meet_get_no_term():
    pairs = [
        random_atoms(k, 2, [30, 30, 30], numbers=(z, z), sizes=(1, 1.1)) for k, z in enumerate((6, 6, 8, 8))
    ]
    for atoms in pairs:
        atoms.positions = [[10, 10, 10], [12.5, 10, 10]]
    labels = [Labels(energy=float(k)) for k in range(4)]
    data = Dataset(pairs, labels, ("energy",))
    with pytest.warns(UserWarning, match="no C and O within the cutoff 4.0"):
        two_body = two_body_of(data, (6, 8), {"energy": 1.0}, cutoff=4.0, steps=2)
    assert [p.species for p in two_body.pairs] == [(0, 0), (1, 1)]
    with pytest.raises(ValueError, match=r"anisoap: cutoff, got 2\.0; expected a length within which"):
        two_body_of(data, (6, 8), {"energy": 1.0}, cutoff=2.0, steps=2)


@pytest.mark.parametrize(
    ("options", "text"),
    [
        ({"widths": []}, r"anisoap: widths, got \[\]"),
        ({"widths": (8, 0)}, r"anisoap: widths, got 0; expected integers >= 1"),
        ({"steps": 0}, r"anisoap: steps, got 0; expected an integer >= 1"),
        ({"learning_rate": float("nan")}, r"anisoap: learning_rate, got nan; expected a finite number > 0"),
        ({"validation": 1.0}, r"anisoap: validation, got 1\.0; expected a number >= 0 and < 1"),
        ({"dtype": "float16"}, r"anisoap: dtype, got 'float16'; expected 'float64' or 'float32'"),
        ({"num_threads": 0}, r"anisoap: num_threads, got 0"),
        ({"cutoff": -1.0}, r"anisoap: cutoff, got -1\.0; expected a finite length > 0"),
        ({"width": 0.0}, r"anisoap: width, got 0\.0; expected a finite length > 0"),
        ({"bodies": {"N": "z"}}, r"anisoap: bodies, got species 'N'; expected some of C"),
        ({"bodies": {"C": "cube"}}, r"anisoap: bodies\['C'\], got 'cube'; expected one of sphere"),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else "",
)
def test_options_out_of_range_are_refused(one_species, options, text):
    frames, labels = one_species
    data = dataset(frames[:2], labels[:2])
    arguments = {"cutoff": 4.0, "steps": 1, **options}
    with pytest.raises(ValueError, match=text):
        two_body_of(data, (6,), **arguments)


@pytest.mark.parametrize("widths", [[], (8, 0)])
def test_widths_of_pairs_out_of_range_are_refused(two_species, widths):
    with pytest.raises(ValueError, match="anisoap: widths, got"):
        trained_jointly(two_species, (6, 8), pair_widths=widths)


def test_a_training_that_diverges_is_refused(one_species):
    frames, labels = one_species
    with pytest.raises(
        ValueError, match=r"anisoap: error of training step \d+, got (nan|inf); expected a finite number"
    ):
        trained(frames[:2], labels[:2], steps=60, learning_rate=1e30)


def test_energies_without_a_weight_still_give_the_offsets(one_species):
    frames, labels = one_species
    data = dataset(frames[:4], labels[:4])
    environments = Environments(_core.Hypers(species=["C"], **HYPERS), (6,))
    options = {"n_networks": 1, "widths": (4,), "steps": 5, "validation": 0.0}
    local = committee_of(data, environments, WEIGHTS | {"energy": 0.0}, **options)
    found = labels_by(model_of(["C"], local=local), frames[:4], [6])
    left = [a.energy - b.energy for a, b in zip(found, labels[:4], strict=True)]
    assert abs(np.mean(left)) < 1e-3 * abs(np.mean([x.energy for x in labels[:4]]))


def test_one_frame_is_never_held_out(one_species):
    frames, labels = one_species
    assert len(trained(frames[:1], labels[:1], steps=2, validation=0.9).pairs) == 1


def test_an_unknown_option_is_refused_with_the_nearest_name(one_species):
    frames, labels = one_species
    with pytest.raises(ValueError, match=r"anisoap: two_body, got option 'step'; expected some of .*steps"):
        trained(frames[:2], labels[:2], step=3)


def test_components_out_of_range_are_refused(two_species):
    environments = Environments(_core.Hypers(species=["C", "O"], **HYPERS), (6, 8))
    with pytest.raises(ValueError, match=r"anisoap: components, got 0; expected an integer >= 1"):
        committee_of(two_species, environments, components=0)
