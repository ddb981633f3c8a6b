#!/bin/sh
# Tests on a GPU: detail/ as device code, the Kokkos engine, the Python package with device=cuda against contracts and golden
# files, and, where a LAMMPS is named, the /kk styles against the plain ones. Double to 1e-10, single to 1e-4 of the largest entry.
#
#   Kokkos_ROOT=PREFIX tests/device/run.sh [BUILD]        BUILD: build-device unless given
#
# Kokkos_ROOT         a Kokkos with CUDA, as cmake/kokkos/lammps-kokkos.sh cuda builds it
# LAMMPS_SOURCE_DIR   and ANISOAP_KOKKOS_LMP: sources and lmp of a LAMMPS built with that Kokkos
# PYTHON              with pybind11, numpy, ase, pytest (python3)
# DEVICE              cuda, or openmp for a rehearsal without a GPU
# CMAKE_ARGS          more for CMake, such as -DANISOAP_LAMMPS_MPI=OFF for a LAMMPS without MPI
set -eu
cd "$(dirname "$0")/../.."
build=${1:-build-device} python=$(command -v "${PYTHON:-python3}") device=${DEVICE:-cuda} jobs=${JOBS:-$(nproc)}
: "${Kokkos_ROOT:?expected the folder of a Kokkos, such as cmake/kokkos/lammps-kokkos.sh cuda prints}"

part() { printf '\n== %s (after %s s)\n' "$1" "$(($(date +%s) - started))"; }
started=$(date +%s) failed=""

part "build"
plugin=OFF
[ -z "${ANISOAP_KOKKOS_LMP:-}" ] || plugin=ON
# shellcheck disable=SC2086  # lists
cmake -G Ninja -S . -B "$build" -DCMAKE_BUILD_TYPE=Release -DANISOAP_WITH_KOKKOS=ON -DKokkos_ROOT="$Kokkos_ROOT" \
  -DANISOAP_KOKKOS_DEGREE=4 -DANISOAP_COMPILED_DEGREE=6 -DANISOAP_BUILD_PYTHON=ON -DANISOAP_INSTALL=OFF \
  -DPython_EXECUTABLE="$python" -DANISOAP_BUILD_LAMMPS_PLUGIN=$plugin -DANISOAP_LAMMPS_KOKKOS=$plugin \
  -DLAMMPS_SOURCE_DIR="${LAMMPS_SOURCE_DIR:-}" ${CMAKE_ARGS:-} > /dev/null
targets="_core anisoap_kokkos_tests"
[ "$device" != cuda ] || targets="$targets anisoap_detail_cuda_cxx17"
[ $plugin = OFF ] || targets="$targets anisoapplugin"
cmake --build "$build" --parallel "$jobs" --target $targets > "$build/build.log" 2>&1 || { tail -n 50 "$build/build.log"; exit 1; }

part "formulas as device code"
if [ "$device" = cuda ]; then "$build/tests/device/anisoap_detail_cuda_cxx17" || failed="$failed detail"; else echo "left out: no GPU"; fi

part "engine"
"$build/tests/anisoap_kokkos_tests" --gtest_brief=1 || failed="$failed engine"

part "Python, device=$device"
package=$build/package
rm -rf "$package" && mkdir -p "$package"
cp -r ase-calculator/anisoap_md "$package/" && cp "$build"/ase-calculator/_core*.so "$package/anisoap_md/"
PYTHONPATH="$package${PYTHONPATH:+:$PYTHONPATH}" "$python" -m pytest -q -p no:cacheprovider --device "$device" tests/python/frames \
  tests/python/descriptors tests/python/models || failed="$failed python"

part "/kk styles in LAMMPS"
if [ $plugin = ON ]; then
  [ "$device" = cuda ] && on="g 1" || on="t 1"
  PYTHONPATH="$package${PYTHONPATH:+:$PYTHONPATH}" ANISOAP_KOKKOS_DEVICES=$on ANISOAP_PLUGIN=$build/lammps-plugin/anisoapplugin.so \
    "$python" -m pytest -q -p no:cacheprovider tests/lammps-kokkos || failed="$failed lammps"
else
  echo "left out: ANISOAP_KOKKOS_LMP is not set"
fi

part "end"
[ -z "$failed" ] || { echo "failed:$failed"; exit 1; }
