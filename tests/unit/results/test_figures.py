"""What every figure keeps: title, table, words inside the picture, and the same bytes anywhere."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import xml.etree.ElementTree as ET
from decimal import Decimal
from pathlib import Path

import pytest

from trialrun.results.figures import frame
from trialrun.results.figures.axis import day_ticks
from trialrun.results.figures.frame import Figure, Scale
from trialrun.results.figures.nk_kinetics import nk_curves
from trialrun.results.figures.text import FONT, width
from trialrun.results.figures.trajectory import Reading, Trajectory
from trialrun.wording.catalogue import LOCALES, Locale, topic

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))

from drawing import drawn, size_of  # noqa: E402
from sample_figures import LONG, figures  # noqa: E402

KINDS = tuple(figures())


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("kind", KINDS)
def test_a_figure_has_its_title_first_its_table_and_words(kind: str, locale: Locale) -> None:
    made = figures(locale)[kind]()
    assert made.title.startswith("SIMULATED" if locale == "en" else "模拟（SIMULATED）")
    assert made.svg is not None
    assert made.missing == ""
    root = ET.fromstring(made.svg)
    named = {node.tag.split("}")[1]: node.text for node in root if node.get("id")}
    assert named["title"] == made.title
    assert named["desc"] == made.description
    shown = "".join(one.text for one in drawn(made.svg)).replace(" ", "")
    assert "SIMULATED" in shown
    assert all(len(row) == len(made.columns) for row in made.rows)
    assert bool(made.rows) == (not kind.endswith("none"))


@pytest.mark.parametrize("words", ["", LONG, "供体来源的自然杀伤细胞输注前的清淋化疗" * 3])
@pytest.mark.parametrize("kind", KINDS)
def test_no_word_leaves_the_picture(kind: str, words: str) -> None:
    made = figures("zh" if words.startswith("供") else "en", words=words)[kind]()
    assert made.svg is not None
    wide, high = size_of(made.svg)
    assert wide >= 360
    for one in drawn(made.svg):
        if one.kind != "text":
            continue
        long = width(one.text, one.size, bold=one.bold)
        left = {"start": one.x, "middle": one.x - long / 2, "end": one.x - long}[one.anchor]
        assert left >= -1, one
        assert left + long <= wide + 1, one
        assert one.size <= one.y <= high, one


def test_one_figure_or_two_arms_fit_a_telephone() -> None:
    for kind, make in figures().items():
        svg = make().svg
        assert svg is not None
        if kind not in {"flow-3", "flow-4"}:
            assert size_of(svg)[0] == 360


def test_without_the_renderer_there_is_the_table_and_a_sentence(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(frame, "_renderer", lambda: None)
    made = figures()["swimmer"]()
    assert made.svg is None
    assert "pip install 'trialrun[report]'" in made.missing
    assert len(made.rows) == 10
    assert made.spec is not None
    # The flow diagram is drawn without it.
    assert figures()["flow-0"]().svg is not None


def test_the_layout_asks_no_font_how_wide_a_word_is(monkeypatch: pytest.MonkeyPatch) -> None:
    """With a face that measures quite differently every mark and word stays where it is."""
    for kind, make in figures().items():
        usual = make().svg
        for module in list(sys.modules.values()):
            if getattr(module, "FONT", None) == FONT and module.__name__.startswith("trialrun"):
                monkeypatch.setattr(module, "FONT", "monospace")
        monkeypatch.setitem(frame._CONFIG, "font", "monospace")  # type: ignore[arg-type]
        other = make().svg
        monkeypatch.undo()
        assert usual is not None
        assert other is not None
        assert other != usual
        assert other.replace("monospace", FONT) == usual, kind


def digest(environment: dict[str, str]) -> str:
    code = (
        "import sys; sys.path.insert(0, sys.argv[1])\n"
        "from sample_figures import figures\n"
        "for kind, make in figures('zh').items(): print(kind, make().svg)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(HERE)],
        env={**os.environ, "PYTHONIOENCODING": "utf-8", **environment},
        capture_output=True,
        check=True,
    )
    assert len(done.stdout) > 50_000
    return hashlib.sha256(done.stdout).hexdigest()


def test_the_same_bytes_under_other_hash_seeds_zones_and_locales() -> None:
    one = digest({"PYTHONHASHSEED": "1", "TZ": "UTC", "LC_ALL": "C.UTF-8"})
    two = digest({"PYTHONHASHSEED": "77", "TZ": "Asia/Shanghai", "LC_ALL": "de_DE.UTF-8"})
    assert one == two


def test_ids_of_two_figures_do_not_meet() -> None:
    def ids(made: Figure) -> set[str]:
        assert made.svg is not None
        return {node.get("id", "") for node in ET.fromstring(made.svg).iter()} - {""}

    one, other = figures()["nk"](), figures()["survival"]()
    assert ids(one)
    assert not ids(one) & ids(other)
    assert one.svg is not None
    for used in ET.fromstring(one.svg).iter():
        clip = used.get("clip-path", "")
        assert not clip or clip.removeprefix("url(#").removesuffix(")") in ids(one)


def test_direct_labels_stand_where_the_renderer_draws_the_points() -> None:
    """The scale in Python and the scale in the picture put the same value at the same pixel."""
    readings = tuple(
        Reading(day=Decimal(day), value=Decimal(value))
        for day, value in ((0, "0.3"), (3, "700"), (7, "12.5"), (28, "41"))
    )
    made = nk_curves([Trajectory(participant="P1", readings=readings)])
    assert made.svg is not None
    days = Scale(low=Decimal("-0.8"), high=Decimal("28.8"), start=0, end=270)
    levels = Scale(low=Decimal("0.21"), high=Decimal(1050), start=250, end=14, log=True)
    points = {(round(one.x - 44, 1), one.y) for one in drawn(made.svg) if one.kind == "path"}
    top = min(y for x, y in points if x == days.at(Decimal(3))) - levels.at(Decimal(700))
    for reading in readings:
        x, y = days.at(reading.day), levels.at(reading.value) + top
        assert any(abs(x - px) < 0.11 and abs(y - py) < 0.11 for px, py in points), reading
    label = next(one for one in drawn(made.svg) if one.text == "P1")
    assert abs(label.y - top - levels.at(Decimal(41))) < 6


@pytest.mark.parametrize(
    ("low", "high", "ticks"),
    [
        ("-1", "28", (0, 7, 14, 21, 28)),
        ("-8", "45", (-7, 0, 7, 14, 21, 28, 35, 42)[::1]),
        ("-6", "370", (0, 84, 168, 252, 336)),
        ("0", "10", (0, 7)),
    ],
)
def test_day_ticks_are_whole_weeks(low: str, high: str, ticks: tuple[int, ...]) -> None:
    found = day_ticks(Decimal(low), Decimal(high), most=6 if high != "45" else 7)
    assert found == ticks


def test_both_languages_have_the_same_sentences_and_places() -> None:
    english, chinese = topic("figures", "en"), topic("figures", "zh")
    assert english.keys() == chinese.keys()
    for key, sentence in english.items():
        holes = {part.split("}")[0] for part in sentence.split("{")[1:]}
        assert holes == {part.split("}")[0] for part in chinese[key].split("{")[1:]}, key
