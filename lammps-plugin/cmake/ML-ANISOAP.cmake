# SPDX-License-Identifier: GPL-2.0-only
# Module of the LAMMPS build for the package ML-ANISOAP (cmake/install.sh puts it into a LAMMPS source tree).
# The AniSOAP core comes from ANISOAP_SOURCE_DIR, a checkout of anisoap-md, else from an installed anisoap. From a checkout it
# becomes part of the LAMMPS library, shared or not.
set(ANISOAP_SOURCE_DIR "" CACHE PATH "Checkout of anisoap-md; empty for an installed anisoap")

function(anisoap_add_core)
  set(BUILD_SHARED_LIBS OFF)
  add_subdirectory(${ANISOAP_SOURCE_DIR} anisoap EXCLUDE_FROM_ALL)
endfunction()

if(ANISOAP_SOURCE_DIR)
  anisoap_add_core()
else()
  find_package(anisoap REQUIRED CONFIG)
endif()
target_link_libraries(lammps PRIVATE $<BUILD_INTERFACE:anisoap::core> $<BUILD_INTERFACE:anisoap::no_device>)

# The module of KOKKOS finds the styles by their names, and nothing else.
if(PKG_KOKKOS AND EXISTS ${LAMMPS_SOURCE_DIR}/KOKKOS/anisoap_kokkos.cpp)
  target_sources(lammps PRIVATE ${LAMMPS_SOURCE_DIR}/KOKKOS/anisoap_kokkos.cpp)
endif()
