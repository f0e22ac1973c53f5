"""The page of the findings: what `check` looks for in a registry record."""

from __future__ import annotations

from pages.markdown import code, first_sentence, table

from trialrun.protocol.findings import RULES
from trialrun.wording.catalogue import topic


def findings_page() -> str:
    """Every rule with what it looks at, and every sentence in both languages."""
    english, chinese = topic("findings", "en"), topic("findings", "zh")
    rules = ((code(rule.__name__), first_sentence(rule.__doc__)) for rule in RULES)
    words = ((code(key.replace("_", "-")), english[key], chinese[key]) for key in english)
    return "\n".join(
        (
            "# Findings on a record\n\nGenerated from the rules and their sentences.\n",
            (
                "`trialrun check` reads a record for what contradicts itself, is missing or "
                "reads two ways. A finding quotes the record and says who may answer it; it never "
                "changes the record.\n"
            ),
            f"## Rules\n\n{table(('rule', 'what it looks at'), rules)}\n",
            f"## What they say\n\n{table(('finding', 'English', '中文'), words)}\n",
        )
    )
