"""Titles and descriptions of groups as the registry takes them: short, unique, and marked."""

from __future__ import annotations

from collections.abc import Sequence

from trialrun.analysis.group import Group
from trialrun.protocol.model import Protocol
from trialrun.results.analysed import Analysed, GroupResults
from trialrun.results.printing import unit
from trialrun.results.shell import day_runs
from trialrun.wording.catalogue import say

LONGEST, SHORTEST = 62, 4
LONGEST_TEXT = 999


def arms(results: Analysed) -> tuple[GroupResults, ...]:
    """The groups without the total."""
    return tuple(one for one in results.groups if not one.group.total)


def titles(results: Analysed) -> tuple[str, ...]:
    """A title of 4 to 62 characters for each arm, no two alike, SIMULATED first in a rehearsal."""
    mark = f"{say('common.simulated')}: " if results.cutoff.state.rehearsal else ""
    taken: list[str] = []
    for one in arms(results):
        base = " ".join(one.group.title.split()).removeprefix(mark) or say("report.everybody")
        if len(base) < SHORTEST:
            base = say("report.reg_group", title=base)
        title = cut(mark + base, LONGEST)
        number = 2
        while title.casefold() in {other.casefold() for other in taken}:
            ending = f" ({number})"
            title = cut(mark + base, LONGEST - len(ending)) + ending
            number += 1
        taken.append(title)
    return tuple(taken)


def cut(text: str, most: int) -> str:
    """The text, or as many of its words as fit with an ellipsis."""
    if len(text) <= most:
        return text
    head = text[: most - 1]
    at_word = head.rsplit(" ", 1)[0]
    return (at_word if len(at_word) > most // 2 else head).rstrip(" ,;:") + "…"


def description(results: Analysed, group: Group) -> str:
    """What the group was planned to receive."""
    protocol = results.cutoff.protocol
    items = [
        _item(protocol, place)
        for place, item in enumerate(protocol.regimen)
        if not item.arms or not group.arms or set(item.arms) & set(group.arms)
    ]
    words = "; ".join(items) or say("report.reg_no_regimen")
    if results.cutoff.state.rehearsal:
        words = say("report.reg_simulated_group", words=words)
    return cut(words, LONGEST_TEXT)


def _item(protocol: Protocol, place: int) -> str:
    item = protocol.regimen[place]
    name = protocol.intervention(item.intervention).name
    dose = ""
    if item.dose is not None:
        least = {">": "more than ", ">=": "at least "}.get(item.dose.comparator, "")
        amount = item.dose.amount
        dose = f", {least}{_plain(str(amount.value))} {unit(amount.unit.code)}"
    days = f", {say('report.reg_days', days=day_runs(item.days))}" if item.days else ""
    return f"{name}{dose}{days}"


def _plain(number: str) -> str:
    return number.replace("E+", "e").replace("E", "e")


def ids(prefix: str, groups: Sequence[object]) -> tuple[str, ...]:
    """FG000, FG001, …"""
    return tuple(f"{prefix}{place:03d}" for place in range(len(groups)))
