#!/usr/bin/env python3
"""An installed weisu works wherever its prefix is moved: a consumer finds it by pkg-config and by CMake, and runs.

usage: check_package.py --build DIR --cmake CMAKE --cc CC --consumer FILE
"""

import argparse
import glob
import os
import shutil
import subprocess
import sys
import tempfile

PROJECT = """cmake_minimum_required(VERSION 3.25)
project(consumer LANGUAGES C)
find_package(weisu 0.1 REQUIRED CONFIG)
add_executable(consumer %s)
set_target_properties(consumer PROPERTIES C_STANDARD 11 C_EXTENSIONS ON)
target_compile_definitions(consumer PRIVATE _GNU_SOURCE)
target_link_libraries(consumer PRIVATE weisu::weisu)
if(NOT EXISTS ${WEISU_SHARE}/samples)
  message(FATAL_ERROR "WEISU_SHARE does not lead to the installed data")
endif()
"""
EXPECTED_FILES = ("bin/weisu", "include/weisu/engine.h", "share/weisu/samples/*.jsonl", "share/weisu/*.image",
                  "share/man/man1/weisu.1", "share/man/man1/weisu-serve.1", "share/doc/weisu/LICENSE",
                  "lib*/**/libweisu.so.0", "lib*/**/weisu.pc", "lib*/**/weisu-config.cmake")


def run(*command, **settings):
    """Standard output of a command that must succeed."""
    result = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, **settings)
    output = result.stdout.decode("utf-8", "replace")
    if result.returncode != 0:
        sys.exit("package: failed (%d): %s\n%s" % (result.returncode, " ".join(command), output))
    return output


def find(prefix, pattern):
    found = sorted(glob.glob(os.path.join(prefix, pattern), recursive=True))
    if not found:
        sys.exit("package: %s was not installed" % pattern)
    return found[0]


def install_and_move(options, folder):
    """The prefix after its move; nothing is left where it was installed."""
    first, moved = os.path.join(folder, "first"), os.path.join(folder, "elsewhere", "deep", "prefix")
    run(options.cmake, "--install", options.build, "--prefix", first)
    os.makedirs(os.path.dirname(moved))
    shutil.move(first, moved)
    for pattern in EXPECTED_FILES:
        find(moved, pattern)
    return moved


def build_by_pkg_config(options, folder, prefix):
    environment = dict(os.environ, PKG_CONFIG_PATH=os.path.dirname(find(prefix, "lib*/**/weisu.pc")))
    flags = run("pkg-config", "--cflags", "--libs", "weisu", env=environment).split()
    if not any(flag == "-lweisu" for flag in flags) or "first" in " ".join(flags):
        sys.exit("package: weisu.pc gives %s" % flags)
    program = os.path.join(folder, "by_pkg_config")
    run(options.cc, "-std=gnu11", "-Wall", "-Wextra", "-Werror", options.consumer, "-o", program, *flags)
    return program


def build_by_cmake(options, folder, prefix):
    project = os.path.join(folder, "project")
    os.makedirs(project)
    with open(os.path.join(project, "CMakeLists.txt"), "w", encoding="utf-8") as file:
        file.write(PROJECT % options.consumer)
    build = os.path.join(folder, "by_cmake")
    run(options.cmake, "-S", project, "-B", build, "-DCMAKE_PREFIX_PATH=" + prefix, "-DCMAKE_C_COMPILER=" + options.cc)
    run(options.cmake, "--build", build)
    return os.path.join(build, "consumer")


def alerts_of(program, prefix):
    library_folder = os.path.dirname(find(prefix, "lib*/**/libweisu.so.0"))
    return run(program, find(prefix, "share/weisu/*.image"), find(prefix, "share/weisu/samples/*stream*.jsonl"),
               env=dict(os.environ, LD_LIBRARY_PATH=library_folder))


def main():
    parser = argparse.ArgumentParser()
    for name in ("build", "cmake", "cc", "consumer"):
        parser.add_argument("--" + name, required=True)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="weisu-package-") as folder:
        prefix = install_and_move(options, folder)
        version = run(os.path.join(prefix, "bin", "weisu"), "--version")
        tokens = run(os.path.join(prefix, "bin", "weisu"), "segment", input="路灯不亮\n".encode())
        first = alerts_of(build_by_pkg_config(options, folder, prefix), prefix)
        second = alerts_of(build_by_cmake(options, folder, prefix), prefix)
    if not version.startswith("weisu "):
        sys.exit("package: the installed program says %s" % version)
    if tokens.replace(" ", "") != "路灯不亮\n":
        sys.exit("package: the installed program does not find its image: %s" % tokens)
    if not first or first != second:
        sys.exit("package: the consumer printed %d and %d lines" % (first.count("\n"), second.count("\n")))
    print("package: moved prefix, two consumers, %d changes of alerts each" % first.count("\n"))


if __name__ == "__main__":
    main()
