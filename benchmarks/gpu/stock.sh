#!/bin/sh
# A LAMMPS without KOKKOS on a GPU: milliseconds of a step of in.step, with its own floor (pair_style zero) and one core of the
# vectorised code beside them, in one run; and where the time of a step goes: kernels and copies, counted in two more runs with
# profile/kokkos_times.c, and what is left of the step for the host. Prints a CSV.
#
#   LMP=lmp MODEL=linear.json benchmarks/gpu/stock.sh [RANKS ...]      RANKS: 1, 4 and 16 unless given; they share the GPUs
#
# LMP      lmp of the Python package lammps[mpi]; LAMMPS_PLUGIN_PATH names a plugin that was built with Kokkos (docs/devices.md)
# MODEL    as bench_kokkos models writes them
# CELLS    cells along an edge, two particles each: "32 80", 65,536 and 1,024,000 particles
# STEPS    of the device in all; fewer for many particles
# DEVICE   cuda
set -eu
here=$(cd "$(dirname "$0")" && pwd)
input=$here/in.step
: "${MODEL:?expected a model file, such as bench_kokkos models writes}"
[ $# -gt 0 ] || set -- 1 4 16
export OMP_NUM_THREADS=1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cc -shared -fPIC -O2 -o "$work/times.so" "$here/profile/kokkos_times.c" -ldl

# Ranks, cells, steps, more words: milliseconds a step of the second run of in.step.
milliseconds() {
  ranks=$1 cells=$2 steps=$3
  shift 3
  ${MPIEXEC:-mpiexec} -n "$ranks" "${LMP:-lmp}" -in "$input" -log none -var cells "$cells" -var steps "$steps" -var model "$MODEL" \
    "$@" > "$work/log" || { tail -n 5 "$work/log" >&2; exit 1; }
  awk '/^Loop time/ { time = $4; steps = $9 } END { printf "%.3f", 1000 * time / steps }' "$work/log"
}

# Ranks, cells: of a step and a rank, ms in kernels, ms in copies, MB to the device, MB to the host: what sixty steps have more than twenty.
shares() {
  for steps in 20 60; do
    (
      export KOKKOS_TOOLS_LIBS="$work/times.so" KOKKOS_TIMES="$work/$steps"
      rm -f "$KOKKOS_TIMES"
      milliseconds "$1" "$2" "$steps" -var warm 20 -var device "$device" > "$work/ms"
    )
  done
  awk -F, -v ranks="$1" 'FNR == 1 { sign = NR == 1 ? -1 : 1 }
    { kernels += sign * ($1 + $2); copies += sign * ($3 + $4); up += sign * $7; down += sign * $8 }
    END { n = 40 * ranks; printf "%.3f,%.3f,%.2f,%.2f", 1000 * kernels / n, 1000 * copies / n, up / n / 1e6, down / n / 1e6 }' \
    "$work/20" "$work/60"
}

device=${DEVICE:-cuda}
echo "particles,ranks,floor_ms,device_ms,kernels_ms,copies_ms,to_device_mb,to_host_mb,host_ms,one_core_ms"
for cells in ${CELLS:-32 80}; do
  particles=$((2 * cells * cells * cells))
  steps=${STEPS:-$((particles > 200000 ? 40 : 200))}
  core=$(milliseconds 1 "$cells" $((2000000 / particles + 1)) -var warm 1 -var device cpu)
  for ranks in "$@"; do
    floor=$(milliseconds "$ranks" "$cells" "$steps" -var warm 20 -var zero 1)
    took=$(milliseconds "$ranks" "$cells" "$steps" -var warm 20 -var device "$device")
    split=$(shares "$ranks" "$cells")
    host=$(echo "$split" | awk -F, -v took="$took" -v floor="$floor" '{ printf "%.3f", took - floor - $1 - $2 }')
    echo "$particles,$ranks,$floor,$took,$split,$host,$core"
  done
done
