"""The command line: commands grouped in the order of a trial's life, each imported when called."""

from __future__ import annotations

import importlib
import io
import sys

import click

from trialrun.errors import OutsideError, TrialrunError

# Group → command → what it does. A command lives in `trialrun.cli.<name>` as `command`.
COMMANDS: dict[str, dict[str, str]] = {
    "look": {
        "show": "Show a registry record: state, design, criteria, people, places.",
        "fetch": "Get a registry record from ClinicalTrials.gov; the only command online.",
        "ingest": "Build a local registry from files of records, or bring it up to date.",
    },
    "plan": {
        "draft": "Draft a protocol from a record, with a question for what it leaves open.",
        "criteria": "Show the eligibility criteria of a record as rules, and what they leave open.",
        "regimen": "Show what a record says about doses, days and times, and where.",
        "questions": "List and answer what the record leaves open.",
        "check": "List contradictions, gaps, and what is not settled.",
        "mapping": "Propose what the columns of a table of patients mean.",
        "patients": "Make simulated people to try screening on: FHIR, OMOP, CSV.",
        "rehearse": "Rehearse a trial with simulated participants, once or a thousand times.",
        "demo": "Rehearse the worked example once, and say where its report lies.",
    },
    "run": {
        "approve": "Put the protocol in force, with the document and approval behind it.",
        "screen": "Say whether somebody is eligible, and which facts to get next.",
        "do": "Record one act: consent, facts, enrolment, doses, events, corrections.",
        "plan": "Say what is to be given next, how much, and not before when.",
        "log": "Say what happened, in words.",
        "status": "Say who is where, what comes next, what departed from the plan.",
    },
    "tell": {
        "report": "Report the results: a page, registry JSON, and what they stand on.",
    },
    "trust": {
        "verify": "Check that the ledger is what was written.",
    },
    "tools": {},
}


class Commands(click.Group):
    """Finds a command by importing its module; help needs no import."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return [name for commands in COMMANDS.values() for name in commands]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in self.list_commands(ctx):
            return None
        module = importlib.import_module(f"trialrun.cli.{cmd_name.replace('-', '_')}")
        command: click.Command = module.command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        for group, commands in COMMANDS.items():
            if commands:
                with formatter.section(group):
                    formatter.write_dl(list(commands.items()))


@click.command(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="trialrun")
def cli() -> None:
    """Trialrun: from registry record to reported results."""


def _print_anywhere() -> None:
    """Write what a terminal's encoding lacks, such as ≤ in Latin-1, as its number: \\u2264."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def main() -> None:
    """Run the command line; an error is a sentence and an exit code, never a traceback."""
    _print_anywhere()
    try:
        code = cli.main(standalone_mode=False)
    except click.exceptions.Abort:
        click.echo("Stopped. Nothing was half-written.", err=True)
        sys.exit(130)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except KeyboardInterrupt:
        click.echo("Stopped. Nothing was half-written.", err=True)
        sys.exit(130)
    except TrialrunError as error:
        click.echo(f"error: {error}", err=True)
        sys.exit(error.exit_code)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(0)
    except OSError as error:
        wrong = OutsideError(
            error.strerror or str(error),
            where=str(error.filename or ""),
            remedy="Check that the disk has room, the path exists and may be written.",
        )
        click.echo(f"error: {wrong}", err=True)
        sys.exit(wrong.exit_code)
    sys.exit(code if isinstance(code, int) else 0)
