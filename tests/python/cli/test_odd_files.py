# SPDX-License-Identifier: MIT
"""Files that are not what they seem, given to the command line: names with an at sign, zero bytes behind a document, columns that
extended XYZ cannot hold, models whose numbers overflow."""

import ase.io
import numpy as np
import pytest
from anisoap_md import Descriptor, Model, _core, cli, read_frames, write_frames
from testing.helpers import TRICLINIC, assert_close, random_atoms
from testing.potentials import core_model, random_model

BASIS = ["--max-angular", "2", "--cutoff-radius", "3", "--radial-basis-name", "monomial"]


def run(*words) -> int:
    return cli.main([str(w) for w in words])


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def bodies(seed=0, n=4):
    return random_atoms(seed, n, TRICLINIC, sizes=(1.0, 2.0))


def dump(extra: str = "", values: str = "") -> str:
    """Two frames of two particles with one more column."""
    frame = "ITEM: TIMESTEP\n{k}\nITEM: NUMBER OF ATOMS\n2\nITEM: BOX BOUNDS pp pp pp\n0 5\n0 5\n0 5\n"
    frame += f"ITEM: ATOMS id type x y z c_q[1] c_q[2] c_q[3] c_q[4] shapex shapey shapez {extra}\n"
    frame += f"1 6 0 0 0 1 0 0 0 1 1 2 {values}\n2 6 1 1 1 0 1 0 0 1 2 3 {values}\n"
    return "".join(frame.replace("{k}", str(k)) for k in range(2))


@pytest.mark.parametrize("name", ["a@2.xyz", "@.xyz", "a@1:2.extxyz", "a@b@-1.traj", "a@0"])
def test_an_at_sign_is_part_of_every_name(folder, name):
    frames = [bodies(k) for k in range(3)]
    if "." in name:
        write_frames(name, frames)
    else:
        (folder / name).write_text(dump())
        frames = read_frames(name)
    assert run("describe", name, "-o", "out@1.npz", *BASIS, "--quiet") == 0
    expected = Descriptor(2, "monomial", 3.0).power_spectrum(frames)
    assert_close(np.load("out@1.npz")["features"], expected, 1e-14)
    assert run("describe", name, "-o", "out@1.xyz", *BASIS, "--quiet") == 0
    assert len(read_frames("out@1.xyz")) == len(frames)
    random_model().save("m@1.json")
    assert run("model", "convert", "m@1.json", "-o", "m@real.json", "--units", "real") == 0
    assert run("model", "compare", "m@1.json", "m@real.json", name) == 0
    assert sorted(p.name for p in folder.iterdir()) == sorted(
        [name, "out@1.npz", "out@1.xyz", "m@1.json", "m@real.json"]
    )


TAILS = {"alone": b"\0", "before text": b"\0garbage", "before a document": b"\0{}", "many": b"\0" * 512}
OF_MODELS = {
    "show": ["model", "show", "m.json"],
    "convert": ["model", "convert", "m.json", "-o", "o.json", "--units", "real"],
    "compare": ["model", "compare", "good.json", "m.json"],
    "evaluate": ["evaluate", "m.json", "f.xyz"],
    "hyperparameters": ["describe", "f.xyz", "-o", "o.npz", "--hypers", "h.json"],
}


@pytest.mark.parametrize("tail", TAILS)
@pytest.mark.parametrize("command", OF_MODELS)
def test_a_zero_byte_behind_a_document_is_named(folder, capsys, command, tail):
    random_model().save("good.json")
    text = random_model().to_json().encode()
    (folder / "m.json").write_bytes(text + TAILS[tail])
    (folder / "h.json").write_bytes(
        Descriptor(2, "monomial", 3.0, species=["C", "O"]).to_json().encode() + TAILS[tail]
    )
    write_frames("f.xyz", bodies())
    before = sorted(folder.iterdir())
    assert run(*OF_MODELS[command]) == 1
    error = capsys.readouterr().err
    assert "a zero byte at position" in error and error.startswith("anisoap-md: error: ")
    assert ("h.json" if command == "hyperparameters" else "m.json") in error
    assert sorted(folder.iterdir()) == before


REFUSED = ["c_a:b", 'c_"q"', "pos", "species", "a\\b"]
WRITTEN = ["v_a=b", "1st", "Lattice", "c_é", "_JSON"]


@pytest.mark.parametrize("column", REFUSED)
def test_columns_that_extended_xyz_cannot_hold_are_named(folder, capsys, column):
    (folder / "a.dump").write_text(dump(column, "0.5"))
    assert run("describe", "a.dump", "-o", "o.xyz", *BASIS, "--quiet") == 1
    error = capsys.readouterr().err
    assert f"'{column}'; expected a name that extended XYZ holds" in error
    assert [p.name for p in folder.iterdir()] == ["a.dump"]


@pytest.mark.parametrize("column", WRITTEN)
def test_other_columns_read_back(folder, column):
    (folder / "a.dump").write_text(dump(column, "0.5"))
    assert run("describe", "a.dump", "-o", "o.xyz", *BASIS, "--quiet") == 0
    for frames in (ase.io.read("o.xyz", ":"), read_frames("o.xyz")):
        assert [a.arrays[column].tolist() for a in frames] == [[0.5, 0.5]] * 2


def overflowing(parameter: float) -> Model:
    """Networks on power spectra with one layer of weights like this."""
    core = core_model("networks")
    local = core.local
    for one in local:
        one.networks = [_core.Network(n.widths, np.full_like(n.parameters, parameter)) for n in one.networks]
    core.local = local
    return Model(core)


@pytest.mark.parametrize("command", ["evaluate", "compare"])
def test_networks_whose_numbers_overflow_are_named_with_the_frame(folder, capsys, command):
    overflowing(1e200).save("m.json")
    random_model().save("good.json")
    frame = bodies()
    frame.info["energy"] = 1.0
    write_frames("f.xyz", frame)
    words = {
        "evaluate": ["evaluate", "m.json", "f.xyz", "--quiet"],
        "compare": ["model", "compare", "good.json", "m.json", "f.xyz"],
    }
    assert run(*words[command]) == 1
    error = capsys.readouterr().err
    assert error.startswith("anisoap-md: error: frame 0: energy or force, got numbers that overflow")
