# One interface target carries what every translation unit of the project is compiled with.
add_library(weisu_options INTERFACE)
target_compile_features(weisu_options INTERFACE c_std_11)
target_compile_definitions(weisu_options INTERFACE _GNU_SOURCE)
target_compile_options(weisu_options INTERFACE
  -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wpointer-arith -Wwrite-strings -Wvla
  -Wcast-qual -Wformat=2 -Wimplicit-fallthrough
  -ffp-contract=off -fvisibility=hidden -fno-semantic-interposition
  $<$<CONFIG:Release>:-O3>
  $<$<BOOL:${WEISU_WERROR}>:-Werror>)
set(CMAKE_C_EXTENSIONS ON)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)

if(WEISU_SANITIZE)
  target_compile_options(weisu_options INTERFACE -fsanitize=${WEISU_SANITIZE} -fno-omit-frame-pointer
    -fno-sanitize-recover=all)
  target_link_options(weisu_options INTERFACE -fsanitize=${WEISU_SANITIZE})
endif()
if(WEISU_FUZZ)
  # The modules carry the coverage counters; only a fuzz target itself links libFuzzer's main().
  target_compile_options(weisu_options INTERFACE -fsanitize=fuzzer-no-link)
  target_link_options(weisu_options INTERFACE -fsanitize=fuzzer-no-link)
endif()

# A cache saves most of a second build; without the program the build is only slower.
find_program(WEISU_COMPILER_CACHE ccache)
if(WEISU_COMPILER_CACHE AND NOT CMAKE_C_COMPILER_LAUNCHER)
  set(CMAKE_C_COMPILER_LAUNCHER ${WEISU_COMPILER_CACHE})
endif()
