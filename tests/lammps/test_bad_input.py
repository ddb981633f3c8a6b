# SPDX-License-Identifier: MIT
"""Every bad input of `compute anisoap` stops LAMMPS with one line that names what is wrong."""

import json
import re

import pytest
from testing.lmp import boxes, frames

GTO = "3.0 basis gto 1.0"
KEYWORDS = (
    "basis, lmax, nmax, self, species, cutoff/function, features, quantity, hypers, precision, device, sort"
)
HYPERS = {"max_angular": 4, "radial_basis_name": "gto", "cutoff_radius": 3.0, "radial_gaussian_width": 1.0}

WORDS = {
    "": "CUTOFF is missing; expected anisoap CUTOFF keyword values ...",
    "three basis monomial": "CUTOFF, got 'three'; expected a number",
    "0 basis gto 1.0": "CUTOFF, got 0; expected a finite length > 0",
    "-1.5 basis gto 1.0": "CUTOFF, got -1.5; expected a finite length > 0",
    "1e400 basis gto 1.0": "CUTOFF, got '1e400'; expected a finite number",
    "3.0": "keyword 'basis' is missing; expected basis gto SIGMA, basis monomial or hypers FILE",
    "3.0 lmax 4": "keyword 'basis' is missing; expected basis gto SIGMA, basis monomial or hypers FILE",
    "3.0 basis": "a value is missing behind 'basis'; expected 'gto' or 'monomial'",
    "3.0 basis gti 1.0": "basis, got 'gti', did you mean 'gto'?; expected 'gto' or 'monomial'",
    "3.0 basis gto": "a value is missing behind 'gto'; expected basis gto SIGMA as a number",
    "3.0 basis gto lmax 4": "basis gto SIGMA, got 'lmax'; expected a number",
    "3.0 basis gto 0": "basis gto SIGMA, got 0; expected a length > 0",
    "3.0 basis gto -2": "basis gto SIGMA, got -2; expected a length > 0",
    "3.0 basis monomial 1.0": "basis monomial, got width 1.0; expected no width",
    GTO + " lmx 4": f"unknown keyword 'lmx', did you mean 'lmax'?; expected {KEYWORDS}",
    GTO + " cutoff_function cosine 1": f"unknown keyword 'cutoff_function', did you mean 'cutoff/function'?; expected {KEYWORDS}",
    GTO + " lmax 2 lmax 3": "keyword 'lmax' is given twice; expected it once",
    GTO + " lmax 2 basis monomial": "keyword 'basis' is given twice; expected it once",
    GTO + " species A B species A A": "keyword 'species' is given twice; expected it once",
    "3.0 hypers h.json hypers h.json": "keyword 'hypers' is given twice; expected it once",
    GTO + " lmax": "a value is missing behind 'lmax'; expected lmax as an integer",
    GTO + " lmax 4.5": "lmax, got '4.5'; expected an integer",
    GTO + " lmax 4294967296": "lmax, got '4294967296'; expected an integer of 32 bits",
    GTO + " lmax -1": "lmax, got -1; expected an integer from 0 to 24",
    GTO + " lmax 25": "lmax, got 25; expected an integer from 0 to 24",
    GTO + " lmax 2 nmax all": "nmax, got 'all'; expected 'none', one integer or lmax + 1 integers",
    GTO + " lmax 2 nmax 1 1": "nmax, got 2 entries; expected one number, or lmax + 1 = 3 of them",
    GTO + " nmax 1 1 lmax 2": "nmax, got 2 entries; expected one number, or lmax + 1 = 3 of them",
    GTO + " lmax 2 nmax -1": "nmax, got -1; expected integers >= 0",
    GTO + " lmax 2 nmax 30": "lmax and nmax, got nmax 30 at lmax 2; expected l + 2 nmax <= 40 for each l",
    GTO + " self maybe": "self, got 'maybe'; expected 'yes' or 'no'",
    GTO + " species NULL NULL": "species, got NULL for each atom type; expected a label for one of them at least",
    GTO + " species A": "species, got 1 labels; expected one for each of the 2 atom types",
    GTO + " species A B C": "species, got 3 labels; expected one for each of the 2 atom types",
    GTO + " species A B lmx 4": f"unknown keyword 'lmx', did you mean 'lmax'?; expected {KEYWORDS}",
    GTO + " species A lmax 4": "species, got 1 labels; expected one for each of the 2 atom types",
    GTO + " cutoff/function cosin 1": "cutoff/function, got 'cosin', did you mean 'cosine'?; expected 'cosine' or 'none'",
    GTO + " cutoff/function cosine": "a value is missing behind 'cosine'; expected cutoff/function cosine W as a number",
    GTO + " cutoff/function cosine 4": (
        "cutoff/function cosine W, got 4; expected a width > 0 and <= CUTOFF = 3 with cutoff/function cosine"
    ),
    GTO + " features half": "features, got 'half'; expected 'symmetric' or 'full'",
    GTO + " quantity powers": "quantity, got 'powers', did you mean 'power'?; expected 'coefficients' or 'power'",
    GTO + " features symmetric quantity coefficients": (
        "features symmetric with quantity coefficients; expected it with quantity power"
    ),
    GTO + " precision half": "precision, got 'half'; expected 'single' or 'double'",
    "3.0 hypers": "a value is missing behind 'hypers'; expected hypers FILE",
    "3.0 hypers .": "cannot read hyperparameter file '.'",
    "3.0 hypers none.json": "cannot read hyperparameter file 'none.json'",
    "3.0 hypers h.json lmax 4": "keyword 'lmax' next to 'hypers'; expected it in the file alone",
    "3.5 hypers h.json": "CUTOFF, got 3.5; expected cutoff_radius = 3 of h.json",
    "3.0 hypers three.json": (
        "2 atom types for the 3 species of three.json (A, B, C); expected keyword 'species' to map them"
    ),
    "3.0 hypers h.json species Ax Abb": (
        "species, got 'Abb', did you mean 'Ab'?; expected the labels of h.json: Ax, Ab, or NULL"
    ),
}  # fmt: skip


box = boxes.small_box


def write_hypers(path, species, **changes):
    text = {"format": "anisoap-hypers", "version": 1, "hypers": {**HYPERS, **changes}, "species": species}
    path.write_text(json.dumps(text))


def compute(frame, words, ghosts=3.3, before=""):
    text = (
        frames.setup("box.data", frame, ghosts) + before + f"compute a all anisoap {words}\nrun 0 post no\n"
    )
    return text + frames.dump_command("a.dump", "c_a[1]")


@pytest.mark.parametrize("words", WORDS, ids=lambda words: words or "nothing")
def test_wrong_words(lammps, box, tmp_path, words):
    write_hypers(tmp_path / "h.json", ["Ax", "Ab"])
    write_hypers(tmp_path / "three.json", ["A", "B", "C"])
    assert lammps(compute(box, words), fails=True).error() == "Compute anisoap: " + WORDS[words]


@pytest.mark.parametrize("ranks", [1, 2])
def test_the_wrong_word_is_marked(lammps, box, ranks):
    lines = lammps(compute(box, GTO + " self yes lmx 4"), fails=True, ranks=ranks).output.splitlines()
    command, mark = next((a, b) for a, b in zip(lines, lines[1:], strict=False) if "^" in b)
    start = mark.index("^")
    assert command[start : start + 3] == "lmx"


FILES = {
    '{"format": "anisoap-hypers", "versi': "hyperparameter file, got text that is not JSON (",
    "": "hyperparameter file, got text that is not JSON (",
    "[1, 2]": 'hyperparameter file, got [1,2]; expected "format": "anisoap-hypers" (hypers h.json)',
    '{"format": "anisoap-hypers", "version": 7, "hypers": {}, "species": ["1", "2"]}': (
        "version of the hyperparameter file, got 7; expected 1; a newer file needs a newer anisoap-md (hypers h.json)"
    ),
    '{"format": "anisoap-hypers", "version": 1, "hypers": {"max_anglar": 1}, "species": ["1", "2"]}': (
        "hyperparameter file, got unknown entry 'max_anglar', did you mean 'max_angular'?; expected the names of "
        "anisoap_md.Descriptor (hypers h.json)"
    ),
    '{"format": "anisoap-hypers", "version": 1, "hypers": {"max_angular": 99, "radial_basis_name": "gto", "cutoff_radius": 3.0, '
    '"radial_gaussian_width": 1.0}, "species": ["1", "2"]}': (
        "max_angular, got 99; expected an integer from 0 to 24 (hypers h.json)"
    ),
}  # fmt: skip


@pytest.mark.parametrize("text", FILES, ids=["truncated", "empty", "list", "version", "entry", "value"])
def test_wrong_hypers_file(lammps, box, tmp_path, text):
    (tmp_path / "h.json").write_text(text)
    assert (
        lammps(compute(box, "3.0 hypers h.json"), fails=True)
        .error()
        .startswith("Compute anisoap: " + FILES[text])
    )


def test_a_degenerate_basis_says_which_l_and_what_to_raise(lammps, box, tmp_path):
    write_hypers(tmp_path / "h.json", ["1", "2"], basis_rcond=0.5)
    error = lammps(compute(box, "3.0 hypers h.json"), fails=True).error()
    assert error.startswith(
        "Compute anisoap: the radial overlap at l = 0 with 3 functions is numerically degenerate"
    )
    assert "lower max_radial, raise basis_tol, or raise basis_rcond" in error
    assert error.endswith("(hypers h.json)")


def test_an_atom_style_without_ellipsoids(lammps):
    text = "units lj\natom_style sphere\nregion b block 0 9 0 9 0 9\ncreate_box 1 b\ncreate_atoms 1 single 1 1 1\n"
    error = lammps(text + f"compute a all anisoap {GTO}\n", fails=True).error()
    assert (
        error
        == "Compute anisoap: atom style without ellipsoids; expected atom_style ellipsoid or a hybrid with it"
    )


@pytest.mark.parametrize("ranks", [1, 2, 4])
def test_an_atom_without_ellipsoid_data(lammps, box, tmp_path, ranks):
    frames.write_data(tmp_path / "box.data", box, without=(17,))
    error = lammps(compute(box, GTO), fails=True, ranks=ranks).error()
    assert error == (
        "Compute anisoap: atom ID 17 has no ellipsoid data; expected a shape for each atom (set shape, or the ellipsoid flag of "
        "the data file) (timestep 0)"
    )


@pytest.mark.parametrize("ranks", [1, 2, 4])
def test_a_zero_quaternion(lammps, box, tmp_path, ranks):
    """LAMMPS normalises quaternions that it reads, which leaves NaN of zero."""
    box.quaternions[4] = 0
    frames.write_data(tmp_path / "box.data", box)
    error = lammps(compute(box, GTO), fails=True, ranks=ranks).error()
    assert error.startswith("Compute anisoap: atom ID 5: quaternion is not finite, got (")
    assert error.endswith("; expected a finite quaternion (w, x, y, z) that is not zero (timestep 0)")


def test_a_position_that_is_not_finite(lammps, box):
    """An infinite force moves atom 9 to infinity in the middle of a run."""
    blow = "group one id 9\nvariable f equal 1.0e308*1.0e10\nfix push one addforce v_f 0 0\nfix move all nve/asphere\n"
    use = "compute r all reduce ave c_a[1]\nthermo_style custom step c_r\nthermo 1\nneigh_modify delay 100 every 100\nrun 3\n"
    text = compute(box, GTO, before=blow).replace("run 0 post no\n", use)
    assert re.match(
        "Compute anisoap: atom ID 9: position is not finite, got .*(timestep [123])",
        lammps(text, fails=True).error(),
    )


def test_ghosts_that_do_not_reach(lammps, box):
    error = lammps(compute(box, GTO, ghosts=2.5), fails=True).error()
    assert error == (
        "Compute anisoap: CUTOFF 3 plus the neighbor skin 0.3 is beyond the ghost atoms, which reach 2.5; expected comm_modify "
        "cutoff 3.3 or more"
    )
    pair = "pair_style zero 2.0 nocoeff\npair_coeff * *\ncomm_modify cutoff 0\n"
    assert (
        "which reach 2.3; expected comm_modify cutoff 3.3 or more"
        in lammps(compute(box, GTO, before=pair), fails=True).error()
    )


def test_ghosts_by_type_reach_as_far_as_the_shortest_pair(lammps, box):
    pair = "neighbor 0.3 multi\npair_style zero {} nocoeff\npair_coeff * *\ncomm_modify cutoff 0 mode multi\n"
    lammps(compute(box, GTO, before=pair.format(3.0)))
    error = lammps(compute(box, GTO, before=pair.format(2.0)), fails=True).error()
    assert error == (
        "Compute anisoap: CUTOFF 3 plus the neighbor skin 0.3 is beyond the ghost atoms, which reach 2.3; expected comm_modify "
        "mode single cutoff 3.3 or more"
    )


def test_a_cutoff_that_fills_the_ghosts_exactly(lammps, box):
    """1.1 + 2.2 is above 3.3 in double precision."""
    assert 1.1 + 2.2 > 3.3
    lammps(compute(box, "2.2 basis gto 1.0", ghosts=3.3, before="neighbor 1.1 bin\n"))


def test_a_removed_part_is_missed(lammps, box):
    text = compute(box, GTO).replace("run 0", "uncompute a_anisoap_shapes\nrun 0")
    error = lammps(text, fails=True).error()
    assert error == "Compute anisoap: its compute a_anisoap_shapes is gone; expected no uncompute of it"


def test_single_precision_falls_back_where_it_would_lose_digits(lammps, box, tmp_path):
    write_hypers(
        tmp_path / "h.json", ["1", "2"], max_angular=9, max_radial=6, basis_rcond=1e-8, basis_tol=1e-3
    )
    out = lammps(compute(box, "3.0 hypers h.json precision single")).output
    assert (
        "WARNING: Compute anisoap: single precision would lose digits with this radial basis; double precision is used"
        in out
    )
    assert ", double precision, " in out
    assert ", single precision, " in lammps(compute(box, GTO + " precision single")).output


def test_no_atoms_work(lammps, box):
    lammps(compute(box, GTO, before="delete_atoms group all\n"), ranks=2)
