# GTest::gtest_main: from the system, else from the sources that the PyPI package ros-gtest-vendor brings, else downloaded.
if(TARGET GTest::gtest_main)
  return()
endif()
find_package(GTest QUIET)
if(GTest_FOUND)
  return()
endif()

set(anisoap_gtest "")
if(Python_Interpreter_FOUND)
  execute_process(COMMAND ${Python_EXECUTABLE} -c "import sys; print(sys.prefix)" OUTPUT_VARIABLE anisoap_python_prefix
                  OUTPUT_STRIP_TRAILING_WHITESPACE)
  set(anisoap_gtest ${anisoap_python_prefix}/src/gtest_vendor)
endif()
if(EXISTS ${anisoap_gtest}/src/gtest-all.cc)
  find_package(Threads REQUIRED)
  add_library(anisoap_gtest_main STATIC ${anisoap_gtest}/src/gtest-all.cc ${anisoap_gtest}/src/gtest_main.cc)
  target_compile_features(anisoap_gtest_main PUBLIC cxx_std_17)
  target_include_directories(anisoap_gtest_main SYSTEM PUBLIC ${anisoap_gtest}/include PRIVATE ${anisoap_gtest})
  target_link_libraries(anisoap_gtest_main PUBLIC Threads::Threads)
  add_library(GTest::gtest_main ALIAS anisoap_gtest_main)
  return()
endif()

include(FetchContent)
message(STATUS "GoogleTest: neither installed nor in Python's environment, it is downloaded")
FetchContent_Declare(googletest
  URL https://github.com/google/googletest/archive/refs/tags/v1.15.2.tar.gz
  URL_HASH SHA256=7b42b4d6ed48810c5362c265a17faebe90dc2373c885e5216439d37927f02926)
set(INSTALL_GTEST OFF CACHE INTERNAL "")
set(BUILD_GMOCK OFF CACHE INTERNAL "")
FetchContent_MakeAvailable(googletest)
