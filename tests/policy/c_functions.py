"""Finds the functions of a C source with their length, parameters and nesting: a small parser, no preprocessor."""

import re
from collections import namedtuple

import project_tree

Function = namedtuple("Function", "name line lines parameters nesting")
Token = namedtuple("Token", "text line")

TOKEN = re.compile(r"[A-Za-z_]\w*|\d[\w.]*|\"\"|''|\S")
NO_NAME = {"__attribute__", "_Alignas", "_Static_assert", "__declspec", "__asm__", "sizeof", "typeof", "__typeof__"}
OPENING = {"(": ")", "[": "]", "{": "}"}


def tokenize(source):
    text = project_tree.without_comments(source, keep_literals=False)
    # A directive with its continuation lines is no statement.
    text = re.sub(r"^[ \t]*#(?:[^\n\\]|\\.|\\\n)*", lambda match: "\n" * match.group(0).count("\n"), text,
                  flags=re.MULTILINE)
    tokens = []
    for number, line in enumerate(text.split("\n"), 1):
        tokens += [Token(match.group(0), number) for match in TOKEN.finditer(line)]
    return tokens


def matching(tokens, start):
    """Index of the bracket that closes tokens[start]; the last index if none does."""
    stack = []
    for at in range(start, len(tokens)):
        text = tokens[at].text
        if text in OPENING:
            stack.append(OPENING[text])
        elif stack and text == stack[-1]:
            stack.pop()
            if not stack:
                return at
    return len(tokens) - 1


def count_parameters(tokens, opening):
    closing = matching(tokens, opening)
    inner = tokens[opening + 1:closing]
    if not inner or (len(inner) == 1 and inner[0].text == "void"):
        return 0
    count, depth = 1, 0
    for token in inner:
        if token.text in OPENING:
            depth += 1
        elif token.text in ")]}":
            depth -= 1
        elif token.text == "," and depth == 0:
            count += 1
    return count


class Body:
    """The deepest nesting of control statements in a body. An else-if is as deep as its if."""

    def __init__(self, tokens):
        self.tokens = tokens

    def text(self, at):
        return self.tokens[at].text if at < len(self.tokens) else ""

    def block(self, at, end, depth):
        deepest = depth
        while at < end:
            at, inner = self.statement(at, end, depth)
            deepest = max(deepest, inner)
        return deepest

    def statement(self, at, end, depth):
        """(index after the statement, deepest nesting in it)"""
        text = self.text(at)
        if text == "{":
            closing = matching(self.tokens, at)
            return closing + 1, self.block(at + 1, min(closing, end), depth)
        if text in ("if", "for", "while", "switch"):
            head = matching(self.tokens, at + 1)
            after, deepest = self.statement(head + 1, end, depth + 1)
            if text == "if" and self.text(after) == "else":
                return self.otherwise(after + 1, end, depth, deepest)
            return after, deepest
        if text == "do":
            after, deepest = self.statement(at + 1, end, depth + 1)
            return self.expression(after, end), deepest
        if text in ("case", "default") or (self.text(at + 1) == ":" and text != "?"):
            return self.label(at, end), depth
        return self.expression(at, end), depth

    def otherwise(self, at, end, depth, deepest):
        inner_depth = depth if self.text(at) == "if" else depth + 1
        after, inner = self.statement(at, end, inner_depth)
        return after, max(deepest, inner)

    def label(self, at, end):
        while at < end and self.text(at) != ":":
            at = matching(self.tokens, at) + 1 if self.text(at) in OPENING else at + 1
        return at + 1

    def expression(self, at, end):
        while at < end and self.text(at) != ";":
            at = matching(self.tokens, at) + 1 if self.text(at) in OPENING else at + 1
        return at + 1


def name_index(tokens, start, end):
    """Index of the declared name in tokens[start:end] before a body, or None if this is no function."""
    at = start
    while at < end:
        text = tokens[at].text
        if text == "=":
            return None
        if text == "(":
            before = tokens[at - 1].text if at > start else ""
            if re.match(r"[A-Za-z_]", before) and before not in NO_NAME:
                return at - 1
            at = matching(tokens, at)
        at += 1
    return None


def is_linkage(tokens, start, at):
    return [token.text for token in tokens[start:at]] == ["extern", '""']


def functions(source):
    tokens = tokenize(source)
    found = []
    start = at = 0
    while at < len(tokens):
        text = tokens[at].text
        if text == "{" and is_linkage(tokens, start, at):
            at = start = at + 1
            continue
        if text == "{":
            closing = matching(tokens, at)
            name = name_index(tokens, start, at)
            if name is not None:
                nesting = Body(tokens).block(at + 1, closing, 0)
                lines = tokens[closing].line - tokens[start].line + 1
                found.append(Function(tokens[name].text, tokens[start].line, lines,
                                      count_parameters(tokens, name + 1), nesting))
                start = closing + 1
            at = closing + 1
            continue
        if text in ("(", "["):
            at = matching(tokens, at) + 1
            continue
        if text in (";", "}"):
            start = at + 1
        at += 1
    return found
