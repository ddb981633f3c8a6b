# Headers come from the system or from PyPI packages (cmeel-eigen, nlohmann-json) of the Python that configures the build.
find_package(Python COMPONENTS Interpreter QUIET)

# Sets `result` to the first entry of Python's path that holds `file`, empty if none does.
function(anisoap_find_on_python_path file result)
  set(${result} "" PARENT_SCOPE)
  if(NOT Python_Interpreter_FOUND)
    return()
  endif()
  execute_process(
    COMMAND ${Python_EXECUTABLE} -c
            "import os, sys\nprint(next((p for p in sys.path if os.path.exists(os.path.join(p, '${file}'))), ''))"
    OUTPUT_VARIABLE found OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
  set(${result} "${found}" PARENT_SCOPE)
endfunction()

anisoap_find_on_python_path(cmeel.prefix/include/eigen3/Eigen/Core anisoap_cmeel)
find_package(Eigen3 3.3 CONFIG QUIET PATHS ${anisoap_cmeel}/cmeel.prefix)
if(NOT TARGET Eigen3::Eigen)
  message(FATAL_ERROR "Eigen not found: install the package libeigen3-dev, or 'pip install cmeel-eigen'")
endif()

add_library(anisoap_json INTERFACE)
find_package(nlohmann_json 3.9 CONFIG QUIET)
if(nlohmann_json_FOUND)
  target_link_libraries(anisoap_json INTERFACE nlohmann_json::nlohmann_json)
else()
  anisoap_find_on_python_path(nlohmann_json/include/nlohmann/json.hpp anisoap_json_path)
  if(NOT anisoap_json_path)
    message(FATAL_ERROR "nlohmann-json not found: install the package nlohmann-json3-dev, or 'pip install nlohmann-json'")
  endif()
  target_include_directories(anisoap_json SYSTEM INTERFACE ${anisoap_json_path}/nlohmann_json/include)
endif()

if(ANISOAP_BUILD_KOKKOS)
  find_package(Kokkos 4.7...<6 REQUIRED CONFIG)
endif()

if(ANISOAP_WITH_OPENMP STREQUAL "AUTO")
  find_package(OpenMP QUIET COMPONENTS CXX)
elseif(ANISOAP_WITH_OPENMP)
  find_package(OpenMP REQUIRED COMPONENTS CXX)
endif()
