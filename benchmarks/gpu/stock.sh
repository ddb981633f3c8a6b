#!/bin/sh
# A LAMMPS without KOKKOS on a GPU: milliseconds of a step of in.step, with its own floor (pair_style zero) and one core of the
# vectorised code beside them, in one run. Prints a CSV.
#
#   LMP=lmp MODEL=linear.json benchmarks/gpu/stock.sh [RANKS ...]      RANKS: 1, 4 and 16 unless given; they share the GPUs
#
# LMP      lmp of the Python package lammps[mpi]; LAMMPS_PLUGIN_PATH names a plugin that was built with Kokkos (docs/devices.md)
# MODEL    as bench_kokkos models writes them
# CELLS    cells along an edge, two particles each: "32 80", 65,536 and 1,024,000 particles
# DEVICE   cuda
set -eu
input=$(cd "$(dirname "$0")" && pwd)/in.step
: "${MODEL:?expected a model file, such as bench_kokkos models writes}"
[ $# -gt 0 ] || set -- 1 4 16
export OMP_NUM_THREADS=1

# Ranks, cells, steps, more words: milliseconds a step of the second run of in.step.
milliseconds() {
  ranks=$1 cells=$2 steps=$3
  shift 3
  log=$(mktemp)
  ${MPIEXEC:-mpiexec} -n "$ranks" "${LMP:-lmp}" -in "$input" -log none -var cells "$cells" -var steps "$steps" -var model "$MODEL" \
    "$@" > "$log" || { tail -n 5 "$log" >&2; exit 1; }
  awk '/^Loop time/ { time = $4; steps = $9 } END { printf "%.3f", 1000 * time / steps }' "$log"
  rm "$log"
}

echo "particles,ranks,floor_ms,device_ms,one_core_ms"
for cells in ${CELLS:-32 80}; do
  particles=$((2 * cells * cells * cells))
  core=$(milliseconds 1 "$cells" $((2000000 / particles + 1)) -var warm 1 -var device cpu)
  for ranks in "$@"; do
    floor=$(milliseconds "$ranks" "$cells" 400 -var zero 1)
    device=$(milliseconds "$ranks" "$cells" 400 -var device "${DEVICE:-cuda}")
    echo "$particles,$ranks,$floor,$device,$core"
  done
done
