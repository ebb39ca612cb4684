# What `cmake --install` writes: libweisu with its headers, pkg-config file and CMake package, the program, the data that
# it reads at run time, manual pages and licences. Everything finds its neighbours by relative paths, so the prefix may
# be chosen at install time and moved later; tests/package proves it.
include(CMakePackageConfigHelpers)

install(TARGETS libweisu EXPORT weisu_targets LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR})
install(DIRECTORY include/weisu DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} FILES_MATCHING PATTERN "*.h")

set(pc_folder ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
file(RELATIVE_PATH WEISU_PREFIX_FROM_PC /prefix/${pc_folder} /prefix)
configure_file(cmake/weisu.pc.in package/weisu.pc @ONLY)
install(FILES ${CMAKE_BINARY_DIR}/package/weisu.pc DESTINATION ${pc_folder})

set(config_folder ${CMAKE_INSTALL_LIBDIR}/cmake/weisu)
set(WEISU_SHARE_DIR ${CMAKE_INSTALL_DATADIR}/weisu)
configure_package_config_file(cmake/weisu-config.cmake.in package/weisu-config.cmake
  INSTALL_DESTINATION ${config_folder} PATH_VARS WEISU_SHARE_DIR)
write_basic_package_version_file(package/weisu-config-version.cmake COMPATIBILITY SameMinorVersion)
install(EXPORT weisu_targets FILE weisu-targets.cmake NAMESPACE weisu:: DESTINATION ${config_folder})
install(FILES ${CMAKE_BINARY_DIR}/package/weisu-config.cmake ${CMAKE_BINARY_DIR}/package/weisu-config-version.cmake
  DESTINATION ${config_folder})

if(TARGET weisu)
  install(TARGETS weisu RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
endif()
foreach(folder samples synth)
  if(IS_DIRECTORY ${CMAKE_SOURCE_DIR}/datasets/${folder})
    install(DIRECTORY datasets/${folder} DESTINATION ${WEISU_SHARE_DIR})
  endif()
endforeach()

install(DIRECTORY docs/man/ DESTINATION ${CMAKE_INSTALL_MANDIR}/man1 FILES_MATCHING PATTERN "*.1")
file(GLOB notices CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/datasets/*/NOTICE.*)
install(FILES LICENSE ${notices} DESTINATION ${CMAKE_INSTALL_DOCDIR})
