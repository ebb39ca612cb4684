"""The files of the project and the tokens of its C sources, for the policy tests."""

import os
import re
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
SKIPPED = 77


def git_paths(root):
    """Paths that git knows or would add, or None outside a git work tree."""
    command = ["git", "-c", "safe.directory=*", "-C", root, "ls-files", "-z", "--cached", "--others",
               "--exclude-standard"]
    try:
        listed = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=True)
    except (OSError, subprocess.CalledProcessError):
        return None
    return [name for name in listed.stdout.decode("utf-8").split("\0") if name]


def walked_paths(root):
    """The same for a release archive: everything but build trees and caches."""
    found = []
    for folder, folders, names in os.walk(root):
        folders[:] = [name for name in folders if name not in ("build", ".git", ".cache", "__pycache__")]
        found += [os.path.relpath(os.path.join(folder, name), root) for name in names]
    return found


def project_paths(root=ROOT):
    """Sorted paths relative to `root`; files that are listed but deleted are left out."""
    paths = git_paths(root)
    if paths is None:
        paths = walked_paths(root)
    return sorted(path for path in set(paths) if os.path.isfile(os.path.join(root, path)))


def read_text(path, root=ROOT):
    """The file as text, or None if it is not UTF-8."""
    with open(os.path.join(root, path), "rb") as file:
        data = file.read()
    if b"\0" in data:
        return None
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return None


COMMENT_OR_LITERAL = re.compile(
    r"/\*.*?\*/|//[^\n]*|\"(?:\\.|[^\"\\\n])*\"|'(?:\\.|[^'\\\n])*'", re.DOTALL)


def without_comments(source, keep_literals=True):
    """The source with comments (and literals, if asked) blanked; line numbers stay."""

    def blank(match):
        text = match.group(0)
        if text[0] == "/":
            return " " + "\n" * text.count("\n")
        return text if keep_literals else text[0] * 2

    return COMMENT_OR_LITERAL.sub(blank, source)


def report(title, problems, note=""):
    """Prints the result of a check and gives its exit status."""
    for problem in problems:
        print(problem)
    print("%s: %s%s" % (title, "%d problems" % len(problems) if problems else "in order", note))
    return 1 if problems else 0


def skip(title, why):
    print("%s: skipped, %s" % (title, why))
    sys.exit(SKIPPED)
