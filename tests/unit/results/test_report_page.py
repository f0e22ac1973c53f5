"""The page: one file, marked, every number opens, the same bytes everywhere, also of nobody."""

from __future__ import annotations

import hashlib
import os
import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from random import Random

import pytest

from support import small_trial
from trialrun.errors import LedgerError
from trialrun.ledger import events as ev
from trialrun.protocol.model import Measure, Protocol
from trialrun.protocol.parts import ChoicePart, QuestionPart
from trialrun.results import html
from trialrun.results.figures import frame
from trialrun.results.report_files import edition_of, report_files
from trialrun.results.summary import summary_text
from trialrun.results.words import counted
from trialrun.wording.catalogue import topic

VOID = {"meta", "br", "link", "img", "input", "path", "rect", "line", "use", "circle", "polygon",
        "polyline", "stop"}  # fmt: skip
QUESTION = QuestionPart(
    id="day-zero", topic="", words="What is day 0?", asked_of="cell-laboratory",
    source=small_trial.SOURCE, assumed="nk",
    choices=(ChoicePart(value="nk", label="the first infusion"),),
)  # fmt: skip


def files(protocol: Protocol, book: small_trial.Book, locale: str = "en") -> dict[str, bytes]:
    edition = edition_of(protocol, book.entries(), software="0", questions=[QUESTION])
    return dict(report_files(edition, locale=locale))  # type: ignore[arg-type]


def page(seed: int = 4, people: int = 20, *, arms: int = 1, locale: str = "en") -> str:
    protocol = small_trial.nk_protocol(arms=arms)
    book = small_trial.random_book(protocol, Random(seed), people)
    return files(protocol, book, locale)["index.html"].decode()


PAGE = page()


class Balanced(HTMLParser):
    """Finds tags that are not closed in their order, ids that stand twice, and links to nothing."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.wrong: list[str] = []
        self.ids: list[str] = []
        self.links: list[str] = []
        self.loads: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in VOID:
            self.open.append(tag)
        for name, value in attrs:
            if name == "id":
                self.ids.append(value or "")
            if name == "href" and (value or "").startswith("#"):
                self.links.append((value or "")[1:])
            if name in {"src", "href"} and re.match(r"(https?:)?//", value or ""):
                self.loads.append(value or "")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        if tag in VOID:
            return
        if not self.open or self.open[-1] != tag:
            self.wrong.append(f"</{tag}> in {self.open[-3:]}")
        else:
            self.open.pop()


@pytest.mark.parametrize("text", [PAGE, page(3, 12, arms=3), page(1, 0), page(2, 6, locale="zh")])
def test_the_page_is_whole_and_holds_all_that_it_needs(text: str) -> None:
    read = Balanced()
    read.feed(text)
    assert not read.wrong and not read.open
    assert len(read.ids) == len(set(read.ids))
    assert set(read.links) <= set(read.ids)
    assert not read.loads and "<script" not in text
    assert "default-src 'none'" in text


def test_simulated_stands_first() -> None:
    assert re.search(r"<title>SIMULATED", PAGE)
    body = PAGE[PAGE.index("<body>") :]
    assert 0 < body.index('class="banner"') < body.index("<h1>")
    for title in re.findall(r"<svg.*?<title[^>]*>(.*?)</title>", PAGE, re.S):
        assert title.startswith("SIMULATED")
    assert re.search(r"<title>模拟（SIMULATED）", page(locale="zh"))


def test_a_real_trial_is_not_called_simulated() -> None:
    protocol = small_trial.nk_protocol()
    book = small_trial.Book(ev.Mode.REAL)
    made = files(protocol, book)
    assert b"SIMULATED" not in made["index.html"] + made["results.json"]


def test_a_rehearsal_holds_no_issued_number() -> None:
    from dataclasses import replace

    protocol = replace(small_trial.nk_protocol(), title="A trial like NCT01234567 was")
    book = small_trial.random_book(protocol, Random(1), 6)
    made = files(protocol, book)
    assert not re.search(rb"NCT\d{8}", made["index.html"] + made["results.json"])
    assert b"[registry number]" in made["index.html"]


@pytest.mark.parametrize("seed", range(6))
def test_one_is_not_said_in_the_plural(seed: int) -> None:
    tiles = re.findall(r'<p class="tile-about">(.*?)</p>', page(seed, 4), re.S)
    said = [re.sub(r"<[^>]*>", "", one) for one in tiles]
    assert said and not [one for one in said if re.search(r"\b1 (events|deaths)\b", one)]


def test_one_event_has_its_own_sentence() -> None:
    assert counted("report.tile_events", 1).en == "1 event"
    assert counted("report.tile_events", 0).en == "0 events"
    assert counted("report.tile_deaths_any", 1).en == "1 death of any cause"


def test_every_number_opens_to_participants_entries_and_method() -> None:
    opened = re.findall(r'<details class="t[^>]*><summary>(.*?)</summary>(.*?)</details>', PAGE)
    assert len(opened) > 200
    for _, trace in opened:
        assert re.search(r"<b>Participants \(\d+\):</b>", trace)
        assert re.search(r"<b>Ledger entries \(\d+\):</b>", trace)
        assert re.search(r"<b>Method:</b> \S", trace)


def test_table_cells_hold_no_number_without_a_trace() -> None:
    """Percents and ranges stand beside an opened number; nothing else is bare."""
    tables = re.findall(r'<table class="numbers[^"]*">(.*?)</table>', PAGE, re.S)
    assert tables
    for cell in re.findall(r"<td>(.*?)</td>", "".join(tables), re.S):
        if any(map(str.isdigit, re.sub(r"<[^>]*>", "", cell))):
            assert "<details" in cell


def test_no_p_values_and_nothing_credited_to_the_cells() -> None:
    words = re.sub(r"<[^>]+>", " ", PAGE)
    assert "nothing is attributed to the cells" in words
    assert "there are no p-values" in words and not re.search(r"\bp\s*[=<]\s*0?\.\d", words)


def test_what_so_few_cannot_show() -> None:
    protocol = small_trial.nk_protocol()
    book = small_trial.Book()
    for number in range(1, 11):
        code = f"SIM-{number:03d}"
        book.register(code, small_trial.DAY_ZERO)
        book.enrol(code, small_trial.DAY_ZERO)
        book.give(code, "flu", 45, "mg", small_trial.DAY_ZERO, day=-6)
    text = re.sub(r"<[^>]+>", "", files(protocol, book)["index.html"].decode()).replace(
        "\u202f", " "
    )
    # 0 of 10: the one-sided 95 % limit is 25.9 %; 0.9 to the tenth is 34.9 %.
    assert "true rates above 25.9 % would be excluded" in text
    assert "strikes 1 in 10 is missed by 10 participants with a probability of 34.9 %" in text


def test_questions_stand_under_those_who_may_answer() -> None:
    words = " ".join(re.sub(r"<[^>]+>", " ", PAGE).split())
    assert "cell laboratory 1 What is day 0? Assumed: the first infusion" in words


def test_the_same_ledger_gives_the_same_bytes_in_any_process(tmp_path: Path) -> None:
    program = (
        "import sys, hashlib; sys.path.insert(0, sys.argv[1])\n"
        "from random import Random\nfrom support import small_trial\n"
        "from trialrun.results.report_files import edition_of, report_files\n"
        "p = small_trial.nk_protocol(arms=2)\n"
        "b = small_trial.random_book(p, Random(4), 8)\n"
        "made = report_files(edition_of(p, b.entries(), software='0'))\n"
        "print(hashlib.sha256(b''.join(made[n] for n in sorted(made))).hexdigest())\n"
    )
    tests = str(Path(__file__).resolve().parents[2])
    heads = set()
    for seed, zone, locale in (("1", "UTC", "C.UTF-8"), ("77", "Asia/Shanghai", "C")):
        environment = os.environ | {"PYTHONHASHSEED": seed, "TZ": zone, "LC_ALL": locale}
        ran = subprocess.run(
            [sys.executable, "-c", program, tests],
            env=environment, capture_output=True, text=True, check=True, cwd=tmp_path,
        )  # fmt: skip
        heads.add(ran.stdout)
    assert len(heads) == 1 and len(heads.pop().strip()) == len(hashlib.sha256().hexdigest())


def test_a_missing_renderer_is_a_sentence_and_the_data_stay(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(frame, "_renderer", lambda: None)
    text = page()
    assert "pip install" in text and "trialrun[report]" in text.replace("&#39;", "'")
    assert 'id="figure-flow"' in text and "<svg" in text  # the flow diagram needs no renderer
    assert 'id="figure-nk-curves"' in text and "Donor NK cells per µL" in text


@pytest.mark.parametrize("people", [0, 1])
@pytest.mark.parametrize("kind", ["nk", "drug"])
def test_nobody_treated_is_told_without_a_fault(people: int, kind: str) -> None:
    build = small_trial.nk_protocol if kind == "nk" else small_trial.drug_protocol
    book = small_trial.Book()
    if people:
        book.register("SIM-001", small_trial.DAY_ZERO)
    made = files(build(), book)
    assert "Nobody has been treated yet" in made["index.html"].decode()
    assert made["entries.jsonl"].count(b"\n") == len(book.entries())


def test_a_ledger_without_entries_has_no_report() -> None:
    with pytest.raises(LedgerError, match="no entry yet"):
        edition_of(small_trial.nk_protocol(), (), software="0")


def test_outcomes_that_need_a_person_are_listed() -> None:
    protocol = small_trial.drug_protocol(primary=Measure.GENERIC_RESPONSE)
    book = small_trial.random_book(protocol, Random(3), 6)
    assert "needs a person" in files(protocol, book)["index.html"].decode()


def test_a_suspended_enrolment_is_said_on_top() -> None:
    protocol = small_trial.nk_protocol()
    book = small_trial.Book()
    book.add(ev.EnrolmentSuspended(reason="dose-limiting-boundary"), small_trial.DAY_ZERO)
    assert (
        "Enrolment is suspended: dose-limiting-boundary"
        in files(protocol, book)["index.html"].decode()
    )


def test_every_entry_type_has_a_name_in_every_language() -> None:
    for locale in ("en", "zh"):
        assert {f"entry_{name}" for name in ev.EVENTS} <= topic("report", locale).keys()  # type: ignore[arg-type]


def test_runs_of_entries_are_joined() -> None:
    assert html._runs([9, 3, 7, 8]) == "3, 7–9"
    assert html._runs([]) == ""


# --- the summary on a terminal ---------------------------------------------------------------


def test_the_summary_leads_with_what_it_is_and_ends_with_where_the_report_lies() -> None:
    protocol = small_trial.nk_protocol()
    book = small_trial.random_book(protocol, Random(4), 20)
    edition = edition_of(protocol, book.entries(), software="0")
    text = summary_text(edition, report="demo/report/index.html")
    lines = text.splitlines()
    assert lines[0].startswith("SIMULATED: ")
    assert "one simulated trial of many" in lines[1]
    assert lines[-1] == "The report: demo/report/index.html"
    for word in ("Registered", "Not eligible", "Enrolled", "Started lymphodepletion",
                 "Infusion 3", "Dose-limiting events", "serious adverse events",
                 "Complete remission by day 28", "NK peak", "assumption"):  # fmt: skip
        assert word in text
    assert re.search(r"Complete remission by day 28 +\d+ of \d+", text)
    chinese = summary_text(edition, "zh")
    assert "开始清淋" in chinese and "Enrolled" not in chinese


def test_the_summary_of_a_drug_trial_tells_of_no_infusions() -> None:
    protocol = small_trial.drug_protocol()
    book = small_trial.random_book(protocol, Random(4), 8)
    text = summary_text(edition_of(protocol, book.entries(), software="0"))
    assert "Started treatment" in text and "Infusion" not in text and "NK" not in text
