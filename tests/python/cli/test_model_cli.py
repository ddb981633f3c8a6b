# SPDX-License-Identifier: MIT
"""anisoap-md model: what it shows of every kind of model, other units, differences of two models, its errors."""

import json
import re

import numpy as np
import pytest
from anisoap_md import Model, cli, fit, write_frames
from anisoap_md.models.summary import summary
from testing.helpers import TRICLINIC, assert_close, random_atoms
from testing.potentials import KINDS, random_model
from testing.training.labelled import frames, label, linear_model, small_descriptor

KCAL = 23.060549  # kcal/mol of one eV


def run(*arguments) -> int:
    return cli.main([str(a) for a in arguments])


@pytest.fixture
def saved(tmp_path):
    """Saves a random model of a kind."""

    def save(name="m.json", **about):
        random_model(**about).save(tmp_path / name)
        return tmp_path / name

    return save


def n_parameters(entry) -> int:
    """Of a local energy or a pair of a model's document."""
    if entry.get("networks"):
        return sum(len(net["parameters"]) for net in entry["networks"])
    return len((entry.get("polynomial") or entry.get("symmetric") or entry).get("weights", ()))


@pytest.mark.parametrize("kind", KINDS)
def test_show_tells_what_the_document_holds(saved, capsys, kind):
    path = saved(**KINDS[kind])
    document = json.loads(path.read_text())
    assert run("model", "show", path, "--json") == 0
    found = json.loads(capsys.readouterr().out)
    assert found["file"] == {k: document[k] for k in ("version", "library_version", "checksum")}
    assert found["units"] == "metal" and found["species"] == ["C", "O"] and found["density_scale"] == 0.8
    for one, entry in zip(found["many_body"].values(), document["local"], strict=True):
        assert one["kind"] == entry["kind"] and one.get("n_weights", 0) == n_parameters(entry)
    hypers = document["descriptor"]["hypers"]
    assert found["hyperparameters"] == (hypers if KINDS[kind]["kind"] != "none" else {})
    pairs = found["two_body"]["pairs"] if found["two_body"] else {}
    assert [p["n_weights"] for p in pairs.values()] == [
        n_parameters(p) for p in (document["two_body"] or {"pairs": []})["pairs"]
    ]
    assert run("model", "show", path) == 0
    text = capsys.readouterr().out
    assert re.search(rf"^file +version 1, .*\nchecksum +{document['checksum']}\nunits +metal \(eV", text)
    for name, pair in pairs.items():
        assert re.search(rf"^  {name} +kind {pair['kind']}, .*n_weights {pair['n_weights']}", text, re.M)


def test_show_tells_ranges_and_errors_of_the_training(tmp_path, capsys):
    given = label(linear_model(small_descriptor()), frames(10))
    result = fit(given, small_descriptor(), test=0)
    result.save(tmp_path / "m.json")
    assert run("model", "show", tmp_path / "m.json", "--json") == 0
    training = json.loads(capsys.readouterr().out)["training"]
    spans = training["ranges"]
    energies = [atoms.info["energy"] / len(atoms) for atoms in given]
    assert spans["labels"]["energy"] == [min(energies), max(energies)] and training["units"] == "metal"
    torques = np.concatenate([atoms.arrays["torques"] for atoms in given])
    assert spans["labels"]["torques"] == [torques.min(), torques.max()]
    for number, symbol in ((6, "C"), (8, "O")):
        for k, (low, high) in enumerate(spans["diameters"][symbol], start=1):
            d = np.concatenate([a.arrays[f"c_diameter[{k}]"][a.numbers == number] for a in given])
            assert (low, high) == (d.min(), d.max())
    assert spans["n_particles"] == [2, 4]
    densities = [len(atoms) / atoms.get_volume() for atoms in given]
    assert_close(spans["number_density"], [min(densities), max(densities)], 1e-14)
    assert run("model", "show", tmp_path / "m.json") == 0
    text = capsys.readouterr().out
    assert f"  energy         {min(energies):.6g} to {max(energies):.6g}\n" in text
    assert re.search(r"^  RMSE train +energy \S+, forces \S+, torques \S+, stress \S+$", text, re.M)


@pytest.mark.parametrize("kind", KINDS)
def test_a_converted_model_predicts_the_same_in_other_units(saved, tmp_path, capsys, kind):
    path, out = saved(**KINDS[kind]), tmp_path / "real.json"
    assert run("model", "convert", path, "-o", out, "--units", "real") == 0
    assert capsys.readouterr().out == f"{out}: metal -> real\n"
    assert run("model", "convert", out, "-o", tmp_path / "back.json", "--units", "metal") == 0
    given = [random_atoms(k, 6, 1.2 * TRICLINIC) for k in range(2)]
    models = [Model.load(p) for p in (path, out, tmp_path / "back.json")]
    assert models[1].units == "real" and models[1].training["units"] == "metal"
    has = models[0].has_uncertainty
    before, after, back = (model.predict(given, uncertainties=has) for model in models)
    for name in ("energy", "energies", "forces", "torques", "virial", *(["uncertainties"] * has)):
        assert_close(getattr(after, name), KCAL * getattr(before, name), 1e-10)
        assert_close(getattr(back, name), getattr(before, name), 1e-10)


def test_facts_of_a_training_keep_their_units(tmp_path, capsys):
    given = label(linear_model(small_descriptor()), frames(8))
    fit(given, small_descriptor(), test=0, targets=("energy",)).save(tmp_path / "m.json")
    assert run("model", "convert", tmp_path / "m.json", "-o", tmp_path / "r.json", "--units", "real") == 0
    capsys.readouterr()
    assert run("model", "show", tmp_path / "r.json") == 0
    shown = capsys.readouterr().out
    assert re.search(r"^units +real", shown) is None and "\nunits            real (kcal/mol" in shown
    assert re.search(r"^  energy +\S+ to \S+ \(metal\)$", shown, re.M)
    assert re.search(r"^  RMSE train .*\(metal\)$", shown, re.M)


def test_compare_tells_settings_that_differ(saved, capsys):
    a = saved("a.json", kind="linear")
    b = saved(
        "b.json", kind="networks", units="real", density_scale=0.7, seed=3, two_body=("sphere", "sphere")
    )
    assert run("model", "compare", a, b) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == f"{a} | {b}"
    found = dict(re.split(r"  +", line, maxsplit=1) for line in lines[1:])
    assert found["units"] == "metal | real" and found["density_scale"] == "0.8 | 0.7"
    assert found["many_body.C.kind"] == "linear | networks" and found["two_body.cutoff"] == "- | 3.8"
    assert "species" not in found and not [name for name in found if "offset" in name or "checksum" in name]
    assert run("model", "compare", a, a) == 0
    assert capsys.readouterr().out.endswith("the same settings\n")


def test_compare_measures_predictions_in_the_units_of_the_first(saved, tmp_path, capsys):
    a, b = saved("a.json", kind="linear"), saved("b.json", kind="networks", units="real", seed=3)
    given = [random_atoms(k, 3 + k, 1.2 * TRICLINIC) for k in range(4)]
    write_frames(tmp_path / "f.xyz", given[:2])
    write_frames(tmp_path / "g.xyz", given[2:])
    assert run("model", "compare", a, b, tmp_path / "f.xyz", tmp_path / "g.xyz", "--threads", 1) == 0
    found = {line.split()[0]: line for line in capsys.readouterr().out.splitlines()[-4:]}
    one, other = Model.load(a).predict(given), Model.load(b).predict(given)
    sizes = np.array([len(atoms) for atoms in given])
    differences = {
        "energy": (other.energy / KCAL - one.energy) / sizes,
        "forces": other.forces / KCAL - one.forces,
        "torques": other.torques / KCAL - one.torques,
    }
    for target, d in differences.items():
        text = f"RMSE {np.sqrt(np.mean(d**2)):.4g}, MAE {np.abs(d).mean():.4g}, "
        assert text in found[target], target
    assert found["energy"].endswith("eV / particle")


def test_summary_needs_no_file():
    model = random_model("kernel")
    found = summary(model)
    assert found["file"]["checksum"] == model.checksum and found["many_body"]["C"]["exponent"] == 3


ERRORS = {
    "lj": (["convert", "lj.json", "-o", "o.json", "--units", "metal"], "got 'lj' where 'metal' is used"),
    "into lj": (["convert", "m.json", "-o", "o.json", "--units", "lj"], "got 'metal' where 'lj' is used"),
    "units": (
        ["convert", "m.json", "-o", "o.json", "--units", "si"],
        "--units, got 'si'; expected one of metal",
    ),
    "itself": (["convert", "m.json", "-o", "./m.json", "--units", "real"], "the same file as the model"),
    "folder": (["convert", "m.json", "-o", "no/m.json", "--units", "real"], "a folder that does not exist"),
    "missing": (["show", "missing.json"], "missing.json"),
    "damaged": (["show", "damaged.json"], "file 'damaged.json': model file, got text that is not JSON"),
    "frames": (["show", "f.xyz"], "file 'f.xyz': model file, got text that is not JSON"),
    "units of two": (["compare", "m.json", "lj.json", "f.xyz"], "got 'lj' where 'metal' is used"),
    "species": (["compare", "m.json", "c.json", "f.xyz"], "expected one of species = [6], the model's C"),
    "index": (["compare", "m.json", "m.json", "f.xyz", "--index", "9:"], "--index, got '9:', which no frame"),
    "device": (["compare", "m.json", "m.json", "f.xyz", "--device", "gpu"], "--device, got 'gpu'"),
    "threads": (["compare", "m.json", "m.json", "--threads", "0"], "--threads, got 0; expected an integer"),
}


@pytest.mark.parametrize("name", ERRORS)
def test_errors(saved, tmp_path, monkeypatch, capsys, name):
    monkeypatch.chdir(tmp_path)
    saved("lj.json", units="lj")
    saved("c.json", species=("C",))
    (tmp_path / "damaged.json").write_text(saved().read_text()[:200])
    write_frames("f.xyz", random_atoms(1, 4, TRICLINIC))
    before = sorted(tmp_path.iterdir())
    arguments, text = ERRORS[name]
    assert run("model", *arguments) == 1
    error = capsys.readouterr().err
    assert text in error and error.startswith("anisoap-md: error: "), error
    assert sorted(tmp_path.iterdir()) == before


def test_an_unknown_action_or_option_is_told(saved, capsys):
    for words, text in (
        (["sho"], "invalid choice: 'sho'"),
        (["show", saved(), "--jsn"], "--jsn, did you mean '--json'?"),
    ):
        with pytest.raises(SystemExit):
            run("model", *words)
        assert text in capsys.readouterr().err
