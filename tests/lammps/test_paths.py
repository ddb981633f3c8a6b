# SPDX-License-Identifier: MIT
"""Ranks, threads, newton, boxes, atom styles, groups and LAMMPS commands change nothing in the features."""

import json
from dataclasses import replace

import numpy as np
import pytest
from testing.lmp import frames

WORDS = "3.0 basis gto 1.0 lmax 4"
HYPERS = {"max_angular": 4, "radial_basis_name": "gto", "cutoff_radius": 3.0, "radial_gaussian_width": 1.0}


def features(
    lammps, frame, words=WORDS, name="a", before="", style="ellipsoid", newton="on", ghosts=3.3, **options
):
    """Rows of `compute anisoap words` in one box, within a run."""
    folder = lammps(
        f"{frames.setup('box.data', frame, ghosts, style, newton)}{before}compute a all anisoap {words}\n"
        + frames.run_command(f"{name}.dump", "c_a[*]"),
        **options,
    ).folder
    return frames.read_dump(folder / f"{name}.dump")


@pytest.mark.parametrize("newton", ["on", "off"])
@pytest.mark.parametrize("ranks", [1, 2, 4])
def test_ranks_and_newton_agree(lammps, box, assert_close, ranks, newton):
    one = features(lammps, box, name="one")
    assert_close(features(lammps, box, newton=newton, ranks=ranks), one, 1e-13)


def test_a_recursive_decomposition_agrees(lammps, box, assert_close):
    one = features(lammps, box, name="one")
    tiled = features(lammps, box, before="comm_style tiled\nbalance 1.0 rcb\n", ranks=4)
    assert_close(tiled, one, 1e-13)


def test_reruns_and_two_threads_are_identical_to_the_bit(lammps, tmp_path):
    frame = frames.random_frame(6, n_side=7)
    frames.write_data(tmp_path / "box.data", frame)
    one = features(lammps, frame)
    assert np.array_equal(one, features(lammps, frame))
    assert np.array_equal(one, features(lammps, frame, threads=2))


def test_hybrid_atom_style_agrees(lammps, tilted_box, tmp_path):
    plain = features(lammps, tilted_box)
    frames.write_data(tmp_path / "box.data", tilted_box, hybrid=True)
    assert np.array_equal(features(lammps, tilted_box, style="hybrid ellipsoid charge"), plain)


def test_atoms_outside_the_group_have_zero_rows_and_stay_neighbours(lammps, box, tmp_path):
    everyone = features(lammps, box)
    lammps(
        frames.setup("box.data", box, 3.3)
        + f"group some id 3:20:2\ncompute a some anisoap {WORDS}\n"
        + frames.run_command("some.dump", "c_a[*]"),
        ranks=2,
    )
    some, member = frames.read_dump(tmp_path / "some.dump"), np.isin(np.arange(1, 65), np.arange(3, 21, 2))
    assert np.all(some[~member] == 0)
    assert np.allclose(some[member], everyone[member], rtol=1e-13, atol=0)


@pytest.mark.parametrize("points", [False, True], ids=["ellipsoids", "points"])
@pytest.mark.parametrize("ranks", [1, 2])
def test_types_without_a_species_are_neither_centres_nor_neighbours(
    lammps, tilted_box, tmp_path, assert_close, ranks, points
):
    """The features of the others are those of a box without them; a species of the same columns alone."""
    first = tilted_box.types == 1
    ids = np.flatnonzero(~first) + 1
    frames.write_data(tmp_path / "box.data", tilted_box, without=tuple(ids) if points else ())
    words = WORDS + " species C NULL"
    rows = features(lammps, tilted_box, words, ranks=ranks)
    after = tmp_path / "after.dump"
    lammps(
        frames.setup("box.data", tilted_box, 3.3) + f"compute a all anisoap {words}\nrun 0 post no\n"
        + frames.dump_command(after.name, "c_a[*]"), ranks=ranks,
    )  # fmt: skip
    alone = replace(
        tilted_box, positions=tilted_box.positions[first], quaternions=tilted_box.quaternions[first],
        diameters=tilted_box.diameters[first], types=tilted_box.types[first], n_types=1,
    )  # fmt: skip
    frames.write_data(tmp_path / "box.data", alone)
    expected = features(lammps, alone, name="alone")
    for got in (rows, frames.read_dump(after)):
        assert np.all(got[~first] == 0)
        assert_close(got[first], expected, 1e-12)


def test_rows_of_atoms_that_leave_the_group_become_zero(lammps, tilted_box, tmp_path):
    everyone = features(lammps, tilted_box)
    shrinking = "variable in atom id<=64-10*step\ngroup some dynamic all var in every 1\n"
    lammps(
        frames.setup("box.data", tilted_box, 3.3)
        + f"{shrinking}compute a some anisoap {WORDS}\ndump d all custom 1 some.dump id c_a[*]\n"
        + "dump_modify d sort id format float %.17g\nrun 3 post no\n"
    )
    steps = frames.read_dump(tmp_path / "some.dump").reshape(4, 64, -1)
    for step in range(1, 4):
        inside = 64 - 10 * step
        assert np.all(steps[step][inside:] == 0)
        assert np.allclose(steps[step][:inside], everyone[:inside], rtol=1e-12, atol=1e-12)


def test_rows_of_atoms_that_lose_their_species_become_zero(lammps, tilted_box, tmp_path):
    text = frames.setup("box.data", tilted_box, 3.3) + f"compute a all anisoap {WORDS} species C NULL\n"
    text += "set atom 1*20 type 1\n" + frames.run_command("before.dump", "c_a[*]")
    lammps(text + "set atom 1*9 type 2\n" + frames.run_command("after.dump", "c_a[*]"))
    before, after = (frames.read_dump(tmp_path / f"{name}.dump") for name in ("before", "after"))
    assert np.all(before[:20].any(axis=1))
    assert np.all(after[:9] == 0) and np.all(after[9:20].any(axis=1))


def test_a_cutoff_beyond_the_pair_cutoff_agrees(lammps, box, assert_close):
    pair = "pair_style zero {} nocoeff\npair_coeff * *\n"
    within = features(lammps, box, before=pair.format(3.0))
    beyond = features(lammps, box, before=pair.format(1.5), ranks=2)
    assert_close(beyond, within, 1e-13)
    assert_close(features(lammps, box, before=pair.format(4.0)), within, 1e-13)


SETTINGS = {
    "excluded pairs": "neigh_modify exclude type 1 2\n",
    "lists of one group": "group some id 1:20\natom_modify first some\nneigh_modify include some\n",
    "style multi": "neighbor 0.3 multi\n",
    "style nsq": "neighbor 0.3 nsq\n",
    "short lists": "neigh_modify one 10 page 1000\n",
}


@pytest.mark.parametrize("setting", SETTINGS)
def test_neighbor_settings_of_the_pair_style_do_not_matter(lammps, tmp_path, assert_close, setting):
    frame = frames.random_frame(5)
    frames.write_data(tmp_path / "box.data", frame)
    pair = "pair_style zero 0.5 nocoeff\npair_coeff * *\n"
    assert_close(features(lammps, frame, before=SETTINGS[setting] + pair), features(lammps, frame), 1e-13)


def test_symmetric_features_are_the_upper_triangle_of_the_full_ones(lammps, tilted_box):
    full, symmetric = (
        features(lammps, tilted_box),
        features(lammps, tilted_box, WORDS + " features symmetric"),
    )
    first_full = first = 0
    for l in range(5):
        k = ((4 - l) // 2 + 1) * 2
        block = full[:, first_full : first_full + k * k].reshape(-1, k, k)
        rows, columns = np.triu_indices(k)
        expected = block[:, rows, columns] * np.where(rows == columns, 1, np.sqrt(2))
        assert np.allclose(symmetric[:, first : first + len(rows)], expected, rtol=1e-14, atol=1e-14)
        first_full, first = first_full + k * k, first + len(rows)
    assert (full.shape[1], symmetric.shape[1]) == (first_full, first)


def test_power_spectrum_is_the_contraction_of_the_coefficients(lammps, tilted_box, assert_close):
    power, c = features(lammps, tilted_box), features(lammps, tilted_box, WORDS + " quantity coefficients")
    blocks, first = [], 0
    for l in range(5):
        k = ((4 - l) // 2 + 1) * 2
        c_l = c[:, first : first + (2 * l + 1) * k].reshape(-1, 2 * l + 1, k)
        blocks.append(
            (-1) ** l / np.sqrt(2 * l + 1) * np.einsum("ima,imb->iab", c_l, c_l).reshape(len(c), -1)
        )
        first += (2 * l + 1) * k
    assert first == c.shape[1]
    assert_close(power, np.hstack(blocks), 1e-13)


def write_hypers(path, species, **changes):
    text = {"format": "anisoap-hypers", "version": 1, "hypers": {**HYPERS, **changes}, "species": species}
    path.write_text(json.dumps(text))


def test_a_hypers_file_equals_the_keywords(lammps, tilted_box, tmp_path, assert_close):
    more = {"max_radial": [1, 2, 0, 1, 0], "subtract_center_contribution": True, "cutoff_function": "cosine"}
    write_hypers(tmp_path / "h.json", ["A", "B"], cutoff_width=0.5, **more)
    by_words = features(
        lammps, tilted_box, WORDS + " nmax 1 2 0 1 0 self no cutoff/function cosine 0.5 species A B"
    )
    assert np.array_equal(features(lammps, tilted_box, "3.0 hypers h.json"), by_words)
    assert_close(features(lammps, tilted_box, "3.0 hypers h.json", ranks=2), by_words, 1e-13)


def test_species_labels_choose_the_columns(lammps, tmp_path):
    """Species stand in order of first appearance over the types, or in the order of the file; one label joins types."""
    frame = frames.random_frame(8, n_types=3)
    frames.write_data(tmp_path / "box.data", frame)
    write_hypers(tmp_path / "h.json", ["X", "Y"])
    words = WORDS + " quantity coefficients"
    joined = features(lammps, frame, words + " species Y X Y").reshape(64, -1, 2)
    by_file = features(lammps, frame, "3.0 hypers h.json species Y X Y quantity coefficients").reshape(
        64, -1, 2
    )
    assert np.array_equal(joined[..., ::-1], by_file)
    split = features(lammps, frame, words).reshape(64, -1, 3)
    scale = np.abs(joined).max()
    assert np.allclose(joined[..., 0], split[..., 0] + split[..., 2], rtol=0, atol=1e-13 * scale)
    assert np.allclose(joined[..., 1], split[..., 1], rtol=0, atol=1e-13 * scale)


MOTION = """fix move all nve/asphere
fix bath all langevin 1.0 1.0 0.5 1234 angmom 3.333
velocity all create 1.0 1
timestep 0.005
"""


@pytest.mark.parametrize("ranks", [1, 2])
def test_features_of_a_run_are_those_of_its_frames(lammps, tmp_path, assert_close, ranks):
    """Ghosts are kept between reneighborings in a run, and made anew for every frame."""
    frame = frames.random_frame(9, tilt=True)
    frames.write_data(tmp_path / "box.data", frame)
    pair = "pair_style zero 1.5 nocoeff\npair_coeff * *\n"
    columns = "id type x y z c_q[*]"
    quaternions = "compute q all property/atom quatw quati quatj quatk\n"
    start = frames.setup("box.data", frame, 3.3)
    every = (
        start
        + pair
        + MOTION
        + f"neigh_modify every 1 delay 0 check yes\n{quaternions}compute a all anisoap {WORDS}\n"
    )
    lammps(
        every
        + f"dump d all custom 3 run.dump {columns} c_a[*]\ndump_modify d sort id format float %.17g\nrun 120 post no\n",
        ranks=ranks,
    )
    text = (tmp_path / "run.dump").read_text()
    assert text.count("ITEM: TIMESTEP") == 41
    run = frames.read_dump(tmp_path / "run.dump")
    moved = np.linalg.norm(run[-64:, 1:4] - run[:64, 1:4], axis=1)
    assert moved.max() > 0.6, "the test needs atoms that move further than the skin"
    for k in range(0, 41, 8):
        rows = run[64 * k : 64 * (k + 1)]
        frame.positions, frame.quaternions = rows[:, 1:4], rows[:, 4:8]
        frames.write_data(tmp_path / "box.data", frame)
        assert_close(features(lammps, frame), rows[:, 8:], 1e-12)


@pytest.mark.parametrize("ranks", [1, 2])
def test_features_in_a_box_that_changes(lammps, tmp_path, assert_close, ranks):
    """fix deform moves owned atoms at the end of a step, before dumps are written and ghosts follow."""
    frame = frames.random_frame(10, tilt=True)
    frames.write_data(tmp_path / "box.data", frame)
    squeeze = "fix squeeze all deform 1 x scale 0.9 y scale 0.95 xy final 0.3 units box\n"
    lammps(
        frames.setup("box.data", frame, 3.3)
        + f"{MOTION}{squeeze}compute a all anisoap {WORDS}\ncompute q all property/atom quatw quati quatj quatk\n"
        + "dump d all custom 10 run.dump id x y z c_q[*] c_a[*]\ndump_modify d sort id format float %.17g\n"
        + "".join(f"run 10 post no\nwrite_data {step}.data\n" for step in (10, 20)),
        ranks=ranks,
    )
    run = frames.read_dump(tmp_path / "run.dump")
    for k, step in ((1, 10), (2, 20)):
        low, frame.cell = frames.read_box(tmp_path / f"{step}.data")
        rows = run[64 * k : 64 * (k + 1)]
        frame.positions, frame.quaternions = rows[:, :3] - low, rows[:, 3:7]
        frames.write_data(tmp_path / "box.data", frame)
        assert_close(features(lammps, frame), rows[:, 7:], 1e-12)


def test_rerun_reads_a_trajectory(lammps, box, tmp_path, assert_close):
    """Orientations are not read by rerun, which a warning says, so the atoms only translate here."""
    start = frames.setup("box.data", box, 3.3) + f"compute a all anisoap {WORDS}\n"
    dump = "dump d all custom 20 {} id c_a[*]\ndump_modify d sort id format float %.17g\n"
    move = "fix move all nve\nvelocity all create 1.0 1\ntimestep 0.005\n"
    write = "dump x all custom 20 x.dump id x y z\ndump_modify x format float %.17g\n"
    lammps(start + move + write + dump.format("run.dump") + "run 60 post no\n")
    again = lammps(start + dump.format("again.dump") + "rerun x.dump post no dump x y z\n", ranks=2)
    assert again.output.count("Compute anisoap: rerun reads no orientations from its dumps") == 1
    assert_close(frames.read_dump(tmp_path / "again.dump"), frames.read_dump(tmp_path / "run.dump"), 1e-12)


def test_other_commands_read_the_features(lammps, tilted_box, tmp_path):
    rows = features(lammps, tilted_box)
    out = lammps(
        frames.setup("box.data", tilted_box, 3.3)
        + f"compute a all anisoap {WORDS}\ncompute mean all reduce ave c_a[1] c_a[7]\nvariable twice atom 2*c_a[7]\n"
        "compute double all reduce max v_twice\nfix t all ave/time 1 1 1 c_mean[1] c_mean[2] file mean.txt format ' %.15g'\n"
        "fix each all ave/atom 1 1 1 c_a[7]\nthermo_style custom step c_mean[2] c_double\nthermo_modify format float %.15g\n"
        "run 0 post no\n" + frames.dump_command("f.dump", "f_each v_twice"),
        ranks=2,
    )
    step, first, seventh = (float(w) for w in (tmp_path / "mean.txt").read_text().splitlines()[-1].split())
    assert (step, first, seventh) == (0, pytest.approx(rows[:, 0].mean()), pytest.approx(rows[:, 6].mean()))
    each = frames.read_dump(tmp_path / "f.dump")
    assert np.allclose(each, rows[:, [6]] * [1, 2])
    table = out.output.splitlines()
    values = table[next(k for k, line in enumerate(table) if "c_double" in line) + 1].split()
    assert float(values[2]) == pytest.approx(2 * rows[:, 6].max())


def test_bonded_pairs_count_as_neighbours(lammps, tmp_path, assert_close):
    """special_bonds 0 keeps bonded pairs out of the pair style's list, not out of the features."""
    frame = frames.random_frame(5)
    frames.write_data(tmp_path / "box.data", frame)
    plain = features(lammps, frame, before="pair_style zero 3.0 nocoeff\npair_coeff * *\n")
    text = (tmp_path / "box.data").read_text().replace("# ellipsoid", "# hybrid")
    head, atoms = text.split("Atoms # hybrid\n\n")
    atoms, ellipsoids = atoms.split("\n\nEllipsoids")
    lines = [line.split() for line in atoms.splitlines()]
    atoms = "\n".join(f"{w[0]} {w[1]} {w[4]} {w[5]} {w[6]} {w[2]} {w[3]} 0" for w in lines)
    bonds = "\n".join(f"{k} 1 {2 * k - 1} {2 * k}" for k in range(1, 33))
    head = head.replace("atom types", "atom types\n32 bonds\n1 bond types\n1 extra bond per atom")
    (tmp_path / "box.data").write_text(
        f"{head}Atoms # hybrid\n\n{atoms}\n\nEllipsoids{ellipsoids}\nBonds\n\n{bonds}\n"
    )
    pair = "special_bonds lj/coul 0 0 0\npair_style zero 3.0 nocoeff\npair_coeff * *\nbond_style zero\nbond_coeff *\n"
    assert_close(features(lammps, frame, before=pair, style="hybrid ellipsoid bond", ranks=2), plain, 1e-13)


def test_it_says_once_what_it_computes(lammps, tilted_box):
    out = lammps(
        frames.setup("box.data", tilted_box, 3.3)
        + f"compute a all anisoap {WORDS} species A A\nrun 0 post no\n",
        ranks=2,
    ).output
    lines = [line for line in out.splitlines() if line.startswith("Compute anisoap")]
    assert len(lines) == 1
    assert lines[0].startswith("Compute anisoap a: 19 features (power spectrum), degree 4, SIMD ")
    assert lines[0].endswith(", double precision, species of types: 1 = A, 2 = A")


def test_memory_is_reported(lammps, tilted_box):
    """The line of a run counts the rows: 16384 atoms are reserved, 900 columns of 8 bytes are 118 MB."""

    def megabytes(words):
        out = lammps(
            frames.setup("box.data", tilted_box, 3.3) + f"compute a all anisoap {words}\nrun 0\n"
        ).output
        return float(
            next(line for line in out.splitlines() if line.startswith("Per MPI rank memory")).split("|")[1]
        )

    small, large = megabytes("3.0 basis gto 1.0 lmax 0"), megabytes("3.0 basis gto 1.0 lmax 8 nmax 4")
    assert large - small > 100


def test_it_cites_the_paper(lammps, tilted_box, tmp_path):
    lammps(frames.setup("box.data", tilted_box, 3.3) + f"compute a all anisoap {WORDS}\n")
    assert "10.1063/5.0210910" in (tmp_path / "cited.bib").read_text()
