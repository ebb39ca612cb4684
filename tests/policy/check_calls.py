#!/usr/bin/env python3
"""What code below cli/ must not call, and what the core (base to pipeline, libweisu) must not call besides.

The library never ends the process, never writes to a stream of its own choice, takes memory from the allocator that it
was given, and has no clock, socket, thread or randomness of its own.
"""

import re
import sys

import check_layers
import project_tree

CORE = [folder for folders in check_layers.LAYERS[:9] for folder in folders]

ENDS_PROCESS = ("exit", "_exit", "_Exit", "quick_exit", "abort")
STREAMS = ("printf", "vprintf", "puts", "putchar", "perror", "stdout", "stderr")
MEMORY = ("malloc", "calloc", "realloc", "reallocarray", "aligned_alloc", "posix_memalign", "free", "strdup",
          "strndup", "alloca")
OUTSIDE = ("socket", "connect", "accept", "listen", "pthread_create", "thrd_create", "fork", "system", "popen",
           "time", "gettimeofday", "localtime", "localtime_r", "mktime", "CLOCK_REALTIME", "rand", "random", "getenv",
           "setlocale", "strtok", "sprintf", "strcpy", "strcat", "gets")
UNSAFE = ("strtok", "sprintf", "strcpy", "strcat", "gets", "rand", "localtime", "gmtime", "alloca")

# name: the only places (path prefixes) below the rule that may use it, and why
ALLOWED = {
    "malloc": ("engine/base/memory.c",),  # the C library's allocator behind the interface
    "realloc": ("engine/base/memory.c",),
    "free": ("engine/base/memory.c", "engine/lexicon/gazetteer_tables.c"),  # the latter: what scandir gave
}
# Outside the core memory also comes in through libraries that hand over ownership.
SERVICE_MEMORY = ("alloca", "strdup", "strndup")


def banned_names(folder):
    if folder in CORE:
        return set(ENDS_PROCESS + STREAMS + MEMORY + OUTSIDE + UNSAFE)
    if folder == "cli":
        return set(UNSAFE)
    return set(ENDS_PROCESS + STREAMS + UNSAFE + SERVICE_MEMORY)


WORD = re.compile(r"(?<![\w.>])([A-Za-z_]\w*)\b(?=[ \t]*(\()?)")


def is_use(name, called):
    return called or name in ("stdout", "stderr", "CLOCK_REALTIME")


def source_problems(path, source):
    banned = banned_names(path.split("/")[1])
    text = project_tree.without_comments(source, keep_literals=False)
    text = re.sub(r"^[ \t]*#[ \t]*include[^\n]*", "", text, flags=re.MULTILINE)
    problems = []
    for match in WORD.finditer(text):
        name = match.group(1)
        if name not in banned or not is_use(name, match.group(2)):
            continue
        if not path.startswith(ALLOWED.get(name, ("no such path",))):
            line = text.count("\n", 0, match.start()) + 1
            problems.append("%s:%d: %s is not for this folder" % (path, line, name))
    return problems


def main():
    problems = []
    count = 0
    for path in project_tree.project_paths():
        if path.startswith("engine/") and path.count("/") >= 2 and path.endswith((".c", ".h")):
            problems += source_problems(path, project_tree.read_text(path))
            count += 1
    if count == 0:
        problems.append("no source was found")
    return project_tree.report("calls", problems, " (%d files)" % count)


if __name__ == "__main__":
    sys.exit(main())
