#!/bin/sh
# pair_style anisoap/kk and pair snap/kk on 1, 2, 4 ... N GPUs of one host: weak scaling (particles a GPU kept) and strong scaling (particles
# in all kept). First checks that N GPUs give the energies, forces and torques of one to 1e-10 of the largest. Prints a CSV.
#
#   LMP=lmp MODELS=DIR POTENTIAL=potentials/Ta06A benchmarks/gpu/scaling.sh N > scaling.csv
#   python benchmarks/gpu/scaling.py scaling.csv             table, model of the cost, figure
#
# LMP        lmp with KOKKOS (docs/kokkos.md); LAMMPS_PLUGIN_PATH names the plugin
# MODELS     holds linear.json and linear_polynomial.json, as bench_kokkos models writes them
# POTENTIAL  Ta06A.snapcoeff and .snapparam of LAMMPS, without the ending; unset: snap is left out
# AWARE      on where MPI takes pointers into the memory of a GPU, off (the default) where not
# MPIEXEC    mpiexec; its local rank is read from MPI_LOCALRANKID where it sets no other variable that LAMMPS knows
# WEAK, STRONG   cells along an edge, two particles each: 80 a GPU, 126 in all; 0: left out
# CASES      some of lj linear linear_polynomial snap: all
# STEPS      200 (snap: a tenth)
# KOKKOS     words in place of "g N": "t 1" rehearses on CPUs
set -eu
here=$(cd "$(dirname "$0")" && pwd)
most=${1:?expected the number of GPUs}
: "${MODELS:?expected a folder with linear.json}"
steps=${STEPS:-200} weak=${WEAK:-80} strong=${STRONG:-126}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export OMP_NUM_THREADS=1

# GPUs, input, words of LAMMPS; the log is $work/log.
lammps() {
  gpus=$1 input=$2
  shift 2
  # shellcheck disable=SC2016,SC2086  # the inner shell expands; KOKKOS is words
  ${MPIEXEC:-mpiexec} -n "$gpus" sh -c 'export MV2_COMM_WORLD_LOCAL_RANK=${MPI_LOCALRANKID:-}; exec "$@"' sh "${LMP:-lmp}" \
    -k on ${KOKKOS:-g $gpus} -sf kk -pk kokkos newton on neigh half gpu/aware "${AWARE:-off}" -in "$here/$input" -log none "$@" \
    > "$work/log" 2>&1 || { tail -n 20 "$work/log" >&2; exit 1; }
}

agree() {
  lammps 1 in.step -var cells 12 -var write 1 -var data "$work/data"
  for model in linear linear_polynomial; do
    for gpus in 1 "$most"; do
      lammps "$gpus" in.agree -var data "$work/data" -var model "$MODELS/$model.json" -var out "$work/$gpus.dump"
    done
    python3 "$here/scaling.py" --agree "$work/$most.dump" "$work/1.dump" >&2
  done
}

# Kind of scaling, case, GPUs, input, words: a line of the table from the last run of the log.
line() {
  kind=$1 case=$2 gpus=$3 input=$4
  shift 4
  case " ${CASES:-$case} " in *" $case "*) ;; *) return ;; esac
  lammps "$gpus" "$input" "$@"
  awk -v head="$kind,$case,$gpus,${AWARE:-off}" '/^Loop time/ { time = $4; steps = $9; particles = $12 }
    /^(Pair|Neigh|Comm|Modify) / { share[$1] = $(NF) }
    END { printf "%s,%d,%.4f,%.3f,%s,%s,%s,%s\n", head, particles, 1000 * time / steps, particles * steps / time / 1e6, share["Pair"],
          share["Neigh"], share["Comm"], share["Modify"] }' "$work/log"
}

# Kind of scaling, cells, GPUs that the box grows with, GPUs.
cases() {
  size="-var cells $2 -var gpus $3"
  # shellcheck disable=SC2086  # a list
  {
    line "$1" lj "$4" in.step $size -var steps "$steps" -var lj 1
    line "$1" linear "$4" in.step $size -var steps "$steps" -var model "$MODELS/linear.json"
    line "$1" linear_polynomial "$4" in.step $size -var steps "$steps" -var model "$MODELS/linear_polynomial.json"
    [ -z "${POTENTIAL:-}" ] || line "$1" snap "$4" in.snap $size -var steps $((steps / 10)) -var potential "$POTENTIAL"
  }
}

agree
echo "scaling,case,gpus,aware,particles,ms_a_step,million_particle_steps_a_second,pair_percent,neigh_percent,comm_percent,modify_percent"
gpus=1
while [ "$gpus" -le "$most" ]; do
  [ "$weak" = 0 ] || cases weak "$weak" "$gpus" "$gpus"
  [ "$strong" = 0 ] || cases strong "$strong" 1 "$gpus"
  gpus=$((2 * gpus))
done
