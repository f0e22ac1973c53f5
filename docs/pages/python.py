"""The page of the public Python names."""

from __future__ import annotations

from pages.markdown import code, first_sentence, table

import trialrun


def python_page() -> str:
    """Every public name, in the order of a trial's life, with its room."""
    rows = (
        (code(name), first_sentence(getattr(trialrun, name).__doc__), code(home.partition(":")[0]))
        for name, home in trialrun._HOMES.items()
    )
    return "\n".join(
        (
            "# From Python\n\nGenerated from `trialrun/__init__.py`.\n",
            (
                "`import trialrun` gives the names below, each loaded when it is first used; they "
                "are meant to stay from version to version. Everything else in the package may "
                "change. Types and arguments are in the rooms that are named, which are typed "
                "throughout (`py.typed`).\n"
            ),
            table(("name", "what it is", "room"), rows),
        )
    )
