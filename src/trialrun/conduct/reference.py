"""The reference of commands and permissions, as Markdown, from the classes and the table."""

from __future__ import annotations

from typing import Any

from trialrun.conduct.commands import COMMANDS
from trialrun.conduct.deviation import MINOR, Category
from trialrun.conduct.permissions import PERMITTED, ROLES, render_permissions
from trialrun.conduct.planned import DAY_TOLERANCE, DOSE_TOLERANCE, UNROUNDED_TOLERANCE
from trialrun.conduct.schema import command_schema, kebab
from trialrun.wording.catalogue import say

_ABOUT = """# Commands

Everything that changes a study is one of these commands: on the command line
(`trialrun do STUDY COMMAND --actor ID --json …`), in an import and in a rehearsal alike.
`trialrun do COMMAND --schema` prints the JSON schema. Moments are dates, or times with their UTC
offset; numbers may be strings, so that no digit is lost. The same `--command-id` does nothing
twice. Why a command may be refused stands in the [list of refusals](refusals.md).
"""
_WHO = """## Who may do what

Whoever starts the study becomes its sponsor. A role is held at one site or for the whole study.
Causality, dose-limiting and the relatedness of a death are judged by an investigator only.

"""


def render_commands_reference() -> str:
    """Every command with its fields; who may; what follows by itself."""
    parts = [
        _ABOUT,
        *(_command(name) for name in COMMANDS),
        _WHO + render_permissions(),
        _deviations(),
    ]
    return "\n".join(parts)


def _command(name: str) -> str:
    schema = command_schema(name)
    roles = PERMITTED[COMMANDS[name]]
    by = ", ".join(role for role in ROLES if role in roles)
    lines = [
        f"## {name}\n",
        f"{schema['description']}\n",
        f"`trialrun do STUDY {kebab(name)}` · by: {by}\n",
    ]
    if schema["properties"]:
        lines += ["| field | kind | needed |", "|---|---|---|"]
        for field, value in schema["properties"].items():
            needed = "yes" if field in schema["required"] else ""
            lines.append(f"| `{field}` | {_kind(value)} | {needed} |")
        lines.append("")
    return "\n".join(lines)


def _kind(value: dict[str, Any]) -> str:
    if "anyOf" in value:
        return f"{_kind(value['anyOf'][0])}, or null"
    if "enum" in value:
        return ", ".join(f"`{one}`" for one in value["enum"] if one)
    if value.get("type") == "array":
        return f"list of {_kind(value['items'])}"
    if value.get("type") == "object":
        return "{" + ", ".join(f"`{name}`" for name in value["properties"]) + "}"
    if "pattern" in value:
        return "moment"
    if value.get("contentEncoding") == "base64":
        return "base64 text"
    if value.get("type") == ["string", "number"]:
        return "number"
    return {"string": "text", "integer": "whole number", "boolean": "true or false"}[value["type"]]


def _deviations() -> str:
    about = (
        "What was given outside the plan is recorded as it was given, together with its "
        f"deviation. A dose that differs is important beyond {DOSE_TOLERANCE * 100} % of the "
        f"planned dose, a day that differs beyond {DAY_TOLERANCE} day; where the protocol states "
        f"no rounding, a dose within {UNROUNDED_TOLERANCE * 100} % is as planned. These are "
        "defaults of the product.\n"
    )
    lines = [
        "## Deviations that are recorded by themselves\n",
        about,
        "| category | what | important |",
        "|---|---|---|",
    ]
    for category in Category:
        weighed = category in {Category.DOSE, Category.DAY}
        weight = "by how far" if weighed else "no" if category in MINOR else "yes"
        lines.append(f"| `{category}` | {say(f'conduct.deviation_{category}')} | {weight} |")
    return "\n".join(lines) + "\n"
