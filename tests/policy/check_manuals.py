#!/usr/bin/env python3
"""Manual pages: mandoc -Tlint finds nothing, each command has a page, and page and --help name the same options.

usage: check_manuals.py [PROGRAM]     without PROGRAM options are not compared
"""

import os
import re
import shutil
import subprocess
import sys

import project_tree

FOLDER = "docs/man/"
LONG_OPTION = re.compile(r"^  --([a-z][a-z-]+)", re.MULTILINE)
MDOC_OPTION = re.compile(r"^\.(?:It|Op|Ar|Fl).*?\bFl -([a-z][a-z-]+)", re.MULTILINE)
# Every command takes them; weisu(1) documents them once.
SHARED = {"help", "version", "config"}
# Commands whose first operand is a command again; one page describes all.
SUBCOMMANDS = {"lexicon": ("build", "check")}


def lint_problems(path):
    result = subprocess.run(["mandoc", "-Tlint", "-W", "style", os.path.join(project_tree.ROOT, path)],
                            stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    return [line.replace(project_tree.ROOT + "/", "")
            for line in result.stdout.decode("utf-8", "replace").splitlines()
            # The pages are for any system; the date of the last edit is the project's, not that of a system.
            if "operating system" not in line.lower() and "referenced manual not found" not in line.lower()]


def commands_of(program):
    """Names of the commands in the order of `weisu --help`."""
    listing = subprocess.run([program, "--help"], stdout=subprocess.PIPE, check=True,
                             env={"LANG": "C", "PATH": os.environ["PATH"]}).stdout.decode("utf-8")
    return re.findall(r"^  ([a-z]+)\s", listing, re.MULTILINE)


def help_options(program, command):
    """Options in the table of `--help`, where each stands on a line of its own."""
    listing = ""
    for words in [[]] + [[name] for name in SUBCOMMANDS.get(command, ())]:
        listing += subprocess.run([program, command] + words + ["--help"], stdout=subprocess.PIPE, check=True,
                                  env={"LANG": "C", "PATH": os.environ["PATH"]}).stdout.decode("utf-8")
    return set(LONG_OPTION.findall(listing)) - SHARED


def page_options(page):
    return set(MDOC_OPTION.findall(page)) - SHARED


def option_problems(program, pages):
    problems = []
    commands = commands_of(program)
    if not commands:
        problems.append("`%s --help` lists no command" % os.path.basename(program))
    for command in commands:
        path = "%sweisu-%s.1" % (FOLDER, command)
        if path not in pages:
            problems.append("%s: there is no page for `weisu %s`" % (path, command))
            continue
        here, there = page_options(project_tree.read_text(path)), help_options(program, command)
        problems += ["%s: --%s is not in `weisu %s --help`" % (path, name, command) for name in sorted(here - there)]
        problems += ["%s: says nothing of --%s" % (path, name) for name in sorted(there - here)]
    return problems


def main():
    if shutil.which("mandoc") is None:
        project_tree.skip("manuals", "mandoc is not installed")
    pages = [path for path in project_tree.project_paths() if re.match(FOLDER + r"[\w-]+\.[1-8]$", path)]
    problems = [] if pages else ["no page under %s" % FOLDER]
    for path in pages:
        problems += lint_problems(path)
    if len(sys.argv) > 1:
        problems += option_problems(sys.argv[1], pages)
    return project_tree.report("manuals", problems, " (%d pages)" % len(pages))


if __name__ == "__main__":
    sys.exit(main())
