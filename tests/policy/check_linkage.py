#!/usr/bin/env python3
"""What the built program and library are linked with, export and keep as state.

usage: check_linkage.py --program FILE --library FILE [--with-jemalloc]
The program has jemalloc; libweisu has neither it nor anything else of the program, exports weisu_* only and has no
mutable global object.
"""

import argparse
import re
import subprocess
import sys

import project_tree

# Foreign to the library: it has no socket, file format, database or allocator of its own choice.
PROGRAM_ONLY = ("libjemalloc", "libuv", "libsqlite3", "libcjson", "libhttp_parser")
# Put there by compiler and linker.
RUNTIME_OBJECTS = re.compile(r"^(completed\.\d+|__dso_handle|__TMC_END__|_edata|_end|__bss_start|data_start|"
                             r"__data_start|\.(data|bss)|__cpu_model|__cpu_features2|__odr_asan.*|DW\.ref\..*)$")


def output_of(*command):
    return subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout.decode("utf-8", "replace")


def linked_libraries(listing):
    """Names in the output of ldd."""
    return re.findall(r"^\s*(\S+?)\.so", listing, re.MULTILINE)


def linkage_problems(program, library, with_jemalloc):
    problems = []
    if with_jemalloc and "libjemalloc" not in program:
        problems.append("the program is not linked with jemalloc")
    for name in PROGRAM_ONLY:
        if name in library:
            problems.append("libweisu is linked with %s" % name)
    return problems


def export_problems(listing):
    """`listing`: output of nm -D --defined-only."""
    names = [line.split()[-1].split("@")[0] for line in listing.splitlines() if line.split()]
    problems = ["libweisu exports %s" % name for name in names if not name.startswith("weisu_")]
    if not any(name.startswith("weisu_") for name in names):
        problems.append("libweisu exports nothing")
    return problems


def global_problems(listing):
    """`listing`: output of objdump -t. Objects in .data or .bss can change; constants are in .rodata, .data.rel.ro."""
    problems = []
    for line in listing.splitlines():
        match = re.match(r"^[0-9a-f]+ (.{7}) (\.data|\.bss|\.tdata|\.tbss)\t[0-9a-f]+ (?:\.\w+ )?\s*(\S+)$", line)
        if match and not RUNTIME_OBJECTS.match(match.group(3)):
            problems.append("libweisu has a mutable global object: %s (%s)" % (match.group(3), match.group(2)))
    return problems


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--program", required=True)
    parser.add_argument("--library", required=True)
    parser.add_argument("--with-jemalloc", action="store_true")
    options = parser.parse_args()
    problems = linkage_problems(linked_libraries(output_of("ldd", options.program)),
                                linked_libraries(output_of("ldd", options.library)), options.with_jemalloc)
    problems += export_problems(output_of("nm", "-D", "--defined-only", options.library))
    problems += global_problems(output_of("objdump", "-t", options.library))
    return project_tree.report("linkage", problems)


if __name__ == "__main__":
    sys.exit(main())
