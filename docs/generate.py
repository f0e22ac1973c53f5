"""Write the generated pages of the reference, or with `--check` say which are stale."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import click
from pages.conduct import refusals_page
from pages.errors import errors_page, tree
from pages.findings import findings_page
from pages.ledger import entries_page
from pages.python import python_page
from pages.rules import rules_page
from pages.vocabulary import units_page, variables_page

from trialrun import errors
from trialrun.cli.app import COMMANDS, cli
from trialrun.conduct.reference import render_commands_reference

REFERENCE = Path(__file__).parent / "reference"


def command_line() -> str:
    """Every command with its own help, in the order of a trial's life."""
    parts = ["# The command line\n", "Generated from the commands themselves.\n"]
    for group, commands in COMMANDS.items():
        if not commands:
            continue
        parts.append(f"## {group}\n")
        parts.extend(f"### trialrun {name}\n\n```text\n{_help(name)}\n```\n" for name in commands)
    parts.append("## Exit codes\n")
    parts.append(
        "| code | when |\n|---|---|\n| 0 | done |\n| 2 | the command line itself is wrong |"
    )
    seen: dict[int, str] = {}
    for _, kind in tree(errors.TrialrunError):
        doc = (kind.__doc__ or "").strip().splitlines()[0]
        seen.setdefault(kind.exit_code, doc)
    seen[1] = "`check` found something that blocks; elsewhere: an error of no kind of its own."
    parts.extend(f"| {code} | {doc} |" for code, doc in sorted(seen.items()))
    parts.append("| 130 | stopped with Ctrl-C |\n")
    return "\n".join(parts)


def _help(name: str) -> str:
    context = click.Context(cli, info_name="trialrun", terminal_width=96, max_content_width=96)
    command = cli.get_command(context, name)
    assert command is not None
    own = click.Context(
        command, info_name=name, parent=context, terminal_width=96, max_content_width=96
    )
    return command.get_help(own)


PAGES: dict[str, Callable[[], str]] = {
    "command-line.md": command_line,
    "commands.md": render_commands_reference,
    "entries.md": entries_page,
    "errors.md": errors_page,
    "findings.md": findings_page,
    "python.md": python_page,
    "refusals.md": refusals_page,
    "rule-language.md": rules_page,
    "units.md": units_page,
    "variables.md": variables_page,
}


def main() -> int:
    """Write the pages, or with `--check` compare them."""
    stale = []
    for name, render in PAGES.items():
        page, text = REFERENCE / name, render().rstrip() + "\n"
        if "--check" in sys.argv:
            if not page.exists() or page.read_text(encoding="utf-8") != text:
                stale.append(name)
        else:
            page.write_text(text, encoding="utf-8")
    if stale:
        print(f"stale: {', '.join(stale)}. Run `make docs`.")
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main())
