#!/bin/sh
# Where the time of a step of in.step goes under KOKKOS: kernels of AniSOAP, other kernels, and copies between host and device by
# kokkos_times.c, and what a step takes without that tool; with fix langevin and with sorted rows too. Prints a CSV.
#
#   LMP=lmp MODEL=linear.json benchmarks/gpu/profile/kk_steps.sh
#
# LMP      lmp with KOKKOS; LAMMPS_PLUGIN_PATH names the plugin
# MODEL    as bench_kokkos models writes them
# CELLS    cells along an edge, two particles each: "10 32 80"
# KOKKOS   words in place of "g 1": "t 1" rehearses on CPUs
set -eu
here=$(cd "$(dirname "$0")" && pwd)
: "${MODEL:?expected a model file, such as bench_kokkos models writes}"
export OMP_NUM_THREADS=1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cc -shared -fPIC -O2 -o "$work/times.so" "$here/kokkos_times.c" -ldl

# Steps, more words: milliseconds a step.
run() {
  steps=$1
  shift
  # shellcheck disable=SC2086  # KOKKOS is words
  "${LMP:-lmp}" -k on ${KOKKOS:-g 1} -sf kk -pk kokkos newton on neigh half -in "$here/../in.step" -log none -var model "$MODEL" \
    -var steps "$steps" "$@" > "$work/log" || { tail -n 5 "$work/log" >&2; exit 1; }
  awk '/^Loop time/ { time = $4; steps = $9 } END { printf "%.4f", 1000 * time / steps }' "$work/log"
}

# Words: of a step, what sixty have more than twenty: ms of kernels and copies, numbers and bytes of copies.
shares() {
  for steps in 20 60; do
    (
      export KOKKOS_TOOLS_LIBS="$work/times.so" KOKKOS_TIMES="$work/$steps"
      rm -f "$KOKKOS_TIMES"
      run "$steps" -var warm 20 "$@" > "$work/ms"
    )
  done
  paste -d, "$work/20" "$work/60" | awk -F, '{ for (k = 1; k <= 4; k++) printf "%.4f,", 1000 * ($(8 + k) - $k) / 40
    for (k = 5; k <= 6; k++) printf "%.2f,", ($(8 + k) - $k) / 40
    printf "%.0f,%.0f", ($15 - $7) / 40, ($16 - $8) / 40 }'
}

# Case, cells, words.
line() {
  case=$1 cells=$2
  shift 2
  echo "$case,$((2 * cells * cells * cells)),$(run 400 -var cells "$cells" "$@"),$(shares -var cells "$cells" "$@")"
}

printf "case,particles,ms_a_step,anisoap_kernels_ms,other_kernels_ms,to_device_ms,to_host_ms,copies_to_device,copies_to_host,"
echo "bytes_to_device,bytes_to_host"
for cells in ${CELLS:-10 32 80}; do
  line lj "$cells" -var lj 1
  line linear "$cells"
  line "linear langevin" "$cells" -var langevin 1
  line "linear sorted" "$cells" -var words "sort yes"
done
