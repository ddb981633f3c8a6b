# Revision of the git clone `source`, with '+' behind it for one with changes; `unknown` for sources of another kind.
function(anisoap_revision source out)
  set(${out} unknown PARENT_SCOPE)
  find_package(Git QUIET)
  if(NOT Git_FOUND)
    return()
  endif()
  set(git ${GIT_EXECUTABLE} -C ${source})
  # sources that lie inside a clone of something else are not its revision
  execute_process(COMMAND ${git} ls-files --error-unmatch CMakeLists.txt RESULT_VARIABLE is_foreign OUTPUT_QUIET ERROR_QUIET)
  execute_process(COMMAND ${git} rev-parse HEAD RESULT_VARIABLE is_empty OUTPUT_VARIABLE revision
                  OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
  if(is_foreign OR is_empty)
    return()
  endif()
  execute_process(COMMAND ${git} status --porcelain --untracked-files=no OUTPUT_VARIABLE changes ERROR_QUIET)
  if(changes)
    string(APPEND revision "+")
  endif()
  set(${out} ${revision} PARENT_SCOPE)
endfunction()

# Installs revision.txt of PROJECT_SOURCE_DIR, as it is then: commits come between a configuration and an installation.
function(anisoap_install_revision folder component)
  set(file "${CMAKE_CURRENT_BINARY_DIR}/revision.txt")
  install(CODE "include([[${CMAKE_CURRENT_FUNCTION_LIST_FILE}]])
anisoap_revision([[${PROJECT_SOURCE_DIR}]] revision)
file(WRITE [[${file}]] \"\${revision}\\n\")
# one of the same second would stay
file(REMOVE \"\$ENV{DESTDIR}\${CMAKE_INSTALL_PREFIX}/${folder}/revision.txt\")" COMPONENT ${component})
  install(FILES ${file} DESTINATION ${folder} COMPONENT ${component})
endfunction()
