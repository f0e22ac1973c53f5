"""The page of the errors: the tree with its exit codes."""

from __future__ import annotations

from pages.markdown import code, first_sentence, table

from trialrun import errors

Tree = list[tuple[int, type[errors.TrialrunError]]]


def tree(kind: type[errors.TrialrunError] = errors.TrialrunError) -> Tree:
    """Every error class of `errors.py` below `kind`, with its depth, in the file's order."""
    children = [one for one in kind.__subclasses__() if one.__module__ == errors.__name__]
    return [(0, kind), *((depth + 1, one) for child in children for depth, one in tree(child))]


def errors_page() -> str:
    """The tree as a table."""
    rows = (
        ("· " * depth + code(kind.__name__), str(kind.exit_code), first_sentence(kind.__doc__))
        for depth, kind in tree()
    )
    return "\n".join(
        (
            "# Errors\n\nGenerated from `errors.py`.\n",
            (
                "An error says what happened, to which thing, and what to do next, and ends the "
                "command with its exit code. Nothing of a study is half-written. What each one "
                "looks like and what helps: [errors and refusals](../how-to/errors.md).\n"
            ),
            table(("error", "exit code", "what it is"), rows),
            "\nBeside these: 0 is done, 2 a wrong command line, 130 stopped with Ctrl-C.\n",
        )
    )
