# What was configured, in one block.
if(PROJECT_IS_TOP_LEVEL)
  message(STATUS "anisoap ${PROJECT_VERSION} (${CMAKE_BUILD_TYPE})")
  message(STATUS "  threads        ${ANISOAP_THREADS}")
  message(STATUS "  instruction sets  ${ANISOAP_INSTRUCTION_SETS}")
  foreach(part TESTS BENCHMARKS EXAMPLES PYTHON LAMMPS_PLUGIN KOKKOS)
    message(STATUS "  ${part}: ${ANISOAP_BUILD_${part}}")
  endforeach()
endif()
