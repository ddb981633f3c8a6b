# SPDX-License-Identifier: MIT
"""Backends that do more than power spectra from ase.Atoms: arrays, operators of torch, fits, pair styles of LAMMPS itself."""

import subprocess
import sys
from types import SimpleNamespace

import numpy as np
import pytest
from anisoap_md import ArgumentError, Descriptor, Model, _core
from anisoap_md.backends import Options, numpy_oracle
from anisoap_md.bench import timing
from anisoap_md.bench.backends import get, models
from anisoap_md.bench.backends.lammps import process
from anisoap_md.bench.cases import cases_of
from anisoap_md.bench.inputs import Inputs
from anisoap_md.bench.studies import Hypers, Study
from anisoap_md.bench.systems import System, make
from testing.helpers import assert_close, skip

LIQUID = System("two_species", 2, particles=40)
OF_FITS = System("one_species", 10, particles=100)  # more labels than weights
SPECIES = ["C", "N"]
GIVEN = {"l_max": 3, "cutoff": 5.0, "width": 1.1, "species": SPECIES, "threads": 1}


@pytest.fixture(scope="module")
def frames():
    return make(LIQUID)


@pytest.fixture(scope="module")
def descriptor():
    return Descriptor(3, "gto", 5.0, radial_gaussian_width=1.1, species=SPECIES)


def prepared(name, frames, **others):
    if reason := get(name).available():
        skip(reason)
    return get(name).prepare(frames, Options(**{**GIVEN, **others}))


def rows(name, frames, **others):
    found = prepared(name, frames, **others)()
    assert [len(part) for part in found] == [len(atoms) for atoms in frames]
    return np.concatenate(found)


def measured(word, folder):
    """A case in this process."""
    if reason := get(word.partition(":")[0]).available():
        skip(reason)
    system = OF_FITS if word.startswith("fit") else LIQUID
    (case,) = cases_of(Study((system,), (word,), Hypers(3, 5.0, 1.1)))
    inputs = Inputs(folder, 3)
    with np.load(inputs.expected_file(case)) as arrays:
        expected = timing.Expected(arrays["rows"], arrays["centres"])
    return timing.measure(case, inputs.frames(system), inputs.species(system), expected, 2, 1.0)


@pytest.mark.parametrize("name", ["arrays", "torch_operator"])
@pytest.mark.parametrize("precision, bound", [("float64", 1e-12), ("float32", 1e-4)])
def test_rows_are_the_symmetric_ones_of_the_core(frames, descriptor, name, precision, bound):
    expected = descriptor.power_spectrum(frames, symmetric=True)
    found = rows(name, frames, variant="rows", precision=precision)
    assert found.dtype == precision
    assert_close(found, expected, bound)
    full = descriptor.power_spectrum(frames)
    assert_close(get(name).expected(full, Options(**GIVEN, variant="rows")), expected, 1e-12)


@pytest.mark.parametrize("kind", ["linear", "network"])
def test_energies_of_models_from_rows(frames, descriptor, kind):
    """The formulas in NumPy give what the core gives for the document."""
    options = Options(**GIVEN)
    model = Model(getattr(models, f"{kind}_model")(options))
    found = getattr(models, f"{kind}_energies")(descriptor.power_spectrum(frames), options)
    energies = model.predict(frames).energies
    assert_close(found[:, 0], energies, 1e-12)
    assert np.ptp(energies) > 0


def test_the_model_on_arrays(frames):
    expected = Model(models.network_model(Options(**GIVEN))).predict(frames).energies
    assert_close(rows("arrays", frames, variant="model")[:, 0], expected, 1e-12)


def test_a_step_trains(frames):
    """Its forces and torques are those of the core's model, also after steps; weights change."""
    call = prepared("torch_operator", frames, variant="step")
    before = np.concatenate(call.of_core())
    assert before.shape == (80, 6)
    assert_close(np.concatenate(call()), before, 1e-10)
    after = np.concatenate(call.of_core())
    assert_close(np.concatenate(call()), after, 1e-10)
    change = np.abs(after - before).max() / np.abs(before).max()
    assert 1e-9 < change < 1e-2


@pytest.mark.parametrize("variant", ["linear", "polynomial"])
def test_a_fit_finds_the_model_again(variant):
    """Only the fit counts."""
    frames = make(OF_FITS)
    call = prepared("fit", frames, variant=variant, species=["C"])
    found, wanted = np.concatenate(call()), np.concatenate(call.of_core())
    potential = _core.Potential(models.linear_model(Options(**{**GIVEN, "species": ["C"]})))
    result = potential.compute(frames, [6])
    assert_close(wanted, np.hstack([result["forces"], result["torques"]]), 1e-12)
    assert_close(found, wanted, 1e-6)
    assert 0 < call.own_seconds < 60


@pytest.mark.parametrize("name", ["snap", "gayberne"])
def test_pair_styles_of_lammps_itself(frames, name):
    """Energies of LAMMPS, another number for each particle and the same in every call."""
    call = prepared(name, frames)
    one, two = np.concatenate(call()), np.concatenate(call())
    assert one.shape == (80, 1) and np.isfinite(one).all() and len(np.unique(one)) == 80
    assert_close(two, one, 0)
    assert call.own_seconds > 0 and np.isfinite(call.own_seconds)


def loops(*pairs):
    """What LAMMPS writes of times without a style and with it."""
    return "".join(f"Loop time of {without} on\nLoop time of {with_it} on\n" for without, with_it in pairs)


@pytest.mark.parametrize(
    "told, seconds",
    [
        ([loops((1, 3), (1, 2))], [3 / 100]),
        ([loops((3, 3), (1, 1)), loops((2, 1), (1, 1)), loops((1, 3), (1, 3))] * 2, [4 / 1600, 4 / 25600]),
    ],
)
def test_a_time_that_is_not_above_0_is_taken_again_of_more_steps(frames, monkeypatch, told, seconds):
    """The difference of two times of a busy machine; later calls make as many steps."""
    call = prepared("gayberne", frames)
    left, asked = list(told), []

    def run(command, **_):
        asked.append(int(command[-1]))
        return SimpleNamespace(stdout=left.pop(0), stderr="", returncode=0)

    monkeypatch.setattr(subprocess, "run", run)
    monkeypatch.setattr(process, "_rows", lambda file: np.zeros((1, 1)))
    for wanted in seconds:
        call()
        assert call.own_seconds == pytest.approx(wanted, rel=1e-12)
    assert asked == [100] if len(told) == 1 else asked == [100, 400, 1600, 1600, 6400, 25600]


def test_a_time_that_is_never_above_0_is_an_error(frames, monkeypatch):
    call = prepared("gayberne", frames)
    monkeypatch.setattr(
        subprocess, "run", lambda *_, **__: SimpleNamespace(stdout=loops((2, 1.5)), stderr="", returncode=0)
    )
    with pytest.raises(
        RuntimeError, match="time of the style, got -0.5 s in 6400 steps .* expected more than 0"
    ):
        call()


def test_snap_has_as_many_weights_as_lammps_asks_for():
    """LAMMPS refuses another number, for each l_max."""
    frames = make(System("one_species", 1, particles=20))
    for l_max in (1, 2, 5, 8):
        assert np.isfinite(rows("snap", frames, l_max=l_max, species=["C"])).all()


@pytest.mark.skipif(numpy_oracle.missing() is not None, reason=str(numpy_oracle.missing()))
@pytest.mark.parametrize(
    "word, against, features",
    [
        ("arrays:rows", "the oracle", 26),
        ("arrays:model", "the oracle", 1),
        ("torch_operator:rows", "the oracle", 26),
        ("torch_operator:step", "the core", 6),
        ("fit:linear", "the core", 6),
        ("snap", "nothing: not AniSOAP", 1),
        ("gayberne", "nothing: not AniSOAP", 1),
    ],
)
def test_what_is_checked_before_a_time_is_told(tmp_path, word, against, features):
    result = measured(word, tmp_path)
    assert result["status"] == "done" and result["features"] == features
    assert result["check"]["against"] == against
    assert against.startswith("nothing") or result["check"]["error"] < 1e-8
    assert min(result["times"]) > 0 and np.isfinite(result["times"]).all()


@pytest.mark.skipif(numpy_oracle.missing() is not None, reason=str(numpy_oracle.missing()))
@pytest.mark.parametrize(
    "word, part, against",
    [
        ("arrays:rows", "arrays.symmetric", "oracle"),
        ("arrays:model", "arrays.network_energies", "oracle"),
        ("torch_operator:rows", "operators.symmetric", "oracle"),
        ("torch_operator:step", "operators._core_rows", "core"),
        ("fit:linear", "fits._of_labels", "core"),
    ],
)
@pytest.mark.parametrize("factor", [1 + 1e-5, np.nan])
def test_wrong_numbers_get_no_time(tmp_path, monkeypatch, word, part, against, factor):
    module, _, name = part.partition(".")
    place = f"anisoap_md.bench.backends.{module}"
    real = getattr(__import__(place, fromlist=[name]), name)
    monkeypatch.setattr(f"{place}.{name}", lambda *given: factor * real(*given))
    result = measured(word, tmp_path)
    assert result["status"] == "failed" and f"against the {against}" in result["reason"]
    assert "times" not in result


def test_a_lammps_without_the_style_is_absent(monkeypatch):
    monkeypatch.setattr(subprocess, "run", lambda *_, **__: SimpleNamespace(stdout="lj/cut gayberne"))
    if get("gayberne").available() is None:
        assert get("snap").available() == "this LAMMPS has no package ML-SNAP"


@pytest.mark.parametrize("name, package", [("snap", "lammps"), ("torch_operator", "torch")])
def test_what_is_not_installed_is_absent(name, package, monkeypatch):
    monkeypatch.setitem(sys.modules, package, None)
    assert f"the backend {name}, got no package '{package}'; expected 'pip install" in get(name).available()


@pytest.mark.parametrize(
    "word, text",
    [
        ("snapp", "backend, got 'snapp'; .*did you mean 'snap'"),
        ("snap:pair", "backend 'snap:pair', got variant 'pair'; expected snap alone"),
        ("arrays:row", "variant of backend arrays, got 'row'; .*did you mean 'rows'"),
        ("torch_operator:steps", "variant of backend torch_operator, got 'steps'; .*did you mean 'step'"),
        ("torch_operators", "backend, got 'torch_operators'; .*did you mean 'torch_operator'"),
        ("fit:kernel", "variant of backend fit, got 'kernel'; expected one of linear, polynomial"),
    ],
)
def test_bad_names(word, text):
    with pytest.raises(ArgumentError, match=text):
        Study((LIQUID,), (word,))


@pytest.mark.parametrize("name", ["snap", "gayberne"])
def test_lammps_says_what_stopped_it(frames, name):
    apart = frames[0].copy()
    apart.set_array("c_diameter[1]", np.full(len(apart), -1.0))
    with pytest.raises(RuntimeError, match="LAMMPS stopped: ERROR"):
        rows(name, [apart])
