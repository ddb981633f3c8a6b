# Kokkos: an installed one, or built along from sources. Of the latter the options of Kokkos choose spaces and GPUs
# (Kokkos_ENABLE_CUDA, Kokkos_ARCH_HOPPER90 ...); without Kokkos_ARCH_* it asks the GPU of the machine.
set(ANISOAP_KOKKOS_SOURCE "" CACHE STRING "Folder or archive of the sources of a Kokkos to build along; empty: find_package")

if(ANISOAP_KOKKOS_SOURCE STREQUAL "")
  find_package(Kokkos 4.7...<6 CONFIG QUIET)
  if(NOT Kokkos_FOUND)
    message(FATAL_ERROR "ANISOAP_WITH_KOKKOS=ON, and no Kokkos 4.7 or newer was found. Say where one is installed, or where its sources are:\n"
                        "  -DKokkos_ROOT=<folder>                      (pip: -C cmake.define.Kokkos_ROOT=<folder>)\n"
                        "  -DANISOAP_KOKKOS_SOURCE=<folder or archive> (pip: -C cmake.define.ANISOAP_KOKKOS_SOURCE=...)\n"
                        "or make one: docs/kokkos.md, section 1. GPUs need one with Kokkos_ENABLE_CUDA (CUDA 12 or 13) or its like.\n")
  endif()
  return()
endif()

get_filename_component(anisoap_kokkos_source "${ANISOAP_KOKKOS_SOURCE}" ABSOLUTE BASE_DIR ${PROJECT_SOURCE_DIR})
if(NOT EXISTS "${anisoap_kokkos_source}")
  message(FATAL_ERROR "ANISOAP_KOKKOS_SOURCE: got ${anisoap_kokkos_source}, which does not exist, expected a folder or an archive\n")
endif()

# Inside the Python module and the plugin, whose symbols stay their own.
set(BUILD_SHARED_LIBS OFF)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(Kokkos_ENABLE_SERIAL ON CACHE BOOL "")
include(FetchContent)
if(IS_DIRECTORY "${anisoap_kokkos_source}")
  FetchContent_Declare(kokkos SOURCE_DIR "${anisoap_kokkos_source}")
else()
  FetchContent_Declare(kokkos URL "${anisoap_kokkos_source}")
endif()
FetchContent_MakeAvailable(kokkos)
if(TARGET Kokkos::kokkos)
  get_directory_property(Kokkos_VERSION DIRECTORY ${kokkos_SOURCE_DIR} DEFINITION Kokkos_VERSION)
endif()
if(NOT TARGET Kokkos::kokkos OR Kokkos_VERSION VERSION_LESS 4.7 OR NOT Kokkos_VERSION VERSION_LESS 6)
  message(FATAL_ERROR "ANISOAP_KOKKOS_SOURCE: got Kokkos '${Kokkos_VERSION}' in ${anisoap_kokkos_source}, expected the sources of 4.7 to 5\n")
endif()

# The runtime of CUDA is inside, and its driver is loaded when a device is asked for (core/src/device/driver.cpp): neither is wanted
# where there is no GPU.
if(Kokkos_ENABLE_CUDA)
  set_target_properties(CUDA PROPERTIES INTERFACE_LINK_LIBRARIES CUDA::cudart_static)
endif()
