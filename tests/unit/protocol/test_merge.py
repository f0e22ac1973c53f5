"""Re-drafting and editing: what people wrote survives, comments included; a conflict asks."""

from __future__ import annotations

import importlib.util
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trialrun.errors import ProtocolError
from trialrun.protocol.editing import answered, confirmed, declared, rewritten
from trialrun.protocol.file import ProtocolFile, read_protocol_file, write_protocol_file
from trialrun.protocol.merge import merge
from trialrun.protocol.parts import Asked
from trialrun.values.provenance import Origin, Source
from trialrun.values.quantity import read_quantity

_spec = importlib.util.spec_from_file_location(
    "working_copies_of_merge", Path(__file__).parent / "working_copies.py"
)
assert _spec is not None and _spec.loader is not None
copies = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(copies)
BASE: ProtocolFile = copies.small(copies.RECORD)


def with_item(file: ProtocolFile, number: int, **changes: Any) -> ProtocolFile:
    items = list(file.regimen)
    items[number] = replace(items[number], **changes)
    return replace(file, regimen=tuple(items))


def whole(file: ProtocolFile) -> ProtocolFile:
    """The file, after a round trip: it must be readable."""
    return read_protocol_file(write_protocol_file(file).encode(), where="x")


def test_nothing_changed_changes_nothing() -> None:
    assert merge(BASE, BASE, BASE) == BASE


def test_what_people_changed_survives_a_draft_that_did_not() -> None:
    mine = with_item(
        answered(BASE, "days", "0, 2, 4", by="INV", section="6.2"),
        0,
        dose=read_quantity("20 mg/m2"),
    )
    assert merge(BASE, mine, BASE) == mine


def test_what_only_the_record_changed_follows_it() -> None:
    new = with_item(BASE, 0, days=(-5, -4, -3))
    assert whole(merge(BASE, BASE, new)) == new


def test_both_sides_survive_where_they_touch_different_values() -> None:
    mine = with_item(BASE, 0, hour=8)
    new = with_item(BASE, 0, days=(-5, -4, -3))
    merged = whole(merge(BASE, mine, new))
    assert (merged.regimen[0].hour, merged.regimen[0].days) == (8, (-5, -4, -3))


def test_a_conflict_is_a_question_and_our_value_stays_until_it_is_answered() -> None:
    mine = with_item(BASE, 0, days=(-7, -6))
    new = with_item(BASE, 0, days=(-5, -4, -3))
    merged = whole(merge(BASE, mine, new))
    (question,) = [one for one in merged.questions if one.id.startswith("conflict")]
    assert merged.regimen[0].days == Asked(question.id)
    assert [one.value for one in question.choices] == ["-7, -6", "-5, -4, -3"]
    assert question.assumed == "-7, -6"


def test_the_same_change_on_both_sides_is_no_conflict() -> None:
    both = with_item(BASE, 0, days=(-5, -4, -3))
    assert merge(BASE, both, both) == both


def test_what_the_record_lost_goes_unless_people_changed_it() -> None:
    new = replace(BASE, outcomes=())
    assert merge(BASE, BASE, new).outcomes == ()
    mine = replace(BASE, outcomes=(replace(BASE.outcomes[0], day=42),))
    merged = whole(merge(BASE, mine, new))
    assert merged.outcomes == mine.outcomes
    assert any(one.id == "conflict.outcome.response" for one in merged.questions)


def test_what_people_took_out_stays_out_unless_the_record_changed_it() -> None:
    mine = replace(BASE, outcomes=())
    assert merge(BASE, mine, BASE).outcomes == ()
    new = replace(BASE, outcomes=(replace(BASE.outcomes[0], day=42),))
    merged = merge(BASE, mine, new)
    assert merged.outcomes == ()
    assert any(one.id == "conflict.outcome.response" for one in merged.questions)


def test_what_people_and_the_record_added_are_both_there() -> None:
    own = replace(BASE.outcomes[0], id="own")
    other = replace(BASE.outcomes[0], id="other")
    merged = merge(
        BASE,
        replace(BASE, outcomes=(*BASE.outcomes, own)),
        replace(BASE, outcomes=(*BASE.outcomes, other)),
    )
    assert [one.id for one in merged.outcomes] == ["response", "own", "other"]


def test_a_value_that_still_hangs_on_a_dropped_question_keeps_it() -> None:
    mine = with_item(BASE, 1, hour=12)
    new = replace(with_item(BASE, 1, days=(0, 1, 2)), questions=())
    assert whole(merge(BASE, mine, new)).regimen[1].days == (0, 1, 2)
    kept = replace(with_item(BASE, 0, days=Asked("days")), questions=BASE.questions)
    assert whole(merge(BASE, kept, replace(new, questions=())))


@given(st.data())
def test_a_merge_can_always_be_read_again(data: st.DataObject) -> None:
    def changed(file: ProtocolFile) -> ProtocolFile:
        number = data.draw(st.integers(0, 1))
        changes: dict[str, Any] = data.draw(
            st.fixed_dictionaries(
                {},
                optional={
                    "hour": st.integers(0, 8),
                    "days": st.sampled_from([(0,), (0, 1), Asked("days")]),
                    "duration": st.sampled_from([read_quantity("1 h"), read_quantity("2 h")]),
                    "source": st.sampled_from([copies.RECORD, copies.DOCUMENT]),
                },
            )
        )
        file = with_item(file, number, **changes)
        if data.draw(st.booleans()):
            file = replace(file, outcomes=())
        if data.draw(st.booleans()):
            file = answered(file, "days", "0, 2, 4", by="A", section="1")
        return file

    mine, new = changed(BASE), changed(BASE)
    merged = whole(merge(BASE, mine, new))
    assert merge(mine, merged, new) is not None
    assert merge(BASE, mine, BASE) == mine


# --- editing the text ------------------------------------------------------------------------


def test_comments_and_order_of_people_survive_an_answer() -> None:
    text = write_protocol_file(BASE)
    marked = "\n".join(
        f"{line}  # mine {number}" if line.startswith("dose = ") else line
        for number, line in enumerate(text.split("\n"))
    ).replace("[[regimen]]", "# a note of ours\n[[regimen]]", 1)
    done = answered(BASE, "days", "0, 2, 4", by="INV", section="6.2")
    changed = rewritten(marked, done)
    assert read_protocol_file(changed.encode(), where="x") == done
    assert changed.count("# mine") == marked.count("# mine") == 2
    assert "# a note of ours" in changed
    added = set(changed.splitlines()) - set(marked.splitlines())
    assert added == {'answer = "0, 2, 4"', 'answered_by = "INV"', 'section = "6.2"'}


@given(st.sampled_from(sorted(dict(BASE.placed()))), st.integers(0, 10**6))
def test_any_comment_anywhere_survives_a_confirmation(place: str, where: int) -> None:
    if place.startswith(("question", "anchor", "assumption")):
        return
    lines = write_protocol_file(BASE).split("\n")
    at = 1 + where % (len(lines) - 2)
    inside = any(line.startswith("  ") or line == "]" for line in lines[at : at + 1])
    lines.insert(at, "" if inside else "# an own remark")
    done = confirmed(BASE, place, section="6.2")
    changed = rewritten("\n".join(lines), done)
    assert read_protocol_file(changed.encode(), where="x") == done
    assert inside or "# an own remark" in changed


def test_parts_are_added_and_taken_out_without_touching_the_rest() -> None:
    text = write_protocol_file(BASE) + "\n# the end\n"
    more = replace(BASE, outcomes=(*BASE.outcomes, replace(BASE.outcomes[0], id="second")))
    assert "# the end" in rewritten(text, more)
    assert read_protocol_file(rewritten(text, more).encode(), where="x") == more
    none = replace(BASE, outcomes=(), safety=None)
    assert read_protocol_file(rewritten(text, none).encode(), where="x") == none


def test_another_order_is_written_anew() -> None:
    turned = replace(BASE, regimen=tuple(reversed(BASE.regimen)))
    text = rewritten(write_protocol_file(BASE), turned)
    assert read_protocol_file(text.encode(), where="x") == turned


def test_confirming_and_declaring_need_something_that_is_there() -> None:
    assert confirmed(BASE, "safety", section="9").safety.source == Source(  # type: ignore[union-attr]
        Origin.DOCUMENT, "9"
    )
    judged = declared(BASE, "I1", by="INV", reason="no rule can say it").criteria[0]
    assert (judged.status, judged.rule, judged.declared_by) == ("judgement", None, "INV")
    with pytest.raises(ProtocolError, match="no part"):
        confirmed(BASE, "regimen.x", section="1")
    with pytest.raises(ProtocolError, match="no criterion is called"):
        declared(BASE, "I99", by="INV", reason="x")
    with pytest.raises(ProtocolError, match="no question is called"):
        answered(BASE, "nothing", "x", by="INV", section="1")
