# weisu_module(NAME SOURCES a.c ... SEES base text ... LIBS ...)
#
# One OBJECT library a folder of engine/. Its include path is a folder of symbolic links that holds only the folder
# itself and those that it SEES, so that an include which the layers forbid does not compile.
function(weisu_module name)
  cmake_parse_arguments(M "" "" "SOURCES;SEES;LIBS" ${ARGN})
  set(view ${CMAKE_BINARY_DIR}/see/${name})
  file(REMOVE_RECURSE ${view})
  file(MAKE_DIRECTORY ${view})
  foreach(seen ${name} ${M_SEES})
    file(CREATE_LINK ${CMAKE_SOURCE_DIR}/engine/${seen} ${view}/${seen} SYMBOLIC)
  endforeach()
  add_library(weisu_${name} OBJECT ${M_SOURCES})
  target_include_directories(weisu_${name} PRIVATE ${view} ${CMAKE_SOURCE_DIR}/include ${CMAKE_BINARY_DIR}/include)
  target_include_directories(weisu_${name} SYSTEM PRIVATE ${XXHASH_INCLUDE_DIR})
  target_link_libraries(weisu_${name} PRIVATE weisu_options ${M_LIBS})
endfunction()
