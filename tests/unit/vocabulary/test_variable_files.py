"""The files of the variables: by topic, listed, told apart, small, and no row in two of them."""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from importlib.resources import files

import pytest

from trialrun.vocabulary.table import _TOPICS, variables

FOLDER = files("trialrun.vocabulary").joinpath("variables")
README = FOLDER.joinpath("README.md").read_text(encoding="utf-8")
TEXTS = {
    one.name.removesuffix(".toml"): one.read_text(encoding="utf-8")
    for one in FOLDER.iterdir()
    if one.name.endswith(".toml")
}
HEAD = re.compile(r"# \S.*\.\n(?P<elsewhere># Elsewhere: (?:.*\n)+?)# What a row holds: ")


def test_every_file_is_read_and_listed() -> None:
    assert set(TEXTS) == set(_TOPICS)
    assert len(_TOPICS) == len(set(_TOPICS))
    listed = re.findall(r"^\| `(\w+)` \| (.+) \|$", README.split("## What a row holds")[0], re.M)
    assert [name for name, _ in listed] == list(_TOPICS)
    for name, about in listed:
        assert TEXTS[name].startswith(f"# {about}.\n"), name


def test_no_name_stands_twice() -> None:
    names = Counter(
        row["name"] for text in TEXTS.values() for row in tomllib.loads(text)["variable"]
    )
    assert [name for name, times in names.items() if times > 1] == []
    assert names.keys() == variables().keys()


@pytest.mark.parametrize("topic", sorted(TEXTS))
def test_a_file_says_what_stands_in_it_and_what_elsewhere(topic: str) -> None:
    head = HEAD.match(TEXTS[topic])
    assert head is not None
    for group in re.findall(r"\(([a-z_]+(?:, [a-z_]+)*)\)", head["elsewhere"]):
        assert set(group.split(", ")) <= set(_TOPICS), group


@pytest.mark.parametrize("topic", sorted(TEXTS))
def test_a_file_is_of_one_topic_and_can_be_read_through(topic: str) -> None:
    assert not {"more", "rare", "other", "further", "misc"} & set(topic.split("_"))
    assert 2_000 <= len(TEXTS[topic].encode()) <= 25_000
