# SPDX-License-Identifier: MIT
"""Models in Python: files, predictions of frames, units."""

import json
import pickle

import numpy as np
import pytest
from anisoap_md import Model, _core
from anisoap_md.frames import batches as _batches
from ase.calculators.calculator import PropertyNotImplementedError
from testing.helpers import TRICLINIC, assert_close, random_atoms
from testing.potentials import KINDS, by_particle, by_strain, core_model, moved, network, random_model, turned


@pytest.fixture
def frames() -> list:
    return [
        random_atoms(1, 5, TRICLINIC),
        random_atoms(2, 1, TRICLINIC),
        random_atoms(3, 30, 1.5 * TRICLINIC),
    ]


@pytest.mark.parametrize("kind", list(KINDS))
def test_forces_torques_and_virials_are_derivatives_of_the_energy(kind):
    model = random_model(**KINDS[kind])
    atoms = random_atoms(4, 5, TRICLINIC)
    found = model.predict(atoms)

    def energy(a):
        return model.predict(a).energy[0]

    assert_close(found.forces, -by_particle(energy, atoms, moved), 1e-7)
    assert_close(found.torques, -by_particle(energy, atoms, turned), 1e-7)
    assert_close(found.virial[0], -by_strain(energy, atoms).T, 1e-7)


@pytest.mark.parametrize("kind", list(KINDS))
def test_sums(frames, kind):
    found = random_model(**KINDS[kind]).predict(frames)
    assert len(found) == 3 and found.counts.tolist() == [5, 1, 30]
    for k, (e, f, t) in enumerate(
        zip(*(found.per_frame(v) for v in (found.energies, found.forces, found.torques)), strict=True)
    ):
        assert_close(e.sum(), found.energy[k], 1e-12)
        w = found.virial[k]
        size = max(np.abs(found.forces).max(), np.abs(w).max())
        assert np.abs(f.sum(axis=0)).max() < 1e-12 * size
        antisymmetric = np.array([w[1, 2] - w[2, 1], w[2, 0] - w[0, 2], w[0, 1] - w[1, 0]])
        assert np.abs(t.sum(axis=0) + antisymmetric).max() < 1e-12 * size


def test_frames_at_once_are_frames_one_by_one(frames):
    model = random_model("kernel", two_body=("uniaxial", "sphere"))
    whole, streamed = model.predict(frames), model.predict(a for a in frames)
    single = [model.predict(a) for a in frames]
    for name in ("energy", "energies", "forces", "torques", "virial"):
        expected = np.concatenate([getattr(p, name) for p in single])
        assert np.array_equal(getattr(whole, name), expected), name
        assert np.array_equal(getattr(streamed, name), expected), name
    short = model.energy_forces_torques(frames)
    assert np.array_equal(short.energy, whole.energy) and np.array_equal(short.torques, whole.torques)
    assert np.array_equal(short.forces, whole.forces)


def test_no_frames():
    found = random_model().predict([])
    assert len(found) == 0 and found.forces.shape == (0, 3) and found.per_frame(found.forces) == []
    assert found.uncertainties is None
    assert random_model().predict([], uncertainties=True).uncertainties.shape == (0,)


@pytest.mark.parametrize("kind", list(KINDS))
def test_file_and_pickle_keep_every_bit(tmp_path, frames, kind):
    model = random_model(**KINDS[kind])
    expected = model.predict(frames)
    model.save(tmp_path / "m.json")
    for other in (
        Model.load(tmp_path / "m.json"),
        Model.from_json(model.to_json()),
        pickle.loads(pickle.dumps(model)),
    ):
        assert other.to_json() == model.to_json() and other.checksum == model.checksum
        for name in ("energy", "forces", "torques", "virial"):
            assert np.array_equal(getattr(other.predict(frames), name), getattr(expected, name))


def test_saving_replaces_the_file_as_a_whole(tmp_path):
    path = tmp_path / "m.json"
    random_model(seed=1).save(path)
    random_model(seed=2).save(path)
    assert Model.load(path).to_json() == random_model(seed=2).to_json()
    assert [p.name for p in tmp_path.iterdir()] == ["m.json"]
    with pytest.raises(FileNotFoundError, match="anisoap: output file"):
        random_model().save(tmp_path / "none" / "m.json")


def test_damaged_files_are_refused_with_their_name(tmp_path):
    text = random_model().to_json()
    document = json.loads(text)
    damaged = {
        "truncated": text[: len(text) // 2],
        "changed": text.replace('"density_scale":0.8', '"density_scale":0.9'),
        "newer": json.dumps({**document, "version": 999}),
        "other": json.dumps({**document, "format": "anisoap-hypers"}),
        "empty": "",
        "binary": "\x00\x01",
    }
    assert damaged["changed"] != text
    for name, content in damaged.items():
        (tmp_path / f"{name}.json").write_text(content)
        with pytest.raises(ValueError, match=rf"anisoap: file '.*{name}\.json': "):
            Model.load(tmp_path / f"{name}.json")
    (tmp_path / "latin.json").write_bytes(b"\xff\xfe\xfa")
    with pytest.raises(ValueError, match="anisoap: "):
        Model.load(tmp_path / "latin.json")
    with pytest.raises(FileNotFoundError):
        Model.load(tmp_path / "none.json")


def test_properties():
    model = random_model("linear", two_body=("uniaxial", "sphere"))
    assert model.species == ["C", "O"] and model.units == "metal" and model.cutoff == 3.8
    assert model.density_scale == 0.8 and model.has_uncertainty
    assert model.training == {"frames": 3, "note": "random"}
    assert random_model("linear").cutoff == 3.4
    assert not random_model("none", two_body=("uniaxial", "sphere")).has_uncertainty
    assert repr(model) == (
        "Model(species=['C', 'O'], units='metal', cutoff=3.8, local=[linear, linear], two_body=3 pairs of species)"
    )
    assert model.descriptor.n_features_symmetric == model.core.n_features


def test_linear_energies_are_the_formula(frames):
    """Offset and weights times the standardised power spectrum of scaled particles."""
    core = core_model("linear")
    found = Model(core).predict(frames[0]).energies
    atoms = frames[0].copy()
    for k in (1, 2, 3):
        atoms.arrays[f"c_diameter[{k}]"] *= core.density_scale
    rows = Model(core).descriptor.power_spectrum(atoms, symmetric=True)
    for p, number, energy in zip(rows, atoms.numbers, found, strict=True):
        local = core.local[0 if number == 6 else 1]
        x = (p - np.ravel(local.shift)) * np.ravel(local.scale)
        assert_close(energy, local.offset + x @ np.ravel(local.weights), 1e-10)


def test_uncertainties_of_a_linear_model_are_the_formula(frames):
    core = core_model("linear", density_scale=1.0)
    found = Model(core).predict(frames[0], uncertainties=True).uncertainties
    rows = Model(core).descriptor.power_spectrum(frames[0], symmetric=True)
    for p, number, sigma in zip(rows, frames[0].numbers, found, strict=True):
        local = core.local[0 if number == 6 else 1]
        x = (p - np.ravel(local.shift)) * np.ravel(local.scale)
        v = np.reshape(local.variance_rows, (-1, len(x)))
        assert_close(sigma, np.linalg.norm(v @ x), 1e-10)


def test_uncertainties_that_overflow_are_named(frames):
    core = core_model("networks", two_body=("uniaxial", "uniaxial"))
    two_body = core.two_body
    pairs = two_body.pairs
    for pair in pairs:
        pair.networks = [network(np.random.default_rng(k), len(pair.shift)) for k in range(2)]
    pairs[2].shift = np.full_like(pairs[2].shift, 1e200)  # between particles of species 8
    two_body.pairs = pairs
    core.two_body = two_body
    alone = frames[0][frames[0].numbers == 6]
    frame, model = alone + frames[0][frames[0].numbers == 8], Model(core)
    assert np.isfinite(model.predict([alone, frame]).energies).all()
    expected = f"anisoap: frame 1, particle {len(alone)}: uncertainty, got a number that overflows"
    with pytest.raises(ValueError, match=expected):
        model.predict([alone, frame], uncertainties=True)


def test_a_model_without_uncertainties_refuses_them(frames):
    model = random_model("none", two_body=("uniaxial", "sphere"))
    assert model.predict(frames).uncertainties is None
    with pytest.raises(
        PropertyNotImplementedError, match="anisoap: uncertainties, got a model that has none"
    ):
        model.predict(frames, uncertainties=True)


@pytest.mark.parametrize("kind", list(KINDS))
def test_units_convert(frames, kind):
    real = random_model(units="real", **KINDS[kind])
    metal = real.converted("metal")
    assert metal.units == "metal" and real.units == "real"
    kcal_per_mol = 0.0433641
    for name in ("energy", "forces", "torques"):
        assert_close(
            getattr(metal.predict(frames), name), kcal_per_mol * getattr(real.predict(frames), name), 1e-6
        )
    with pytest.raises(ValueError, match="anisoap: units"):
        random_model(units="lj", **KINDS[kind]).converted("metal")


def test_unknown_species_are_named_with_the_model_s(frames):
    frames[2].numbers[4] = 7
    with pytest.raises(ValueError, match=r"frame 2, particle 4: species .* got 7; .*the model's C, O"):
        random_model().predict(frames)


def test_a_generator_is_read_in_batches_that_count_on(frames, monkeypatch):
    expected = random_model().predict(frames)
    monkeypatch.setattr(_batches, "MOST_PARTICLES", 6)
    found = random_model().predict(iter(frames))
    assert np.array_equal(found.forces, expected.forces) and np.array_equal(found.counts, expected.counts)
    frames[2].positions[4, 1] = np.inf
    with pytest.raises(ValueError, match="anisoap: .*frame 2"):
        random_model().predict(iter(frames))


def test_bad_arguments(frames):
    with pytest.raises(TypeError, match="anisoap: core, got"):
        Model("model.json")
    with pytest.raises(TypeError, match="anisoap: frames, got 'frames.xyz'"):
        random_model().predict("frames.xyz")
    del frames[1].arrays["c_q"]
    with pytest.raises(ValueError, match="anisoap: frame 1: quaternions"):
        random_model().predict(frames)


def test_a_model_without_a_taper_must_say_so():
    core = core_model("linear", taper=False)
    with pytest.raises(ValueError, match="anisoap: .*cutoff_function"):
        Model(core)
    core.allow_discontinuity = True
    assert np.isfinite(Model(core).predict(random_atoms(1, 4, TRICLINIC)).energy).all()


def test_joint_committees_are_summed_member_by_member(frames):
    core = core_model("networks", two_body=("uniaxial", "sphere"))
    other = core_model("networks", two_body=("uniaxial", "sphere"), seed=2)
    pairs = core.two_body.pairs
    for pair, more in zip(pairs, other.two_body.pairs, strict=True):
        pair.networks = pair.networks + more.networks
    core.two_body.pairs = pairs
    apart = Model(core).predict(frames, uncertainties=True).uncertainties
    core.joint_committees = True

    def member(k: int) -> np.ndarray:
        one = _core.Model.from_json(core.to_json())
        local, pairs = one.local, one.two_body.pairs
        for part in (*local, *pairs):
            part.networks = [part.networks[k]]
        one.local, one.two_body.pairs = local, pairs
        return Model(one).predict(frames).energies

    found = Model(core).predict(frames, uncertainties=True)
    members = np.array([member(0), member(1)])
    assert_close(found.energies, members.mean(axis=0), 1e-12)
    assert_close(found.uncertainties, members.std(axis=0, ddof=1), 1e-10)
    assert not np.allclose(found.uncertainties, apart)
