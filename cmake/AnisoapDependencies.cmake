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

set(anisoap_missing "")
set(anisoap_missing_apt "")
set(anisoap_missing_pip "")

anisoap_find_on_python_path(cmeel.prefix/include/eigen3/Eigen/Core anisoap_cmeel)
find_package(Eigen3 3.3 CONFIG QUIET PATHS ${anisoap_cmeel}/cmeel.prefix)
if(NOT TARGET Eigen3::Eigen)
  list(APPEND anisoap_missing Eigen)
  string(APPEND anisoap_missing_apt " libeigen3-dev")
  string(APPEND anisoap_missing_pip " cmeel-eigen")
endif()

add_library(anisoap_json INTERFACE)
find_package(nlohmann_json 3.9 CONFIG QUIET)
if(nlohmann_json_FOUND)
  target_link_libraries(anisoap_json INTERFACE nlohmann_json::nlohmann_json)
else()
  anisoap_find_on_python_path(nlohmann_json/include/nlohmann/json.hpp anisoap_json_path)
  if(anisoap_json_path)
    target_include_directories(anisoap_json SYSTEM INTERFACE ${anisoap_json_path}/nlohmann_json/include)
  else()
    list(APPEND anisoap_missing nlohmann-json)
    string(APPEND anisoap_missing_apt " nlohmann-json3-dev")
    string(APPEND anisoap_missing_pip " nlohmann-json")
  endif()
endif()

if(anisoap_missing)
  list(JOIN anisoap_missing " and " anisoap_missing)
  set(anisoap_python python)
  if(Python_Interpreter_FOUND)
    set(anisoap_python ${Python_EXECUTABLE})
  endif()
  message(FATAL_ERROR "Not found: ${anisoap_missing} (headers). Install, one way or the other:\n"
                      "  apt install${anisoap_missing_apt}\n"
                      "  ${anisoap_python} -m pip install${anisoap_missing_pip}\n")
endif()

if(ANISOAP_WITH_KOKKOS)
  include(AnisoapKokkos)
endif()

if(ANISOAP_WITH_OPENMP STREQUAL "AUTO")
  find_package(OpenMP QUIET COMPONENTS CXX)
elseif(ANISOAP_WITH_OPENMP)
  find_package(OpenMP REQUIRED COMPONENTS CXX)
endif()
