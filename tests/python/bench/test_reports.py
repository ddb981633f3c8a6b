# SPDX-License-Identifier: MIT
"""Tables, figures and comparisons of results that are written by hand."""

from dataclasses import asdict, replace
from pathlib import Path

import pytest
from anisoap_md import ArgumentError
from anisoap_md.bench import checkpoint
from anisoap_md.bench.cases import Case
from anisoap_md.bench.reports import figures, plot, roofline, table
from anisoap_md.bench.reports.compare import compare
from anisoap_md.bench.systems import System

CASE = Case("", System("benzenes"), "numpy", "", 6, 7.0, 1.5, "gto", None)
CPP = replace(CASE, backend="cpp", variant="x86_64_v3")


def result(case: Case, times=(0.4, 0.2, 0.3), **others) -> dict:
    inputs = {"pairs": 1000, "centres": 100, "frames": 50, "sum_n2": 400, "checksum": "ab", "n_species": 2}
    done = {"status": "done", "times": list(times), "check": {"error": 1e-12}, "features": 44}
    measured = {"conversion_seconds": 0.0, "peak_bytes": 2**20, "cpu_times": list(times)}
    return {"case": asdict(case), **inputs, **done, **measured, **others}


def document(*results: dict) -> dict:
    by_key = {Case.from_json(r["case"]).key: r for r in results}
    machine = {"processor": "abacus", "peak_gflops": 50.0}
    return {
        "study": {},
        "fingerprint": "",
        "machine": machine,
        "systems": {},
        "revision": "f00",
        "results": by_key,
    }


def written(path: Path, *results: dict) -> Path:
    checkpoint.write(path, document(*results))
    return path


def test_metrics():
    (row,) = table.rows_of(document(result(CPP, cpu_times=[0.5, 0.1, 0.3])))
    assert row["cpu"] == 0.1
    assert row["backend"] == "cpp:x86_64_v3" and row["system"] == "benzenes"
    assert (row["min"], row["median"], row["repeats"]) == (0.2, 0.3, 3)
    assert row["spread"] == pytest.approx(0.05 / 0.3)  # quartiles 0.25 and 0.35
    assert row["ns_a_pair"] == pytest.approx(0.2e9 / 1000)
    assert row["seconds_by_n2"] == pytest.approx(0.2 / 400)
    assert row["neighbors"] == 9 and row["particles"] == 2
    assert (row["processor"], row["revision"], row["peak_mib"]) == ("abacus", "f00", 1)


def test_what_is_not_done_has_no_time():
    absent = {"status": "absent", "reason": "no package"}
    quoted = {"status": "quoted", "ns_a_pair": 111e3, "source": "quoted from a table"}
    rows = table.rows_of(
        document({"case": asdict(CASE), **absent}, {**result(replace(CASE, backend="reference")), **quoted})
    )
    assert [row["median"] for row in rows] == [None, None]
    assert [row["ns_a_pair"] for row in rows] == [None, 111e3]
    assert [row["source"] for row in rows] == ["no package", "quoted from a table"]


def test_tables(tmp_path):
    one = written(tmp_path / "a.json", result(CASE), result(CPP, times=[0.001]))
    two = written(tmp_path / "b.json", {"case": asdict(CASE), "status": "failed", "reason": "a | b"})
    rows = table.aggregate([one, two], [tmp_path / "t.csv", tmp_path / "t.md"])
    again = table.read_csv(tmp_path / "t.csv")
    for row, other in zip(rows, again, strict=True):
        for name in table.COLUMNS:
            expected = row[name] if row[name] != "" or name in table._TEXT else None
            got = other[name] if other[name] != "" or expected == "" else None
            assert got == (pytest.approx(expected, rel=1e-5) if isinstance(expected, float) else expected), (
                name
            )
    lines = (tmp_path / "t.md").read_text().splitlines()
    assert len(lines) == 2 + 3 and all(line.count("|") == lines[0].count("|") for line in lines)
    assert "| 300 |" in lines[2] and "| 2e+05 |" in lines[2] and "a / b" in lines[4]


@pytest.mark.parametrize(
    "text, error",
    [
        ("a,b\n1,2\n", "other columns"),
        ("", "other columns"),
        (None, "'oops'.*numbers in the columns of numbers"),
    ],
)
def test_tables_that_are_refused(tmp_path, text, error):
    (row,) = table.rows_of(document(result(CPP)))
    path = tmp_path / "t.csv"
    path.write_text(table.csv_text([{**row, "median": "oops"}]) if text is None else text)
    with pytest.raises(ArgumentError, match=error):
        table.read_csv(path)


def test_an_output_of_another_suffix(tmp_path):
    with pytest.raises(ArgumentError, match="suffix of the output file, got .*t.cvs'; expected .csv or .md"):
        table.aggregate([written(tmp_path / "a.json", result(CASE))], [tmp_path / "t.cvs"])


def swept() -> list[dict]:
    """Results for every figure."""
    found = [result(replace(CASE, backend="reference"), status="quoted", ns_a_pair=1e5, source="there")]
    for case in (CASE, CPP, replace(CASE, backend="torch", variant="cuda")):
        found.append(result(case))
        for k in (1, 2):
            liquid = System("one_species", particles=100 * k)
            varied = {
                "species": {"system": System(("one_species", "two_species")[k - 1])},
                "threads": {"threads": k},
                "batch": {"batch": k},
                "precision": {"precision": ("float64", "float32")[k - 1]},
                "neighbors": {"system": replace(liquid, neighbors=10.0 * k)},
                "size": {"system": liquid},
                "lmax": {"l_max": k},
            }
            for name, changes in varied.items():
                shape = {"n_species": k, "centres": 5000 * k, "pairs": 50_000 * k * k}
                found.append(result(replace(case, sweep=name, **changes), **shape))
    return found


def test_figures(tmp_path):
    table.aggregate([written(tmp_path / "a.json", *swept())], [tmp_path / "t.csv"])
    paths = plot.plot(tmp_path / "t.csv", tmp_path / "figures")
    assert {p.name for p in paths} == {
        f"{name}.{suffix}" for name in figures.FIGURES for suffix in plot.FORMATS
    }
    starts = {"svg": b"<?xml", "pdf": b"%PDF", "png": b"\x89PNG"}
    for path in paths:
        assert path.read_bytes().startswith(starts[path.suffix[1:]])
    again = plot.plot(tmp_path / "t.csv", tmp_path / "again", ["size"])
    assert [p.name for p in again] == [f"size.{suffix}" for suffix in plot.FORMATS]
    for path in again:
        assert path.read_bytes() == (tmp_path / "figures" / path.name).read_bytes()


def test_what_figures_show():
    from matplotlib.figure import Figure

    rows = table.rows_of(document(*swept()))
    figure = Figure()
    assert figures.threads(figure, rows)
    lines = {line.get_label(): line.get_xydata().tolist() for line in figure.axes[0].lines}
    assert lines["numpy"] == [[1, 1], [2, 1]]
    figure = Figure()
    assert figures.devices(figure, rows)
    assert figure.axes[0].lines[0].get_xydata().tolist() == [[100, 1], [200, 1]]
    figure = Figure()
    assert figures.speed_up(figure, rows)
    assert [bar.get_height() for bar in figure.axes[0].patches] == pytest.approx([1 / 2] * 3)


def test_the_roofline_is_beside_degrees_and_neighbours():
    """Of the degrees that were timed; the same for any number of neighbours, and left out where no peak is known."""
    from matplotlib.figure import Figure

    rows = table.rows_of(document(*swept()))
    bounds = {
        "l_max": [[degree, roofline.operations(degree) / 50] for degree in (1, 2)],
        "neighbors": [[9.0, roofline.operations(6) / 50], [19.0, roofline.operations(6) / 50]],
    }
    for name, bound in bounds.items():
        known, unknown = Figure(), Figure()
        assert figures.FIGURES[name](known, rows)
        assert known.axes[0].lines[-1].get_label() == "moments at 50 GFLOP/s"
        assert known.axes[0].lines[-1].get_xydata().tolist() == bound
        assert figures.FIGURES[name](unknown, [{**row, "peak_gflops": None} for row in rows])
        assert len(unknown.axes[0].lines) == len(known.axes[0].lines) - 1


def test_legends_are_inside_and_no_two_bars_alike(tmp_path, monkeypatch):
    """With as many backends as the preset cpu times."""
    from matplotlib.figure import Figure

    names = ["numpy", "torch:cpu", "torch_mixed:cpu", *(f"cpp:x86_64_v{k}" for k in (4, 3, 2))]
    choices = [name.partition(":")[::2] for name in (*names, "lammps:compute", "lammps:pair")]
    cases = [replace(CASE, backend=backend, variant=variant) for backend, variant in choices]
    quoted = result(replace(CASE, backend="reference"), status="quoted", ns_a_pair=1e5, source="there")
    table.aggregate([written(tmp_path / "a.json", *map(result, cases), quoted)], [tmp_path / "t.csv"])
    drawn = []
    save = Figure.savefig
    monkeypatch.setattr(
        Figure, "savefig", lambda figure, *a, **b: drawn.append(figure) or save(figure, *a, **b)
    )
    plot.plot(tmp_path / "t.csv", tmp_path, ["wall_time"])
    (legend,) = drawn[-1].legends
    box = legend.get_window_extent()
    assert len(legend.get_texts()) == 9 and box.x0 >= 0 and box.x1 <= drawn[-1].bbox.width
    assert len({bar.get_facecolor() for bar in drawn[-1].axes[0].patches}) == 9


def test_figures_without_data_are_left_out(tmp_path):
    table.aggregate([written(tmp_path / "a.json", result(CASE))], [tmp_path / "t.csv"])
    assert {p.stem for p in plot.plot(tmp_path / "t.csv", tmp_path)} == {"wall_time"}
    with pytest.raises(ArgumentError, match="no data for a figure; expected data for size"):
        plot.plot(tmp_path / "t.csv", tmp_path, ["size"])
    with pytest.raises(ArgumentError, match="figure, got 'wal_time'; .*did you mean 'wall_time'"):
        plot.plot(tmp_path / "t.csv", tmp_path, ["wal_time"])


def test_figures_without_matplotlib(tmp_path, monkeypatch):
    monkeypatch.setattr("anisoap_md.common.packages.find_spec", lambda name: None)
    with pytest.raises(
        RuntimeError,
        match=r"bench plot, got no package 'matplotlib'; expected 'pip install anisoap-md\[bench\]'",
    ):
        plot.plot(tmp_path / "t.csv", tmp_path)


def test_ratios_do_not_depend_on_the_machine(tmp_path):
    """The second machine takes three times as long; beside that, cpp takes 1.5 times as long as before."""
    old = written(tmp_path / "old.json", result(CASE, [0.2, 0.3]), result(CPP, [0.01, 0.02]))
    new = written(tmp_path / "new.json", result(CASE, [0.7, 0.6]), result(CPP, [0.05, 0.045]))
    found = compare(old, new)
    assert found.machine == pytest.approx(3)
    assert [change.ratio for change in found.changes] == [pytest.approx(1.5)]
    assert found.slower(1.6) == [] and len(found.slower(1.4)) == 1
    assert compare(old, new, "cpp").changes[0].ratio == pytest.approx(1 / 1.5)


def test_processor_time_counts_on_one_thread(tmp_path):
    """Other jobs made the clock run; on several threads, in LAMMPS and on devices it is what there is."""
    others = (
        replace(CPP, threads=2),
        replace(CASE, backend="torch", variant="cuda"),
        replace(CASE, backend="lammps", variant="pair"),
    )
    of_lammps = {"cpu_times": []}

    def run(path, factor):
        times = [0.1 * factor]
        cases = [result(case, times, cpu_times=[0.1]) for case in (CASE, CPP, *others[:2])]
        return written(path, *cases, result(others[2], times, **of_lammps))

    found = compare(run(tmp_path / "old.json", 1), run(tmp_path / "new.json", 4))
    assert sorted(change.ratio for change in found.changes) == pytest.approx([1, 4, 4, 4])


def test_runs_that_cannot_be_compared(tmp_path):
    both = written(tmp_path / "both.json", result(CASE), result(CPP))
    alone = written(tmp_path / "alone.json", result(CPP))
    with pytest.raises(
        ArgumentError, match="got no case of 'numpy' in both; expected runs with the baseline"
    ):
        compare(both, alone)
    baseline = written(tmp_path / "baseline.json", result(CASE))
    with pytest.raises(ArgumentError, match="got no other case in both"):
        compare(both, baseline)
    both.write_text(both.read_text()[:-200])
    with pytest.raises(ArgumentError, match="file '.*both.json': results, got no JSON: .*truncated"):
        compare(both, alone)


def test_operations_of_a_pair():
    """Moments of degree 2: 1, 3 and 6 of them."""
    assert roofline.operations(2) - roofline.operations(1) == 8 * 6
    assert roofline.ns_a_pair(2, 2.0) == roofline.operations(2) / 2
