# Build type, warnings, sanitizers: what every target of the project shares.
if(PROJECT_IS_TOP_LEVEL AND NOT CMAKE_BUILD_TYPE AND NOT CMAKE_CONFIGURATION_TYPES)
  set(CMAKE_BUILD_TYPE Release CACHE STRING "Build type" FORCE)
endif()

include(GNUInstallDirs)

# Own code only; never a requirement of those who link the library.
add_library(anisoap_options INTERFACE)
target_compile_options(anisoap_options INTERFACE
  $<$<COMPILE_LANGUAGE:CXX>:-Wall -Wextra -Wshadow -Wconversion -Wsign-conversion -Wdouble-promotion -Wfloat-conversion>)
if(ANISOAP_ARCH_NATIVE)
  target_compile_options(anisoap_options INTERFACE -march=native)
endif()
if(ANISOAP_SANITIZE)
  target_compile_options(anisoap_options INTERFACE -O0 -g1 -fsanitize=address,undefined -fno-sanitize-recover=all
                                                   -fno-omit-frame-pointer)
  target_link_options(anisoap_options INTERFACE -fsanitize=address,undefined)
endif()
