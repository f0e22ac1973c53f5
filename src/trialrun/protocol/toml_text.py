"""TOML as people like to read it: a table a part, short lists on one line, no surprises."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from trialrun.protocol.tables import Plain, Table

_BARE = re.compile(r"[A-Za-z0-9_-]+$")
_WIDTH = 100

# What a section is, for the person who reads the file. Nothing reads these lines.
COMMENTS: dict[str, str] = {
    "protocol": "The protocol as a whole. A value written { question = \"ID\" } is the answer to\n"
    "# that question; the questions stand at the end. Numbers carry their units.",
    "anchor": "What the criteria's words of time mean: a regimen item or an act.",
    "intervention": "What participants receive.",
    "arm": "Groups, with what each receives.",
    "regimen": "What is given on which study days; one administration a day.",
    "gap": "Hours by the clock from the actual end of one thing to the start of another.",
    "gate": "Checks that a person confirms before something is given.",
    "activity": "What is observed on which study days.",
    "outcome": "Outcome measures.",
    "safety": "Dose-limiting toxicity, staggering and suspension.",
    "enrolment": "How many, counted as what, by when.",
    "criterion": "Eligibility: the text as written, and its rule.",
    "assumption": "Numbers that only a rehearsal needs.",
    "question": "What the record leaves open. Answer with: trialrun questions DIR answer ID VALUE",
}  # fmt: skip


def toml_text(first_line: str, tables: Mapping[str, Table | list[Table]]) -> str:
    """The tables as TOML, their sections introduced by one comment each."""
    lines = [first_line]
    for name, content in tables.items():
        if not content:
            continue
        lines += ["", f"# {COMMENTS[name]}"] if name in COMMENTS else []
        for table in content if isinstance(content, list) else [content]:
            lines += ["", f"[[{name}]]" if isinstance(content, list) else f"[{name}]"]
            lines += [f"{key} = {value_text(value)}" for key, value in table.items()]
    return "\n".join(lines) + "\n"


def value_text(value: Plain) -> str:
    """One value; a list that is long or holds tables goes over several lines."""
    if isinstance(value, list):
        parts = [_inline(one) for one in value]
        line = f"[{', '.join(parts)}]"
        if len(line) <= _WIDTH and not any(isinstance(one, dict) for one in value):
            return line
        return "[\n" + "".join(f"  {part},\n" for part in parts) + "]"
    return _inline(value)


def _inline(value: Plain) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, str):
        return _quoted(value)
    if isinstance(value, list):
        return f"[{', '.join(_inline(one) for one in value)}]"
    if not value:
        return "{}"
    return "{ " + ", ".join(_pairs(value)) + " }"


def _pairs(table: Table) -> Iterator[str]:
    for key, value in table.items():
        name = key if _BARE.match(key) else _quoted(key)
        yield f"{name} = {_inline(value)}"


_ESCAPES = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t", "\r": "\\r"}


def _quoted(text: str) -> str:
    written = "".join(
        _ESCAPES.get(one) or (f"\\u{ord(one):04x}" if one < " " or one == "\x7f" else one)
        for one in text
    )
    return f'"{written}"'
