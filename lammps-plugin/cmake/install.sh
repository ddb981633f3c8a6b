#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# Makes ML-ANISOAP a package of a LAMMPS source tree, and its /kk styles a part of the package KOKKOS where that has atom style
# ellipsoid/kk (4 Jul 2026 or newer); a second call changes nothing that is there already.
#   install.sh LAMMPS_DIR [--link]
#   cmake -S LAMMPS_DIR/cmake -B build -DPKG_ML-ANISOAP=ON [-DPKG_KOKKOS=ON] -DANISOAP_SOURCE_DIR=CHECKOUT_OF_ANISOAP_MD
# --link: symbolic links instead of copies of the sources.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
lammps=${1:?usage: install.sh LAMMPS_DIR [--link]}
put="cp -f"
if [[ ${2:-} == --link ]]; then put="ln -sf"; fi
lists=$lammps/cmake/CMakeLists.txt
if [[ ! -f $lists || ! -f $lammps/src/version.h ]]; then
  echo "install.sh: no LAMMPS source tree at $lammps; expected one with cmake/CMakeLists.txt and src/version.h" >&2
  exit 1
fi

mkdir -p "$lammps/src/ML-ANISOAP"
$put "$here"/../ML-ANISOAP/*.h "$here"/../ML-ANISOAP/*.cpp "$lammps/src/ML-ANISOAP/"
$put "$here/ML-ANISOAP.cmake" "$lammps/cmake/Modules/Packages/"
if [[ -f $lammps/src/KOKKOS/atom_vec_ellipsoid_kokkos.h ]]; then
  $put "$here"/../KOKKOS/*.h "$here"/../KOKKOS/*.cpp "$lammps/src/KOKKOS/"
fi

# the list of packages, and the list of those with a module of their own
grep -q '^  ML-ANISOAP$' "$lists" || sed -i 's/^  ML-IAP$/  ML-ANISOAP\n&/' "$lists"
grep -q 'foreach(PKG_WITH_INCL ML-ANISOAP ' "$lists" || sed -i '0,/foreach(PKG_WITH_INCL /s//foreach(PKG_WITH_INCL ML-ANISOAP /' "$lists"
if [[ $(grep -c 'ML-ANISOAP' "$lists") -ne 2 ]]; then
  echo "install.sh: $lists has not the lists of packages that are expected; add ML-ANISOAP to STANDARD_PACKAGES and to" \
       "the first foreach(PKG_WITH_INCL ...)" >&2
  exit 1
fi
echo "ML-ANISOAP is in $lammps; configure with -DPKG_ML-ANISOAP=ON"
