"""The flow diagram: no box lies on another, every word in its box, every number in the table."""

from __future__ import annotations

import sys
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trialrun.errors import InputError
from trialrun.results.figures.flow_diagram import Arm, Aside, Flow, Reason, Stage, flow_diagram
from trialrun.results.figures.text import width

sys.path.insert(0, str(Path(__file__).parent))

from drawing import SVG, drawn
from sample_figures import flow

Rectangle = tuple[float, float, float, float]


def boxes(svg: str) -> list[Rectangle]:
    return [
        tuple(float(node.get(name, "0")) for name in ("x", "y", "width", "height"))  # type: ignore[misc]
        for node in ET.fromstring(svg).iter(f"{SVG}rect")
        if node.get("rx")
    ]


def lines(svg: str) -> list[tuple[float, float, float, float]]:
    found = []
    for node in ET.fromstring(svg).iter(f"{SVG}polyline"):
        (x1, y1), (x2, y2) = (
            tuple(map(float, pair.split(","))) for pair in node.get("points", "").split()
        )
        found.append((min(x1, x2), min(y1, y2), max(x1, x2), max(y1, y2)))
    return found


sentences = st.text(alphabet="abc MW细胞,", min_size=1, max_size=70).filter(str.strip)
counts = st.integers(0, 999)
reasons = st.lists(st.builds(Reason, words=sentences, count=counts), max_size=3).map(tuple)
asides = st.none() | st.builds(Aside, words=sentences, count=counts, reasons=reasons)
stages = st.lists(
    st.builds(Stage, words=sentences, count=counts, details=reasons, left=asides),
    min_size=1,
    max_size=3,
).map(tuple)
flows = st.builds(
    Flow,
    stages=stages,
    arms=st.lists(st.builds(Arm, stages=stages), max_size=4).map(tuple),
)


@given(flows)
def test_boxes_stand_apart_and_hold_their_words(drawing: Flow) -> None:
    svg = flow_diagram(drawing).svg
    assert svg is not None
    root = ET.fromstring(svg)
    wide, high = float(root.get("width", "0")), float(root.get("height", "0"))
    placed = boxes(svg)
    for i, (x, y, w, h) in enumerate(placed):
        assert x >= 0
        assert x + w <= wide
        assert y + h <= high
        for ox, oy, ow, oh in placed[i + 1 :]:
            assert x + w <= ox or ox + ow <= x or y + h <= oy or oy + oh <= y
    texts = [one for one in drawn(svg) if one.size < 13]
    for one in texts:
        inside = [
            (x, y, w, h)
            for x, y, w, h in placed
            if x <= one.x
            and one.x + width(one.text, 11, bold=one.bold) <= x + w + 0.2
            and y < one.y < y + h
        ]
        assert len(inside) == 1, one


@given(flows)
def test_arrows_pass_through_no_box(drawing: Flow) -> None:
    svg = flow_diagram(drawing).svg
    assert svg is not None
    for x1, y1, x2, y2 in lines(svg):
        for x, y, w, h in boxes(svg):
            crosses = x1 < x + w - 0.2 and x2 > x + 0.2 and y1 < y + h - 0.2 and y2 > y + 0.2
            assert not crosses


@given(flows)
def test_every_count_is_in_the_table(drawing: Flow) -> None:
    rows = flow_diagram(drawing).rows
    wanted = 0
    for stage in (*drawing.stages, *(one for arm in drawing.arms for one in arm.stages)):
        wanted += 1 + len(stage.details)
        assert (stage.words, str(stage.count), "") in rows
        if stage.left is not None:
            wanted += 1 + len(stage.left.reasons)
            assert (stage.left.words, str(stage.left.count), "") in rows
    assert len(rows) == wanted


def test_five_arms_are_too_many() -> None:
    with pytest.raises(InputError, match="5 arms") as caught:
        flow_diagram(flow(5))
    assert "at most 4" in caught.value.remedy


def test_words_are_text_that_can_be_selected() -> None:
    svg = flow_diagram(flow(2), simulated=True).svg
    assert svg is not None
    texts = [one.text.replace("\u00a0", " ") for one in drawn(svg)]
    assert "Assessed for eligibility (n = 17)" in texts
    assert "declined (n = 3)" in texts
    assert texts[0] == "SIMULATED · Participant flow"


def test_marks_of_xml_in_words_are_escaped() -> None:
    svg = flow_diagram(Flow(stages=(Stage(words='CrCl < 50 & "old"', count=1),))).svg
    assert svg is not None
    assert 'CrCl < 50 & "old"' in drawn(svg)[1].text.replace("\u00a0", " ")
