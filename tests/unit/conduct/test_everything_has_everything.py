"""Meta-tests: every event and command has its words, codec, fold, permission, schema and entry."""

from __future__ import annotations

import re
from dataclasses import fields
from typing import get_args

import pytest

from support.one_of_each import EVENTS as ONE_OF_EACH
from trialrun.conduct.commands import COMMANDS
from trialrun.conduct.decide import ScreeningCommand, StudyCommand, TreatmentCommand
from trialrun.conduct.deviation import MINOR, Category
from trialrun.conduct.log import sentence
from trialrun.conduct.permissions import PERMITTED, ROLES, render_permissions
from trialrun.conduct.reference import render_commands_reference
from trialrun.conduct.refusal import Refusal, Rule
from trialrun.conduct.repeat import MAKES
from trialrun.conduct.safety import Cause
from trialrun.conduct.schema import command_name, command_schema, kebab
from trialrun.conduct.situation import stream_of
from trialrun.ledger.codec import decode_event, encode_event
from trialrun.ledger.events import EVENTS, SCHEMA_VERSIONS
from trialrun.wording.catalogue import LOCALES, topic

HOLE = re.compile(r"\{(\w+)\}")


@pytest.mark.parametrize("name", EVENTS)
@pytest.mark.parametrize("locale", LOCALES)
def test_every_event_has_a_sentence_that_names_only_its_fields(name: str, locale: str) -> None:
    words = topic("log", locale)[name]  # type: ignore[arg-type]
    known = {one.name for one in fields(EVENTS[name])}
    computed = {"fact", "changes", "release", "criteria", "what", "weight"}
    assert set(HOLE.findall(words)) <= known | computed


@pytest.mark.parametrize(
    "event", [event for _, event in ONE_OF_EACH], ids=lambda e: type(e).__name__
)
@pytest.mark.parametrize("locale", LOCALES)
def test_every_event_is_said_and_kept(event, locale) -> None:  # type: ignore[no-untyped-def]
    said = sentence(event, locale)
    assert said and "{" not in said and "None" not in said
    kind = type(event).__name__
    assert decode_event(kind, SCHEMA_VERSIONS[kind], encode_event(event)) == event
    assert re.fullmatch(r"[a-z]+(:.+)?", stream_of(event))


def test_one_of_each_event_is_tested() -> None:
    assert {type(event).__name__ for _, event in ONE_OF_EACH} == set(EVENTS)


def test_every_command_has_permission_schema_and_an_entry_that_it_makes() -> None:
    assert set(PERMITTED) == set(MAKES) == set(COMMANDS.values())
    assert all(PERMITTED.values())
    made = {kind.__name__ for kind in MAKES.values()}
    by_others = {"ProductInfused", "Redacted"}  # made with another entry; by a later command
    assert made | by_others == set(EVENTS)
    for name in COMMANDS:
        assert command_schema(name)["title"] == name
        assert command_name(kebab(name)) == command_name(name) == name


def test_commands_are_decided_in_one_place_each() -> None:
    parts = [set(get_args(part)) for part in (StudyCommand, ScreeningCommand, TreatmentCommand)]
    assert sum(map(len, parts)) == len(set().union(*parts))


@pytest.mark.parametrize("locale", LOCALES)
def test_every_rule_says_what_and_what_helps(locale) -> None:  # type: ignore[no-untyped-def]
    words = topic("conduct", locale)
    wanted = {str(rule) for rule in Rule} | {f"{rule}-remedy" for rule in Rule}
    wanted |= {f"deviation_{one}" for one in Category} | {f"suspended_{one}" for one in Cause}
    assert set(words) == wanted
    assert set(Category) > MINOR


def test_a_rule_asks_for_the_same_values_in_every_language() -> None:
    english, chinese = topic("conduct", "en"), topic("conduct", "zh")
    for rule in Rule:
        holes = set(HOLE.findall(english[rule] + english[f"{rule}-remedy"]))
        assert holes == set(HOLE.findall(chinese[rule] + chinese[f"{rule}-remedy"]))
        refusal = Refusal(rule=rule, params=dict.fromkeys(holes, ("a", "b")))
        assert refusal.sentence() and refusal.remedy_sentence("zh")


def test_every_rule_is_used() -> None:
    from pathlib import Path

    import trialrun.conduct

    folder = Path(trialrun.conduct.__file__).parent
    source = "".join(
        module.read_text() for module in folder.glob("*.py") if module.name != "refusal.py"
    )
    unused = [rule.name for rule in Rule if f"Rule.{rule.name}" not in source]
    assert not unused


def test_the_reference_names_every_command_role_and_category() -> None:
    page = render_commands_reference()
    assert all(f"## {name}\n" in page for name in COMMANDS)
    assert all(f"`{one}`" in page for one in Category)
    assert all(role in render_permissions() for role in ROLES)
