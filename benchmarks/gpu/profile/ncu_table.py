# SPDX-License-Identifier: MIT
"""A line for each kernel of `bench_kokkos profile`, from what Nsight Compute wrote:

    ncu --clock-control none --csv --page raw --metrics METRICS bench_kokkos profile > ncu.csv
    python ncu_table.py ncu.csv > kernels.csv

METRICS are printed by `python ncu_table.py`. Of the launches of a kernel the longest counts.
"""

import csv
import math
import re
import sys

METRICS = {
    "us": "gpu__time_duration.sum",
    "registers": "launch__registers_per_thread",
    "shared B a block": "launch__shared_mem_per_block_dynamic",
    "spill loads": "smsp__inst_executed_op_local_ld.sum",
    "spill stores": "smsp__inst_executed_op_local_st.sum",
    "occupancy allowed %": "sm__maximum_warps_per_active_cycle_pct",
    "occupancy %": "sm__warps_active.avg.pct_of_peak_sustained_active",
    "FP64 pipe %": "sm__inst_executed_pipe_fp64.avg.pct_of_peak_sustained_active",
    "L1 %": "l1tex__throughput.avg.pct_of_peak_sustained_active",
    "L2 %": "lts__throughput.avg.pct_of_peak_sustained_elapsed",
    "DRAM %": "gpu__dram_throughput.avg.pct_of_peak_sustained_elapsed",
}
# Classes of core/include/anisoap/kokkos; a lambda is told by the function that holds it.
KERNELS = (
    "DensityStep|CentreStage|RowsOfCentres|LinearCentres|FeaturesOfCentres|PolynomialsOfCentres|PairForces|GatherForces|"
    "TwoBodyPass|GatherTwoBody|CommitteeTiles|AddRows|SetParticles|BuildPairs|"
    "IsHalfInside|IsInside|keep_pairs|keep_half|Transposed|build_half_list|to_offsets"
)


def read(path: str) -> dict[tuple[str, str], dict[str, float]]:
    with open(path) as file:
        header, units, *rows = csv.reader(line for line in file if line.startswith('"'))
    column = {name: header.index(metric) for name, metric in METRICS.items()}
    found: dict[tuple[str, str], dict[str, float]] = {}
    for row in rows:
        name = row[header.index("Kernel Name")]
        kernel = re.search(KERNELS, name)
        if not kernel:
            continue
        values = {key: float(row[at].replace(",", "")) for key, at in column.items()}
        values["us"] *= {"ns": 1e-3, "us": 1, "ms": 1e3}[units[column["us"]]]
        values["block"] = math.prod(int(n) for n in re.findall(r"\d+", row[header.index("Block Size")]))
        values["threads"] = float(row[header.index("launch__thread_count")].replace(",", ""))
        key = kernel[0], "float" if re.search(r"<Kokkos::\w+, float", name) else "double"
        if key not in found or found[key]["us"] < values["us"]:
            found[key] = values
    return found


def main() -> None:
    if len(sys.argv) < 2:
        print(",".join([*METRICS.values(), "launch__thread_count"]))
        return
    names = [*METRICS, "block", "threads"]
    print(",".join(["kernel", "type", *names]))
    for (kernel, kind), values in read(sys.argv[1]).items():
        print(",".join([kernel, kind, *(f"{values[name]:.5g}" for name in names)]))


if __name__ == "__main__":
    main()
