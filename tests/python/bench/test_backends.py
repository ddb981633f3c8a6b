# SPDX-License-Identifier: MIT
"""Backends of a study beside those of anisoap_md.backends: their numbers against the core's, and what is absent."""

import os
import sys
import types

import numpy as np
import pytest
from anisoap_md import Descriptor, EllipsoidalDensityProjection, Model, _core
from anisoap_md.backends import Options
from anisoap_md.bench.backends import get, models
from anisoap_md.bench.systems import System, make
from testing.helpers import assert_close

SPECIES = ["H", "C"]
GIVEN = {"l_max": 4, "cutoff": 4.0, "width": 1.1, "species": SPECIES, "threads": 1}


@pytest.fixture(scope="module")
def frames():
    return make(System("benzenes", 2))


@pytest.fixture(scope="module")
def expected(frames):
    return rows_of_core(frames)


def rows_of_core(frames):
    return Descriptor(4, "gto", 4.0, radial_gaussian_width=1.1, species=SPECIES).power_spectrum(frames)


def rows(name, frames, **others):
    found = get(name).prepare(frames, Options(**{**GIVEN, **others}))()
    assert [len(part) for part in found] == [len(atoms) for atoms in frames]
    return np.concatenate(found)


@pytest.mark.parametrize("name", _core.instruction_sets())
def test_each_instruction_set(frames, expected, name):
    assert_close(rows("cpp", frames, variant=name), expected, 1e-12)


def test_single_precision(frames, expected):
    found = rows("cpp", frames, precision="float32")
    assert found.dtype == np.float32
    assert_close(found, expected, 1e-4)


@pytest.mark.parametrize("ranks", [1, 2])
def test_compute_of_lammps(frames, expected, ranks):
    assert_close(rows("lammps", frames, variant="compute", ranks=ranks), expected, 1e-10)


def test_pair_style_of_lammps(frames, expected):
    """Energies of the particles, and those that the oracle's rows give, are the Model's."""
    options = Options(**GIVEN, variant="pair")
    energies = Model(models.linear_model(options)).predict(frames).energies[:, None]
    backend = get("lammps")
    prepared = backend.prepare(frames, options)
    assert_close(np.concatenate(prepared()), energies, 1e-10)
    assert_close(backend.expected(expected, options), energies, 1e-10)
    assert 0 < prepared.own_seconds < 1


@pytest.mark.skipif("ANISOAP_KOKKOS_LMP" not in os.environ, reason="no LAMMPS with KOKKOS is named")
@pytest.mark.parametrize("style", ["compute", "pair"])
def test_kokkos_styles_of_lammps(frames, style):
    plain = rows("lammps", frames, variant=style)
    assert_close(rows("lammps", frames, variant=f"{style}/kk"), plain, 1e-10)


def test_kokkos_styles_are_absent_without_their_lammps(monkeypatch):
    backend = get("lammps")
    monkeypatch.setenv("ANISOAP_KOKKOS_LMP", "lmp")
    monkeypatch.delenv("ANISOAP_PLUGIN", raising=False)
    reason = backend.lacks(Options(**GIVEN, variant="pair/kk"))
    assert reason is not None and "no LAMMPS with KOKKOS: ANISOAP_PLUGIN not set" in reason
    assert backend.lacks(Options(**GIVEN, variant="pair")) is None
    monkeypatch.setenv("ANISOAP_PLUGIN", "anisoapplugin.so")
    assert backend.lacks(Options(**GIVEN, variant="pair/kk")) is None


def test_lammps_says_what_stopped_it(frames):
    apart = frames[0].copy()
    apart.set_array("c_diameter[1]", np.full(24, -1.0))
    with pytest.raises(RuntimeError, match="LAMMPS stopped: ERROR"):
        rows("lammps", [apart], variant="compute")


def test_reference(frames, expected, monkeypatch):
    """The rows of its TensorMap come back in order; its interface is that of our EllipsoidalDensityProjection."""
    pytest.importorskip("metatensor")
    package = types.ModuleType("anisoap")
    package.representations = types.ModuleType("anisoap.representations")
    package.representations.EllipsoidalDensityProjection = EllipsoidalDensityProjection
    monkeypatch.setitem(sys.modules, "anisoap", package)
    monkeypatch.setitem(sys.modules, "anisoap.representations", package.representations)
    assert_close(rows("reference", frames), expected, 1e-12)


def test_what_the_reference_took_is_quoted_at_its_settings_alone():
    quoted = get("reference").quoted(Options(l_max=6, cutoff=7.0, width=1.5, species=SPECIES, threads=1))
    assert quoted["ns_a_pair"] == 111_000 and "6b28869" in quoted["source"]
    for changed in ({"l_max": 5}, {"cutoff": 6.0}, {"threads": 2}, {"max_radial": 3}):
        given = {"l_max": 6, "cutoff": 7.0, "width": 1.5, "species": SPECIES, "threads": 1, **changed}
        assert get("reference").quoted(Options(**given)) is None


@pytest.mark.parametrize("name", ["featomic", "dscribe"])
def test_isotropic_soap(frames, name):
    backend = get(name)
    if reason := backend.available():
        assert (
            reason == f"anisoap: the backend {name}, got no package '{name}'; expected 'pip install {name}'"
        )
        pytest.skip(reason)
    one, two = (rows(name, [atoms]) for atoms in frames)
    assert np.isfinite(one).all() and np.abs(one - two).max() > 0


@pytest.mark.parametrize("name", ["featomic", "dscribe", "anisoap"])
def test_what_is_not_installed_is_absent(name, monkeypatch):
    monkeypatch.setitem(sys.modules, name, None)
    backend = "reference" if name == "anisoap" else name
    text = f"anisoap: the backend {backend}, got no package '{name}'; expected 'pip install "
    assert get(backend).available().startswith(text)


def test_a_build_without_kokkos(monkeypatch):
    monkeypatch.setattr("anisoap_md.bench.backends.core._core.device_support", lambda: {"space": ""})
    assert "ANISOAP_WITH_KOKKOS" in get("kokkos").available()


def test_kokkos(frames, expected):
    space = _core.device_support()["space"]
    if not space:
        pytest.skip("this build has no Kokkos")
    assert_close(rows("kokkos", frames, device=space), expected, 1e-12)
