# libweisu: the core, base to pipeline, as one shared library that exports what <weisu/...> declares. It is linked with
# neither jemalloc nor anything else that only the program needs (tests/policy/check_linkage.py looks).
# SOVERSION counts breaks of the ABI.
#
# weisu_library(FOLDER ...)
function(weisu_library)
  add_library(libweisu SHARED)
  foreach(folder ${ARGN})
    target_sources(libweisu PRIVATE $<TARGET_OBJECTS:weisu_${folder}>)
  endforeach()
  set_target_properties(libweisu PROPERTIES
    OUTPUT_NAME weisu EXPORT_NAME weisu VERSION ${PROJECT_VERSION} SOVERSION 0 LINKER_LANGUAGE C)
  target_include_directories(libweisu INTERFACE
    $<BUILD_INTERFACE:${CMAKE_SOURCE_DIR}/include> $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>)
  target_link_libraries(libweisu PRIVATE OpenMP::OpenMP_C PkgConfig::SODIUM m)
  if(WEISU_SANITIZE)
    # The run-time library of a sanitizer is linked into the program, so symbols of it are open here.
    target_link_options(libweisu PRIVATE -fsanitize=${WEISU_SANITIZE})
  else()
    target_link_options(libweisu PRIVATE -Wl,--no-undefined -Wl,--as-needed)
  endif()
  add_library(weisu::weisu ALIAS libweisu)
endfunction()
