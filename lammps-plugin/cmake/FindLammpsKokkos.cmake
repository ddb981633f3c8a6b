# SPDX-License-Identifier: GPL-2.0-only
# Interface target anisoap_lammps_kokkos: headers and definitions of the package KOKKOS of LAMMPS_SOURCE_DIR and of the Kokkos that it
# was built with (Kokkos_ROOT). Nothing is linked: the running lmp has Kokkos in the process already.
set(ANISOAP_LAMMPS_KOKKOS_PREC "double" CACHE STRING "KOKKOS_PREC of that LAMMPS: double, mixed or single")
set_property(CACHE ANISOAP_LAMMPS_KOKKOS_PREC PROPERTY STRINGS double mixed single)
set(ANISOAP_LAMMPS_KOKKOS_LAYOUT "legacy" CACHE STRING "KOKKOS_LAYOUT of that LAMMPS: legacy or default")
set_property(CACHE ANISOAP_LAMMPS_KOKKOS_LAYOUT PROPERTY STRINGS legacy default)

if(NOT EXISTS "${ANISOAP_LAMMPS_INCLUDE}/KOKKOS/atom_vec_ellipsoid_kokkos.h")
  message(FATAL_ERROR "ANISOAP_LAMMPS_KOKKOS with LAMMPS_SOURCE_DIR '${LAMMPS_SOURCE_DIR}'; expected a LAMMPS source tree whose KOKKOS "
                      "package has atom style ellipsoid/kk (LAMMPS 4 Jul 2026 or newer)")
endif()
find_package(Kokkos 4.7 REQUIRED CONFIG)

set(precision_double DOUBLE_DOUBLE)
set(precision_mixed SINGLE_DOUBLE)
set(precision_single SINGLE_SINGLE)
set(precision ${precision_${ANISOAP_LAMMPS_KOKKOS_PREC}})
string(TOUPPER "${ANISOAP_LAMMPS_KOKKOS_LAYOUT}" layout)
if(NOT precision OR NOT layout MATCHES "^(LEGACY|DEFAULT)$")
  message(FATAL_ERROR "ANISOAP_LAMMPS_KOKKOS_PREC '${ANISOAP_LAMMPS_KOKKOS_PREC}', ANISOAP_LAMMPS_KOKKOS_LAYOUT "
                      "'${ANISOAP_LAMMPS_KOKKOS_LAYOUT}'; expected double, mixed or single, and legacy or default")
endif()

add_library(anisoap_lammps_kokkos INTERFACE)
target_include_directories(anisoap_lammps_kokkos SYSTEM INTERFACE
  ${ANISOAP_LAMMPS_INCLUDE}/KOKKOS ${ANISOAP_LAMMPS_INCLUDE}/ASPHERE $<TARGET_PROPERTY:Kokkos::kokkos,INTERFACE_INCLUDE_DIRECTORIES>)
target_compile_definitions(anisoap_lammps_kokkos INTERFACE
  LMP_KOKKOS LMP_KOKKOS_${precision} LMP_KOKKOS_LAYOUT_${layout} $<TARGET_PROPERTY:Kokkos::kokkos,INTERFACE_COMPILE_DEFINITIONS>)
target_compile_options(anisoap_lammps_kokkos INTERFACE $<TARGET_PROPERTY:Kokkos::kokkos,INTERFACE_COMPILE_OPTIONS>)
