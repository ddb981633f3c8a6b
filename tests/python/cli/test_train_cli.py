# SPDX-License-Identifier: MIT
"""anisoap-md train and tune: files they write, what they print, their errors."""

import json
import re
import shlex
from dataclasses import fields

import pytest
from anisoap_md import Descriptor, Model, cli, write_frames
from anisoap_md.cli.options import name_values
from anisoap_md.training.linear.options import PolynomialOptions
from anisoap_md.training.networks.options import NetworkOptions, PairNetworkOptions
from anisoap_md.training.options import TermOptions
from testing.training.labelled import frames, label, linear_model, small_descriptor

BASIS = ["--max-angular", "2", "--cutoff-radius", "3", "--radial-gaussian-width", "1.1"]
TAPER = ["--cutoff-function", "cosine", "--cutoff-width", "1", "--threads", "1", "--quiet"]


def run(*arguments) -> int:
    return cli.main([str(a) for a in arguments])


@pytest.fixture(scope="module")
def data():
    return label(linear_model(small_descriptor()), frames(10))


@pytest.fixture
def labelled_file(data, tmp_path):
    path = tmp_path / "data.extxyz"
    write_frames(path, data)
    return path


def errors_of(out: str) -> dict[str, float]:
    """RMSE of each 'train' and 'test' line."""
    found = {}
    for line in out.splitlines()[1:]:
        words = line.split()
        if words[1] != "pressure":
            found[" ".join(words[:2])] = float(words[words.index("RMSE") + 1].rstrip(","))
    return found


def test_train(labelled_file, data, tmp_path, capsys):
    out = tmp_path / "model.json"
    report = tmp_path / "report.png"
    assert run("train", labelled_file, "-o", out, *BASIS, *TAPER, "--test", "0.2", "--report", report) == 0
    captured = capsys.readouterr()
    assert captured.out.startswith(f"{out}: linear, 8 training and 2 test frames, rank ")
    found = errors_of(captured.out)
    assert len(found) == 8 and all(value < 1e-6 for value in found.values())
    assert captured.err == ""
    model = Model.load(out)
    assert model.species == ["C", "O"] and model.training["targets"] == [
        "energy",
        "forces",
        "torques",
        "stress",
    ]
    for atoms in data:
        assert abs(model.predict(atoms).energy[0] - atoms.info["energy"]) < 1e-6
    assert json.loads((tmp_path / "report.json").read_text())["units"] == "metal"
    assert (tmp_path / "report.png").stat().st_size > 1000


@pytest.mark.parametrize("suffix", ["pdf", "svg", "JPG", "csv"])
def test_reports_of_other_suffixes_are_refused_first(labelled_file, tmp_path, capsys, suffix):
    out = tmp_path / "m.json"
    report = tmp_path / f"r.{suffix}"
    assert run("train", labelled_file, "-o", out, *BASIS, *TAPER, "--report", report) == 1
    assert re.search(f"--report, got '.*{suffix}'; expected a name without a suffix", capsys.readouterr().err)
    assert not out.exists()


def test_train_and_tune_on_a_device(labelled_file, data, tmp_path, capsys, device):
    out, hypers = tmp_path / "model.json", tmp_path / "hypers.json"
    options = [*BASIS, *TAPER, "--device", device]
    assert run("train", labelled_file, "-o", out, *options, "--test", 0.2) == 0
    assert all(value < 1e-6 for value in errors_of(capsys.readouterr().out).values())
    ranges = ["--range", "cutoff_width", 0.9, 1.1, "--trials", 2]
    assert run("tune", labelled_file, "-o", hypers, *options, *ranges) == 0
    assert "device" not in hypers.read_text() and "device" not in capsys.readouterr().out


def test_train_kernel_with_options(labelled_file, tmp_path, capsys):
    out = tmp_path / "model.json"
    options = ["--kind", "kernel", "--points", 6, "--exponent", 3, "--selection", "cur", "--ridge", "cv"]
    options += [
        "--folds",
        3,
        "--targets",
        "energy",
        "forces",
        "--weights",
        "energy=2",
        "--density-scale",
        0.7,
    ]
    options += ["--units", "lj", "--seed", 3, "--index", ":8", "--test", labelled_file]
    assert run("train", labelled_file, "-o", out, *BASIS, *TAPER, *options) == 0
    assert "kernel, 8 training and 10 test frames" in capsys.readouterr().out
    model = Model.load(out)
    assert model.units == "lj" and model.density_scale == 0.7
    assert model.training["weights"] == {"energy": 2.0, "forces": 1.0} and model.training["seed"] == 3
    assert all(local.kind == "kernel" and local.exponent == 3 for local in model.core.local)
    assert all(0 < len(local.weights) <= 6 for local in model.core.local)


def test_train_takes_the_two_body_term_of_a_model(data, tmp_path, capsys):
    from testing.potentials import core_model

    both = linear_model(small_descriptor())
    both.two_body = core_model(two_body=("uniaxial", "sphere")).two_body
    Model(both).save(tmp_path / "both.json")
    write_frames(tmp_path / "data.xyz", label(both, data))
    options = ["--two-body-from", tmp_path / "both.json", "--test", 0]
    assert run("train", tmp_path / "data.xyz", "-o", tmp_path / "m.json", *BASIS, *TAPER, *options) == 0
    assert all(value < 1e-6 for value in errors_of(capsys.readouterr().out).values())


@pytest.mark.parametrize("command", ["train", "tune"])
@pytest.mark.parametrize("species", [("O", "C"), ("C", "N"), ("C", "N", "O")])
def test_a_two_body_term_of_other_species_is_refused(labelled_file, tmp_path, capsys, command, species):
    from testing.potentials import core_model

    term = core_model(two_body=("uniaxial", "sphere", "sphere")[: len(species)], species=species)
    Model(term).save(tmp_path / "other.json")
    options = ["--two-body-from", tmp_path / "other.json"]
    options += ["--range", "cutoff_radius", 2, 3, "--trials", 1] if command == "tune" else []
    assert run(command, labelled_file, "-o", tmp_path / "m.json", *BASIS, *TAPER, *options) == 1
    text = f"with the species {', '.join(species)}; expected those of this fit, C, O (--species"
    assert text in capsys.readouterr().err
    assert not (tmp_path / "m.json").exists()


def test_train_subtracts_a_prior_from_a_file(tmp_path, capsys):
    given = label(linear_model(small_descriptor()), frames(10))
    for atoms in given:
        for k, d in enumerate((1.0, 1.3, 1.7), start=1):
            atoms.arrays[f"c_diameter[{k}]"][:] = d
    write_frames(tmp_path / "data.xyz", given)
    (tmp_path / "prior.lmp").write_text(
        "# steep part\npair_style gayberne 1 1 1 4.0\n\npair_coeff * * 0.1 1.0 1 1 0.2 1 1 0.2  # wells\n"
    )
    options = ["--prior", tmp_path / "prior.lmp", "--units", "lj"]
    assert run("train", tmp_path / "data.xyz", "-o", tmp_path / "m.json", *BASIS, *TAPER, *options) == 0
    kept = Model.load(tmp_path / "m.json").training["prior"]["commands"]
    assert kept == ["pair_style gayberne 1 1 1 4.0", "pair_coeff * * 0.1 1.0 1 1 0.2 1 1 0.2"]


ERRORS = {
    "no taper": ([], "error: --cutoff-function, got 'none' for a potential"),
    "weights": (["--weights", "energy"], "--weights, got 'energy'; expected NAME=VALUE"),
    "weights twice": (["--weights", "energy=1", "energy=2"], "--weights, got 'energy' twice"),
    "targets": (["--targets", "torque"], "error: --targets, got 'torque'"),
    "frames": (["--index", "50:"], "--index, got '50:', which no frame"),
    "prior": (["--prior", "missing.lmp"], "missing.lmp"),
    "device": (["--device", "gpu"], "error: --device, got 'gpu'; expected"),
    "two": (["--two-body", "cutoff=3", "--two-body-from", "m.json"], "--two-body, got also --two-body-from"),
}


@pytest.mark.parametrize("name", ERRORS)
def test_errors_of_train(labelled_file, tmp_path, capsys, name):
    options, text = ERRORS[name]
    taper = ["--quiet"] if name == "no taper" else TAPER
    assert run("train", labelled_file, "-o", tmp_path / "m.json", *BASIS, *taper, *options) == 1
    assert text in capsys.readouterr().err
    assert not (tmp_path / "m.json").exists()


def test_outputs_replace_no_input(labelled_file, tmp_path, capsys):
    before = labelled_file.read_bytes()
    assert run("train", labelled_file, "-o", labelled_file, *BASIS, *TAPER) == 1
    assert "the same file as the input" in capsys.readouterr().err
    assert (
        run("train", labelled_file, "-o", tmp_path / "r.json", "--report", tmp_path / "r", *BASIS, *TAPER)
        == 1
    )
    assert "--report, got" in capsys.readouterr().err
    assert (
        run("tune", labelled_file, "-o", labelled_file, "--range", "cutoff_radius", 2, 3, *BASIS, *TAPER) == 1
    )
    assert labelled_file.read_bytes() == before


def test_tune_finds_the_cutoff_of_the_labels(labelled_file, tmp_path, capsys):
    out, log = tmp_path / "hypers.json", tmp_path / "log.json"
    space = ["--range", "cutoff_radius", 2.4, 3.6, "--range", "density_scale", 1, 1, "--trials", 12]
    assert run("tune", labelled_file, "-o", out, "--log", log, *space, *BASIS, *TAPER) == 0
    printed = capsys.readouterr().out
    best = Descriptor.from_json(out)
    assert best.species_ == (6, 8)
    document = json.loads(log.read_text())
    trials = document["trials"]
    assert len(trials) == 12 and document["fit_arguments"] == {"density_scale": 1.0}
    losses = {trial["parameters"]["cutoff_radius"]: trial["loss"] for trial in trials}
    nearest = min(losses, key=losses.get)
    assert f"cutoff_radius {nearest:.6g}" in printed
    assert f"train with --hypers {out} --kind linear --density-scale 1.0\n" in printed
    assert abs(json.loads(best.to_json())["hypers"]["cutoff_radius"] - nearest) < 1e-12
    assert losses[nearest] < 0.5 * max(losses.values())


POLYNOMIAL = ["kind=polynomial", "cutoff=2.9", "powers=[1,4]", 'bodies={"C":"z","O":"sphere"}']


@pytest.mark.parametrize(
    "text, value",
    [
        ("1,2,6", [1, 2, 6]),
        ("0.5, -1e-3", [0.5, -1e-3]),
        ("[1,2]", [1, 2]),
        ("True", True),
        ("False", False),
        ("false", False),
        ("None", None),
        ("4", 4),
        ("e", "e"),
        ("a,b", "a,b"),
        ("1,", "1,"),
    ],
)
def test_values_of_options(text, value):
    found = name_values("--two-body", [f"name={text}"])["name"]
    assert found == value and type(found) is type(value)


def test_tune_prints_the_two_body_options_that_train_takes(labelled_file, tmp_path, capsys):
    out = tmp_path / "hypers.json"
    space = ["--range", "degree", 1, 2, "--trials", 3, "--folds", 2]
    given = ["--kind", "none", "--two-body", *POLYNOMIAL, "--targets", "energy", "forces", "torques"]
    given += ["--index=-8:", "--weights", "forces=2"]
    space += ["--range", "two_body_width", 0.7, 0.7]
    assert run("tune", labelled_file, "-o", out, *space, *given, *BASIS, *TAPER) == 0
    first, last, note = capsys.readouterr().out.splitlines()
    assert note.startswith("no trial looked at walls: train repairs them")
    words = shlex.split(last.removeprefix("train with "))
    degree = next(word.removeprefix("degree=") for word in words if word.startswith("degree="))
    assert f": degree {degree}, two_body_width 0.7; " in first and first.endswith(", 2 trials")
    start = ["--hypers", str(out), "--kind", "none", "--folds", "2"]
    assert words[: len(start)] == start and {"--index=-8:", "forces=2", *POLYNOMIAL} < set(words)
    options = [*words, "--threads", 1, "--quiet", "--walls", "off"]
    assert run("train", labelled_file, "-o", tmp_path / "m.json", *options) == 0
    model = Model.load(tmp_path / "m.json")
    two_body = model.core.two_body
    assert {p.polynomial.degree for p in two_body.pairs} == {int(degree)}
    assert two_body.cutoff == 2.9 and two_body.width == 0.7 and two_body.species[0].symmetry == "uniaxial"
    assert model.training["targets"] == ["energy", "forces", "torques"]
    assert model.training["weights"]["forces"] == 2 and model.training["n_frames"] == 7


def test_train_reads_lists_and_switches_of_a_two_body_term(labelled_file, tmp_path):
    two_body = ["kind=polynomial", "cutoff=2.9", "powers=1,4", "degree=2", "joint=False"]
    options = [*BASIS, *TAPER, "--two-body", *two_body, "--ridge", "1e-2", "--walls", "off"]
    assert run("train", labelled_file, "-o", tmp_path / "m.json", *options) == 0
    model = Model.load(tmp_path / "m.json")
    assert list(model.core.two_body.pairs[0].polynomial.powers) == [1, 4]
    assert model.training["two_body"]["joint"] is False and "two_body_fit" in model.training


def test_train_takes_point_groups_by_a_flag_of_their_own(labelled_file, tmp_path):
    two_body = ["kind=symmetric", "cutoff=2.9", "max_degree=2", "max_terms=10"]
    options = [*BASIS, *TAPER, "--kind", "none", "--two-body", *two_body, "--bodies", "C=C2v", "O=C1"]
    assert run("train", labelled_file, "-o", tmp_path / "m.json", *options, "--walls", "off") == 0
    term = Model.load(tmp_path / "m.json").core.two_body
    assert [body.group for body in term.species] == ["C2v", "C1"]
    assert max(len(pair.symmetric.terms) for pair in term.pairs) == 10


def test_train_takes_no_powers_of_low_ranks(labelled_file, tmp_path):
    two_body = ["kind=symmetric", "cutoff=2.9", "max_degree=0", "low_rank_powers=[]"]
    options = [*BASIS, *TAPER, "--kind", "none", "--two-body", *two_body]
    assert run("train", labelled_file, "-o", tmp_path / "m.json", *options, "--walls", "off") == 0
    pairs = Model.load(tmp_path / "m.json").core.two_body.pairs
    assert [pair.symmetric.distance_powers for pair in pairs] == [[3, 5, 7]] * len(pairs)


PAIRS = "kind=polynomial", "cutoff=2.9", "degree=2"
BAD_TERMS = {
    "joint beside a kernel": (
        ["--kind", "kernel", "--two-body", *PAIRS, "joint=True"],
        "error: --two-body joint, got True beside kind 'kernel'; expected kind 'linear' or 'none'",
    ),
    "joint beside networks": (
        ["--kind", "networks", "--two-body", *PAIRS, "joint=True"],
        "error: --two-body joint, got True beside kind 'networks'; expected kind 'linear' or 'none'",
    ),
    "alone, yet first": (
        ["--kind", "none", "--two-body", *PAIRS, "joint=False"],
        "error: --two-body joint, got False beside kind 'none'; expected True, or a many-body kind",
    ),
    "options of a polynomial": (
        ["--two-body", "kind=networks", "cutoff=3", "degree=4"],
        "error: --two-body of kind 'networks', got option 'degree'; expected some of batch_particles, ",
    ),
    "device of pairs": (
        ["--two-body", "kind=networks", "cutoff=3", "device=gpu"],
        "error: --two-body device, got 'gpu'; expected one that this torch sees: cpu",
    ),
    "device of a committee": (
        ["--kind", "networks", "--networks", "device=0"],
        "error: --networks device, got 0; expected one that this torch sees: cpu",
    ),
    "their kind": (["--two-body", "kind=networks", "cutoff=3", "degree=4"], "; kind 'polynomial' has it\n"),
    "bodies twice": (
        ["--two-body", *POLYNOMIAL, "--bodies", "C=z"],
        "error: --bodies, got also bodies in --two-body; expected one of them",
    ),
    "bodies of nothing": (["--bodies", "C=z"], "error: --bodies, got no --two-body; expected"),
    "no group": (
        ["--kind", "none", "--two-body", "kind=symmetric", "cutoff=3", "--bodies", "C=D6H"],
        "error: --bodies C, got 'D6H'; expected a point group",
    ),
    "options of networks": (["--two-body", *PAIRS, "steps=4"], "width; kind 'networks' has it\n"),
    "curve of networks": (
        ["--kind", "networks", "--learning-curve"],
        "--learning-curve, got True with kind 'networks'; expected kind 'linear' or 'kernel', or 'none' with",
    ),
    "curve of nothing": (
        ["--kind", "none", "--two-body", "kind=networks", "cutoff=3", "--learning-curve"],
        "--learning-curve, got True with kind 'none'",
    ),
}


@pytest.mark.parametrize("name", BAD_TERMS)
def test_terms_that_no_fit_takes(labelled_file, tmp_path, capsys, name):
    options, text = BAD_TERMS[name]
    assert run("train", labelled_file, "-o", tmp_path / "m.json", *BASIS, *TAPER, *options) == 1
    assert text in capsys.readouterr().err


@pytest.mark.parametrize("kind, joint", [("kernel", None), ("none", None), ("none", True), ("linear", None)])
def test_joint_where_it_applies(kind, joint):
    """None is the default of each kind, and options are read once."""
    two_body = {"kind": "polynomial", "cutoff": 3.0, "joint": joint}
    options = TermOptions.of(kind, two_body=two_body)
    assert options.joint is (kind != "kernel") and options.polynomial is options.polynomial


@pytest.mark.filterwarnings("ignore:anisoap. two_body, no . and . within the cutoff")  # few frames
@pytest.mark.parametrize("command", ["train", "tune"])
def test_networks_of_both_terms(labelled_file, tmp_path, capsys, command):
    """Their options are those of either command."""
    options = ["--kind", "networks", "--networks", "steps=2", "widths=[4]", "n_networks=2", "components=3"]
    options += ["--two-body", "kind=networks", "cutoff=2.9", "widths=[3]", "joint=true", "--index", ":6"]
    if command == "tune":
        options += ["--range", "cutoff_radius", 2.5, 3, "--trials", 1, "--folds", 2]
    out = tmp_path / "out.json"
    assert run(command, labelled_file, "-o", out, *BASIS, *TAPER, *options) == 0
    assert (
        "networks, 5 training" if command == "train" else "cross-validated loss"
    ) in capsys.readouterr().out
    if command == "train":
        model = Model.load(out).core
        assert [n.widths[1:] for n in model.two_body.pairs[0].networks] == [[3, 1]] * 2
        assert [n.widths[1:] for one in model.local for n in one.networks] == [[4, 1]] * 4
    capsys.readouterr()
    assert run(command, labelled_file, "-o", out, *BASIS, *TAPER, *options, "--kind", "linear") == 1
    assert "networks, got options for kind 'linear'" in capsys.readouterr().err


def test_a_learning_curve_is_shown(labelled_file, tmp_path, capsys):
    options = [*BASIS, *TAPER, "--test", "0.3", "--learning-curve", "--quiet"]
    assert run("train", labelled_file, "-o", tmp_path / "m.json", *options) == 0
    lines = re.findall(r"^(\d+) training frames: test RMSE energy \S+, forces", capsys.readouterr().out, re.M)
    assert len(lines) > 1 and sorted(map(int, lines)) == list(map(int, lines))


def test_a_learning_curve_without_test_frames_is_none(labelled_file, tmp_path, capsys):
    options = [*BASIS, *TAPER, "--test", "0", "--learning-curve"]
    assert run("train", labelled_file, "-o", tmp_path / "m.json", *options) == 0
    assert capsys.readouterr().out.endswith("no learning curve: there are no test frames\n")


def files_of(data, folder):
    """Whole labels, none, no torques, and a stress that one frame lacks."""
    bare, half, mixed = ([a.copy() for a in data] for _ in range(3))
    for atoms in bare:
        atoms.info.clear()
        del atoms.arrays["forces"], atoms.arrays["torques"]
    for atoms in half:
        del atoms.arrays["torques"]
    del mixed[3].info["stress"]
    for name, given in (("whole", data), ("bare", bare), ("half", half), ("mixed", mixed)):
        write_frames(folder / f"{name}.extxyz", given)


TYPED = {
    "train": [
        ("bare", [], "labels, got none in frame 0; expected some of energy, .*, or --keys NAME=VALUE"),
        ("half", [], "torques, got none .*; expected columns torques .*, or --targets without torques"),
        ("mixed", [], "the same labels in every frame, or --targets that all of them have"),
        ("bare", ["--targets", "stress"], "stress, got none; expected stress=... in the comment line, or"),
        ("whole", ["--keys", "stres=virial"], "--keys, got 'stres'; .*did you mean 'stress'"),
        ("whole", ["--weights", "forces=-1"], "--weights forces, got -1; expected a finite number >= 0"),
        ("whole", ["--kind", "none"], "--kind, got 'none' and no --two-body; expected"),
        ("whole", ["--two-body", "kind=poly", "cutoff=3"], "--two-body kind, got 'poly'; expected one of"),
        (
            "whole",
            ["--two-body", "kind=polynomial"],
            "--two-body, got options without 'cutoff'; expected also",
        ),
        ("whole", ["--folds", "1"], "--folds, got 1; expected an integer >= 2"),
        ("whole", ["--points", "0"], "--points, got 0; expected an integer >= 1"),
        ("whole", ["--threads", "0"], "--threads, got 0; expected an integer from 1 to 4096"),
        ("whole", ["--cutoff-width", "5"], "<= --cutoff-radius = 3 with --cutoff-function cosine"),
        (
            "whole",
            ["--kind", "networks", "--networks", "step=3"],
            "--networks, got option 'step'; expected some of .* num_threads, steps, .*did you mean 'steps'",
        ),
    ],
    "tune": [
        (
            "whole",
            ["degree", 1, 2],
            "--range degree, got a model without it; expected --two-body kind=polynomial",
        ),
        ("whole", ["exponent", 1, 2], "--range exponent, got a model without it; expected --kind kernel"),
        ("whole", ["two_body_width", 1, 2], "--range two_body_width, .*; expected --two-body cutoff=length"),
        ("whole", ["cutof_radius", 1, 2], "--range, got 'cutof_radius'; .* cutoff_width, .*'cutoff_radius'"),
        (
            "whole",
            ["max_angular", 4, 2],
            "--range max_angular, got low 4 and high 2; expected integers with 0 <= low <= high",
        ),
        ("whole", ["max_angular", 1, 2, "--trials", 0], "--trials, got 0; expected an integer >= 1"),
    ],
}


@pytest.mark.parametrize("command", TYPED)
def test_errors_are_in_the_words_that_were_typed(data, tmp_path, capsys, command):
    files_of(data, tmp_path)
    for name, options, text in TYPED[command]:
        given = ["--range", *options] if command == "tune" else options
        path = tmp_path / f"{name}.extxyz"
        assert run(command, path, "-o", tmp_path / "m.json", *BASIS, *TAPER, *given) == 1
        error = capsys.readouterr().err
        assert re.search(text, error), error
        assert not re.search(r"\w=[{(\['T]|\w\['|None or", error), error


def test_help_lists_the_options_behind_options(capsys):
    with pytest.raises(SystemExit):
        run("train", "--help")
    text = capsys.readouterr().out
    for part in (NetworkOptions, PairNetworkOptions, PolynomialOptions):
        for f in fields(part):
            assert re.search(rf"^  {f.name} +{re.escape(f.metadata['text'])}", text, re.M), f.name
    assert re.search(r"--points N .*\(default 500\)", text) and re.search(r"^  widths .*32,32\)$", text, re.M)


def test_no_many_body_term_needs_no_hyperparameters(labelled_file, tmp_path):
    pairs = ["kind=polynomial", "cutoff=3", "degree=2", "powers=1,2"]
    options = ["--kind", "none", "--two-body", *pairs, "--ridge", "1e-6", "--species", "O", "C", "--quiet"]
    options += ["--walls", "off"]
    assert run("train", labelled_file, "-o", tmp_path / "m.json", *options) == 0
    assert Model.load(tmp_path / "m.json").species == ["O", "C"]
