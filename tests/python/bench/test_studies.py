# SPDX-License-Identifier: MIT
"""Studies: presets, YAML, what the command line changes; their cases."""

import pytest
from anisoap_md import ArgumentError, _core
from anisoap_md.bench import studies
from anisoap_md.bench.backends import NAMES, Choice, choices, get
from anisoap_md.bench.cases import Case, cases_of
from anisoap_md.bench.systems import System


def study(**given) -> studies.Study:
    return studies.Study(**{"systems": (System("benzenes"),), "backends": ("numpy",), **given})


@pytest.mark.parametrize("name", studies.PRESETS)
def test_presets(name):
    cases = cases_of(studies.preset(name))
    assert len(cases) > 10 and len({case.key for case in cases}) == len(cases)
    assert all(case.system.frames <= 50 for case in cases)
    assert {case.sweep for case in cases} >= {"", "precision"}
    for case in cases:
        assert case.options([6]).hypers() == {
            "max_angular": case.l_max,
            "radial_basis_name": "gto",
            "cutoff_radius": 7.0,
            "radial_gaussian_width": 1.5,
        }
        assert Case.from_text(case.to_json()) == case


# Pairs of a frame: those of the crystals were counted.
PAIRS = {"benzenes": 1742, "ellipsoids": 14, "gay_berne": 64 * 50}
# Seconds a pair at l_max 6, twice what an idle machine of 2020 took; a step of LAMMPS is taken 20 times.
PAIR = {"cpp": 2e-7, "kokkos": 2e-7, "lammps": 20 * 3e-7, "reference": 1.11e-4}
ARRAYS_PAIR, ARRAYS_FRAME = 3e-5, 6e-3  # of NumPy and torch
ARRAYS_PAIR_CUDA = 2e-6
START, START_TORCH = 2.0, 6.0  # of a process


def planned_seconds(case: Case, of: studies.Study) -> float:
    """Of a case that is there: its process starts, calls once for the check, then repeats until the time is over."""
    system, is_torch = case.system, case.backend.startswith("torch")
    liquid = (system.particles or 200) * ((system.neighbors or 28) + 1)
    pairs = system.frames * PAIRS.get(system.name, liquid)
    fixed = ARRAYS_FRAME * system.frames if case.backend not in PAIR else 0.0
    of_arrays = ARRAYS_PAIR_CUDA if case.variant.startswith("cuda") else ARRAYS_PAIR
    call = fixed + pairs * PAIR.get(case.backend, of_arrays) * max(1.0, (case.l_max / 6) ** 3)
    repeats = min(of.repeat, of.seconds // call + 1)
    return (START_TORCH if is_torch else START) + call * (1 + repeats)


@pytest.mark.parametrize("name, most", [("tiny", 120), ("cpu", 600), ("gpu", 480)])
def test_the_work_of_a_preset_is_bounded(name, most):
    of = studies.preset(name)
    seconds = {case.label: planned_seconds(case, of) for case in cases_of(of)}
    total = sum(planned_seconds(case, of) for case in cases_of(of))
    assert total < most, seconds
    assert max(seconds.values()) < 90, seconds


OF_CONFIGS = ("arrays", "torch_operator", "fit", "snap", "gayberne")  # not descriptors from ase.Atoms


def test_the_preset_cpu_has_every_sweep_and_backend():
    cases = cases_of(studies.preset("cpu"))
    assert {case.sweep for case in cases} == {"", *studies.SWEEPS}
    assert {case.backend for case in cases} == set(NAMES) - {"numpy_oracle", *OF_CONFIGS}


def test_a_list_of_radial_functions():
    (case,) = cases_of(study(hypers=studies.Hypers(2, max_radial=[1, 0, 2])))
    assert Case.from_text(case.to_json()) == case
    assert case.options([6]).hypers()["max_radial"] == [1, 0, 2]


def test_sweeps_vary_one_thing():
    expected = {
        "species": [(f"{n}_species", q) for n in ("one", "two", "three", "four") for q in ("power", "coeff")],
        "threads": [1, 2],
        "batch": [1, 5, 10, 25, 50],
        "lmax": [2, 4, 6, 8],
        "neighbors": [10, 28, 64, 128],
        "size": [50, 200, 1000, 5000],
        "precision": ["float64", "float32"],
    }
    values = {
        "species": lambda case: (case.system.name, case.quantity.replace("power_spectrum", "power")[:5]),
        "threads": lambda case: case.threads,
        "batch": lambda case: case.batch,
        "lmax": lambda case: case.l_max,
        "neighbors": lambda case: case.system.neighbors,
        "size": lambda case: case.system.particles,
        "precision": lambda case: case.precision,
    }
    assert set(expected) == set(studies.SWEEPS)
    for name in studies.SWEEPS:
        cases = cases_of(study(backends=("cpp",), sweeps={name: studies.Sweep()}))
        swept = [case for case in cases if case.sweep == name]
        assert [values[name](case) for case in swept] == expected[name]
        assert {case.variant for case in swept} == {_core.instruction_sets()[0]}


def test_batches_are_no_larger_than_there_are_frames():
    cases = cases_of(study(systems=(System("benzenes", 7),), sweeps={"batch": studies.Sweep()}))
    assert [case.batch for case in cases if case.sweep] == [1, 5]


def test_ranks_are_the_threads_of_lammps():
    cases = cases_of(study(backends=("lammps:pair",), sweeps={"threads": studies.Sweep((1, 2))}))
    assert [(case.threads, case.ranks) for case in cases if case.sweep] == [(1, 1), (1, 2)]


def test_a_file(tmp_path):
    (tmp_path / "study.yaml").write_text(
        """
systems: {benzenes: {frames: 3}, mine: {file: mine.xyz, diameters: [4, 4, 0.5]}}
backends: [cpp, "torch:cuda"]
hypers: {l_max: 4, basis: monomial, width: null}
frames: 7
seed: 2
repeat: 9
sweeps: {lmax: [3, 5], threads: {values: [4], backends: [cpp]}}
"""
    )
    found = studies.load(tmp_path / "study.yaml")
    mine = System("mine", 7, 2, file=str(tmp_path / "mine.xyz"), diameters=(4, 4, 0.5))
    assert found.systems == (System("benzenes", 3, 2), mine)
    assert found.hypers == studies.Hypers(4, 7.0, None, "monomial")
    assert (found.repeat, found.threads) == (9, 1)
    assert found.sweeps == {"lmax": studies.Sweep((3, 5)), "threads": studies.Sweep((4,), (), ("cpp",))}
    assert {case.options([1, 6]).device for case in cases_of(found)} == {"cpu", "cuda"}


def test_words_of_the_command_line(tmp_path):
    first = studies.preset("tiny")
    found = studies.changed(first, ["gay_berne", "x.dump"], ["numpy"], ["threads", "lmax"], 5, 3, repeat=2)
    assert found.systems == (System("gay_berne", 5, 3), System("x.dump", 5, 3, file="x.dump"))
    assert found.sweeps == {"threads": studies.Sweep(), "lmax": studies.Sweep()}
    assert (found.repeat, found.backends) == (2, ("numpy",))
    assert studies.changed(first) == first
    assert studies.changed(first).fingerprint == first.fingerprint != found.fingerprint


def test_systems_and_backends_are_those_of_sweeps_too():
    of_cpp = studies.Sweep((1, 4), (System("benzenes"),), ("cpp", "torch"))
    first = study(sweeps={"threads": of_cpp, "size": of_cpp, "lmax": studies.Sweep((3,))})
    found = studies.changed(first, ["ellipsoids"], ["torch:cuda", "numpy"])
    assert found.sweeps == {
        "threads": studies.Sweep((1, 4), (), ("torch:cuda",)),
        "size": studies.Sweep((1, 4), (System("benzenes"),), ("torch:cuda",)),
        "lmax": studies.Sweep((3,)),
    }
    assert set(studies.changed(first, backends=["numpy"]).sweeps) == {"lmax"}
    assert studies.changed(first, frames=3).sweeps["size"].systems == (System("benzenes", 3),)


def test_choices():
    assert choices("numpy") == [Choice("numpy", "")]
    assert choices("cpp") == [Choice("cpp", name) for name in _core.instruction_sets()]
    assert choices("torch:cuda:1") == [Choice("torch", "cuda:1")]
    styles = ["compute", "pair", "compute/kk", "pair/kk"]
    assert [choice.label for choice in choices("lammps")] == [f"lammps:{style}" for style in styles]
    assert [get(name).name for name in NAMES] == list(NAMES)


@pytest.mark.parametrize(
    "make, text",
    [
        (lambda: studies.preset("tinny"), "preset, got 'tinny'; .*did you mean 'tiny'"),
        (lambda: study(sweeps={"lmx": studies.Sweep()}), "sweep, got 'lmx'; .*did you mean 'lmax'"),
        (lambda: study(backends=("nunpy",)), "backend, got 'nunpy'; .*did you mean 'numpy'"),
        (
            lambda: study(backends=("cpp:x86_64_v33",)),
            "variant of backend cpp, got 'x86_64_v33'; .*did you mean",
        ),
        (
            lambda: study(backends=("numpy:fast",)),
            "backend 'numpy:fast', got variant 'fast'; expected numpy alone",
        ),
        (lambda: study(backends=()), "backends, got none; expected at least one"),
        (lambda: study(repeat=0), "repeat, got 0; expected an integer from 1"),
        (lambda: study(rounds=0), "rounds, got 0; expected an integer from 1 to 10,000"),
        (
            lambda: study(sweeps={"species": studies.Sweep((5,))}),
            "value of sweep species, got 5; .*from 1 to 4",
        ),
        (lambda: study(sweeps={"batch": studies.Sweep((0,))}), "value of sweep batch, got 0; .*from 1"),
        (
            lambda: study(sweeps={"threads": studies.Sweep(("two",))}),
            "value of sweep threads, got 'two'; .*integer",
        ),
        (lambda: study(seconds=0), "seconds, got 0; expected a number above 0"),
    ],
)
def test_bad_input(make, text):
    with pytest.raises(ArgumentError, match=text):
        make()


@pytest.mark.parametrize(
    "text, error",
    [
        (
            "systems: [benzenes]\nbackends: [numpy]\nrepeats: 3",
            "key of the study, got 'repeats'; .*did you mean 'repeat'",
        ),
        (
            "systems: {benzenes: {frame: 3}}\nbackends: [numpy]",
            "key of systems: benzenes, got 'frame'; .*'frames'",
        ),
        ("systems: [benzenes]\nbackends: numpy", "backends, got 'numpy'; expected a list of names"),
        ("systems: [benzenes]\nbackends: [numpy]\nsweeps: [lmx]", "sweep, got 'lmx'; .*did you mean 'lmax'"),
        ("systems: [benzenes]\nbackends: [numpy]\nhypers: {lmax: 3}", "key of hypers, got 'lmax'; .*'l_max'"),
        ("systems: [benzenes\n", "'study.yaml', got .*; expected a YAML file"),
    ],
)
def test_files_that_are_refused(tmp_path, text, error):
    (tmp_path / "study.yaml").write_text(text)
    with pytest.raises(ArgumentError, match=error):
        studies.load(tmp_path / "study.yaml")
