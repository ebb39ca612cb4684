# weisu_unit_test(NAME MODULES base text ... [LIBS ...]) builds tests/.../test_NAME.c against the named folders of
# engine/ and registers it. Exit status 77 means skipped (the reason is printed by the test). A test that makes up much
# input takes a part of it in the presets with a sanitizer, as the macro WEISU_TEST_PART says.
function(weisu_unit_test name)
  cmake_parse_arguments(T "" "" "MODULES;LIBS" ${ARGN})
  foreach(module ${T_MODULES})
    if(NOT TARGET weisu_${module})
      message(WARNING "the test ${name} is left out: there is no folder engine/${module} yet")
      return()
    endif()
  endforeach()
  add_executable(test_${name} test_${name}.c)
  foreach(module ${T_MODULES})
    target_link_libraries(test_${name} PRIVATE weisu_${module})
    target_sources(test_${name} PRIVATE $<TARGET_OBJECTS:weisu_${module}>)
  endforeach()
  target_include_directories(test_${name} PRIVATE ${CMAKE_SOURCE_DIR}/engine ${CMAKE_SOURCE_DIR}/include)
  target_compile_definitions(test_${name} PRIVATE
    WEISU_SOURCE_DIR="${CMAKE_SOURCE_DIR}" WEISU_BINARY_DIR="${CMAKE_BINARY_DIR}" WEISU_TEST_PART=${WEISU_TEST_PART})
  target_link_libraries(test_${name} PRIVATE weisu_options PkgConfig::CMOCKA PkgConfig::SODIUM m ${T_LIBS})
  add_test(NAME ${name} COMMAND test_${name})
  set_tests_properties(${name} PROPERTIES SKIP_RETURN_CODE 77 TIMEOUT 300)
endfunction()
