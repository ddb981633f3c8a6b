#!/bin/sh
# Wheel of anisoap-md-cu13: the package with a Kokkos for CUDA 13 inside, under the same import name. Install it instead of anisoap-md.
#
#   ase-calculator/recipes/cu13.sh KOKKOS [OUT]      KOKKOS: folder or archive of the sources of Kokkos 4.7; OUT: dist
#
# ARCH     AMPERE80: code for an A100, which newer GPUs compile again when it starts; HOPPER90 for an H100 alone
# PYTHON   python3, with pip
# CMAKE_ARGS   more for CMake, such as -DANISOAP_KOKKOS_DEGREE=6
#
# Needs nvcc 13 on PATH; no GPU. cmake/kokkos/lammps-kokkos.sh sources prints a folder with a Kokkos that CUDA 13 compiles.
set -eu
kokkos=$(realpath "${1:?expected the sources of Kokkos}") out=$(realpath -m "${2:-dist}")
command -v nvcc > /dev/null || { echo "cu13.sh: no nvcc on PATH, expected that of CUDA 13" >&2; exit 1; }
nvcc --version | grep -q "release 13" || { echo "cu13.sh: got $(nvcc --version | grep release), expected release 13" >&2; exit 1; }
cd "$(dirname "$0")/../.."

tree=$(mktemp -d)
trap 'rm -rf "$tree"' EXIT
git archive HEAD | tar xf - -C "$tree"
sed -i 's/^name = "anisoap-md"$/name = "anisoap-md-cu13"/' "$tree/pyproject.toml"
grep -q '^name = "anisoap-md-cu13"$' "$tree/pyproject.toml"

"${PYTHON:-python3}" -m pip wheel "$tree" --no-deps --wheel-dir "$out" \
  -C cmake.define.ANISOAP_WITH_KOKKOS=ON -C cmake.define.ANISOAP_KOKKOS_SOURCE="$kokkos" -C cmake.define.Kokkos_ENABLE_CUDA=ON \
  -C cmake.define.Kokkos_ENABLE_IMPL_VIEW_LEGACY=ON -C "cmake.define.Kokkos_ARCH_${ARCH:-AMPERE80}=ON" $(for a in ${CMAKE_ARGS:-}; do
    printf ' -C cmake.define.%s' "${a#-D}"
  done)
