"""approve, do, screen, status, plan, log, verify: on the command line, with their exit codes."""

from __future__ import annotations

import json
import sqlite3
from datetime import timedelta
from pathlib import Path

import pytest

from support.study_folder import APPROVE, Shell, new_study, opened
from trialrun.study.session import open_session


@pytest.fixture
def shell(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Shell:
    new_study(tmp_path)
    return Shell(monkeypatch, tmp_path)


CONSENT = {
    "participant": "001", "form_version": "2.0", "language": "zh", "explained_by": "INV",
    "given_at": "2026-03-02T15:30+08:00", "copy_given": True,
}  # fmt: skip
FACTS = [
    {"variable": "age", "value": 54, "unit": "years", "at": "2026-03-01"},
    {"variable": "creatinine", "value": 0.9, "unit": "mg/dL", "at": "2026-03-01"},
]


def registered(shell: Shell) -> None:
    opened(shell)
    shell.must("RegisterParticipant", "COO", participant="001", site="S1")
    shell.must("record-consent", "COO", **CONSENT)


# --- approve ---------------------------------------------------------------------------------


def test_the_first_approval_starts_the_ledger(shell: Shell) -> None:
    told = shell.ok(*APPROVE, "--format", "json").json
    types = [one["type"] for one in told["entries"]]
    assert types == ["StudyStarted", "PersonAdded", "RoleGranted", "ProtocolApproved"]
    assert told["entries"][0]["event"]["body"]["mode"] == "real"
    assert all(one["origin"] == "shell" for one in told["entries"])
    assert "document" not in told["entries"][3]["event"]


def test_an_unsettled_protocol_is_refused_and_lists_everything(
    shell: Shell, tmp_path: Path
) -> None:
    file = tmp_path / "study" / "protocol.toml"
    file.write_text(file.read_text().replace('"document: 9"', '"assumed"'))
    answer = shell.run(*APPROVE)
    assert answer.code == 6
    assert "1 things in the protocol are not settled: safety" in answer.err
    assert "- safety is our assumption" in answer.err and "[statistician]" in answer.err
    assert not (tmp_path / "study" / "ledger.sqlite").exists()
    told = shell.run(*APPROVE, "--format", "json")
    assert told.code == 6 and told.json["rule"] == "unsettled"


@pytest.mark.parametrize(
    ("change", "code", "words"),
    [
        ({"--document": "none.pdf"}, 3, "there is no such file"),
        ({"--document-date": "10 January"}, 3, "is not a date"),
        ({"--ethics-date": "2027-01-01"}, 6, "approval_date is 2027-01-01, which is after now"),
        ({"--ethics": " "}, 6, "committee is empty"),
    ],
)
def test_what_is_wrong_with_an_approval_is_said(
    shell: Shell, change: dict[str, str], code: int, words: str
) -> None:
    asked = list(APPROVE)
    for option, value in change.items():
        asked[asked.index(option) + 1] = value
    answer = shell.run(*asked)
    assert (answer.code, words in answer.err) == (code, True), answer


# --- do --------------------------------------------------------------------------------------


def test_the_way_to_enrolment(shell: Shell) -> None:
    registered(shell)
    donor = CONSENT | {"subject": "donor", "donor": "001-D"}
    shell.must("record-consent", "COO", **donor)
    refused = shell.do("enrol-participant", "INV", participant="001")
    assert refused.code == 6 and "nobody has decided" in refused.err
    shell.must("record-facts", "COO", participant="001", facts=FACTS)
    shell.must("judge-criterion", "INV", participant="001", criterion="E2", met=True)
    shell.must("decide-eligibility", "INV", participant="001")
    said = shell.must("enrol-participant", "INV", participant="001")
    assert "001 enrolled as number 1 into all." in said.out


def test_a_value_is_recorded_with_the_sites_limit_where_it_has_none(
    shell: Shell, tmp_path: Path
) -> None:
    registered(shell)
    (tmp_path / "study" / "limits.toml").write_text(
        '[[limit]]\nvariable = "alt"\nsex = "female"\nfrom = 2026-01-01\nhigh = "35 U/L"\n',
        encoding="utf-8",
    )
    at = "2026-03-02"
    alt = {"variable": "alt", "value": "70", "unit": "U/L", "at": at, "source": "chart"}
    sex = {"variable": "sex", "value": "female", "at": at, "source": "chart"}
    shell.must("record-facts", "COO", participant="001", facts=[alt])  # the sex is not known yet
    shell.must("record-facts", "COO", participant="001", facts=[sex])
    shell.must("record-facts", "COO", participant="001", facts=[{**alt, "value": "71"}])
    with open_session(tmp_path / "study", writable=False) as session:
        recorded = [kept.event.fact for kept in session.state.participants["001"].values("alt")]
    assert {(one.value, one.high, one.source) for one in recorded} == {
        ("70", None, "chart"),
        ("71", "35", "chart (limit 35 U/L: site table from 2026-01-01)"),
    }


def test_fields_come_from_a_file_or_from_standard_input(shell: Shell, tmp_path: Path) -> None:
    registered(shell)
    (tmp_path / "facts.json").write_text(json.dumps({"participant": "001", "facts": FACTS}))
    shell.ok("do", "study", "record-facts", "--actor", "COO", "--json", "@facts.json")
    more = json.dumps({"participant": "001", "facts": FACTS[:1]})
    answer = shell.run("do", "study", "record-facts", "--actor", "COO", "--json", "-", stdin=more)
    assert answer.code == 0


def test_the_same_command_id_does_nothing_twice(shell: Shell) -> None:
    registered(shell)
    words = ("do", "study", "record-facts", "--actor", "COO", "--command-id", "c-1", "--json")
    first = shell.ok(*words, json.dumps({"participant": "001", "facts": FACTS}))
    again = shell.ok(*words, json.dumps({"participant": "001", "facts": FACTS}))
    assert "done before" in again.out and again.out.startswith(first.out)
    other = shell.run(*words, json.dumps({"participant": "001", "facts": FACTS[:1]}))
    assert other.code == 6 and "used for another act" in other.err


def test_who_looked_too_long_ago_is_told_what_is_new(shell: Shell) -> None:
    registered(shell)
    seen = shell.ok("status", "study", "--format", "json").json["participants"][0]["version"]
    shell.must("record-facts", "COO", participant="001", facts=FACTS[:1])
    answer = shell.run(
        "do", "study", "end-screening", "--actor", "COO", "--seen", str(seen),
        "--json", '{"participant": "001", "reason": "declined"}',
    )  # fmt: skip
    assert answer.code == 6
    assert "001 has changed since you looked" in answer.err and "age 54 years" in answer.err


def test_a_refusal_is_a_sentence_or_an_object(shell: Shell) -> None:
    registered(shell)
    said = shell.run("do", "study", "enrol-participant", "--actor", "COO", "--locale", "zh",
                     "--json", '{"participant": "001"}')  # fmt: skip
    assert said.code == 6 and "无权执行" in said.err
    told = shell.run("do", "study", "enrol-participant", "--actor", "COO", "--format", "json",
                     "--json", '{"participant": "001"}')  # fmt: skip
    assert told.code == 6
    assert told.json["accepted"] is False and told.json["rule"] == "no-role"
    assert told.json["params"]["roles"] == ["investigator"]


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("do", "study", "enrol", "--actor", "X"), 3, "no command 'enrol'"),
        (("do", "study", "add-person", "--actor", "X", "--json", "{"), 3, "not JSON"),
        (("do", "study", "add-person", "--actor", "X", "--json", '{"a":1,"a":2}'), 3, "twice"),
        (("do", "study", "add-person", "--actor", "X", "--json", "@no"), 3, "no such file"),
        (("do", "study", "add-person", "--json", "{}"), 2, "--actor is missing"),
        (("do", "study"), 2, "Give STUDY and COMMAND"),
        (("do", "--schema"), 2, "needs a COMMAND"),
        (("do", "elsewhere", "add-person", "--actor", "X", "--json", '{"person":"Y"}'), 3,
         "no such folder"),
        (("log", "study"), 5, "no ledger yet"),
        (("verify", "study"), 5, "no ledger yet"),
        (("status", "document.pdf"), 3, "not a study's folder"),
    ],
)  # fmt: skip
def test_bad_input_is_a_sentence(
    shell: Shell, words: tuple[str, ...], code: int, said: str
) -> None:
    answer = shell.run(*words)
    assert answer.code == code and said in answer.err, answer


def test_commands_are_listed_and_described(shell: Shell) -> None:
    listed = shell.ok("do", "--list").out
    assert "record-facts" in listed and "Record values of variables" in listed
    assert "RecordFacts" in shell.ok("do", "--list", "--format", "json").json
    schema = shell.ok("do", "record-facts", "--schema").json
    assert schema["title"] == "RecordFacts" and "facts" in schema["properties"]


def test_a_refused_first_command_leaves_no_ledger(shell: Shell, tmp_path: Path) -> None:
    answer = shell.do("open-site", "SPO", site="S1")
    assert answer.code == 6
    assert not (tmp_path / "study" / "ledger.sqlite").exists()


# --- screen ----------------------------------------------------------------------------------


def test_screening_a_participant_says_first_what_to_get_next(shell: Shell) -> None:
    registered(shell)
    lines = shell.ok("screen", "study", "001").out.splitlines()
    assert lines[0] == "001: not known yet."
    assert lines[2].startswith("Get these next")
    assert any("“Adults”" in line for line in lines)
    told = shell.ok("screen", "study", "001", "--format", "json").json
    assert told["verdict"] == "UNKNOWN" and told["approved_protocol"]
    assert {one["variable"] for one in told["next"]} == {"age", "creatinine"}
    assert {one["id"]: one["verdict"] for one in told["criteria"]} == dict.fromkeys(
        ["I1", "E1", "E2"], "UNKNOWN"
    )


def test_screening_a_file_writes_nothing(shell: Shell, tmp_path: Path) -> None:
    (tmp_path / "facts.json").write_text(json.dumps([*FACTS[:1], FACTS[1] | {"value": 1.6}]))
    said = shell.ok("screen", "study", "facts.json").out
    assert said.startswith("facts.json: not eligible.")
    assert "By the working copy" in said and "Not fulfilled: E1" in said
    assert not (tmp_path / "study" / "ledger.sqlite").exists()
    registered(shell)
    before = (tmp_path / "study" / "ledger.sqlite").read_bytes()
    assert "By the working copy" not in shell.ok("screen", "study", "facts.json").out
    shell.ok("screen", "study", "001")
    assert (tmp_path / "study" / "ledger.sqlite").read_bytes() == before


def test_windows_count_back_from_the_moment_that_is_asked(shell: Shell, tmp_path: Path) -> None:
    (tmp_path / "facts.json").write_text(json.dumps(FACTS))

    def creatinine(as_of: str) -> str:
        told = shell.ok("screen", "study", "facts.json", "--as-of", as_of, "--format", "json").json
        return next(one["verdict"] for one in told["criteria"] if one["id"] == "E1")

    assert creatinine("2026-03-15") == "TRUE"
    assert creatinine("2026-03-16") == "UNKNOWN"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ('[{"variable": "creatinine", "value": 130, "at": "2026-03-01"}]', "fact 1: serum creat"),
        ('[{"variable": "anc", "value": 350, "unit": "10*9/L", "at": "2026-03-01"}]', "was it 350"),
        ('[{"variable": "ecog", "value": "2-3", "at": "2026-03-01"}]', "not one whole number"),
        ('{"variable": "ecog"}', "not a list of facts"),
        ("[1]", "not a fact"),
        ("[", "not JSON"),
    ],
)
def test_wrong_facts_are_named(shell: Shell, tmp_path: Path, content: str, said: str) -> None:
    (tmp_path / "facts.json").write_text(content)
    answer = shell.run("screen", "study", "facts.json")
    assert answer.code == 3 and said in answer.err, answer


def test_an_unknown_participant_is_said(shell: Shell) -> None:
    registered(shell)
    for words in (("screen", "study", "007"), ("log", "study", "007"), ("plan", "study", "007")):
        answer = shell.run(*words)
        assert answer.code == 3 and "There are: 001" in answer.err


# --- status, plan, log -----------------------------------------------------------------------


def test_status_says_who_is_where_and_what_comes_next(shell: Shell) -> None:
    shell.ok(*APPROVE)
    assert "Nobody is registered yet." in shell.ok("status", "study").out
    shell.must("add-person", "SPO", person="COO")
    shell.must("grant-role", "SPO", person="COO", role="coordinator")
    shell.must("open-site", "SPO", site="S1")
    shell.must("register-participant", "COO", participant="001", site="S1")
    told = shell.ok("status", "study", "--format", "json").json
    assert told["participants"][0]["stage"] == "considered"
    assert told["participants"][0]["next"][0]["command"] == "RecordConsent"
    assert "考虑中" in shell.ok("status", "study", "--locale", "zh").out


def enrolled(shell: Shell) -> None:
    registered(shell)
    shell.must("record-consent", "COO", **CONSENT, subject="donor", donor="001-D")
    body = [
        {"variable": "weight", "value": 70, "unit": "kg", "at": "2026-03-01"},
        {"variable": "height", "value": 170, "unit": "cm", "at": "2026-03-01"},
    ]
    shell.must("record-facts", "COO", participant="001", facts=[*FACTS, *body])
    shell.must("judge-criterion", "INV", participant="001", criterion="E2", met=True)
    shell.must("decide-eligibility", "INV", participant="001")
    shell.must("enrol-participant", "INV", participant="001")


def test_the_plan_shows_dose_earliest_hour_and_product(shell: Shell) -> None:
    enrolled(shell)
    told = shell.ok("plan", "study", "001", "--format", "json").json
    assert [(one["item"], one["day"]) for one in told] == [
        ("chemo", -6), ("chemo", -5), ("chemo", -4), ("cells", 0), ("cells", 2),
    ]  # fmt: skip
    assert told[0]["amount"] == "45.5 mg" and told[0]["date"] is None
    assert told[3]["must_wait"] == ["chemo-to-cells"]
    shell.must(
        "give-administration", "COO", participant="001", item="chemo", amount="45.5", unit="mg",
        started_at="2026-03-02T15:31+08:00", ended_at="2026-03-02T16:00+08:00", checked_by="PHA",
    )  # fmt: skip
    later = shell.ok("plan", "study", "--format", "json").json
    assert later[0]["date"] == "2026-03-03"
    cells = next(one for one in later if one["item"] == "cells")
    assert cells["earliest"] == "2026-03-04T16:00:00+08:00"
    said = shell.ok("plan", "study").out
    assert "not before 2026-03-04T16:00:00+08:00" in said
    assert "no released product stands ready" in said and "Two people verify" in said


def test_what_was_given_without_its_gate_is_listed_as_a_deviation(shell: Shell) -> None:
    enrolled(shell)
    shell.now += timedelta(hours=1)
    shell.must(
        "give-administration", "COO", participant="001", item="chemo", amount="45.5", unit="mg",
        started_at="2026-03-02T16:30+08:00", ended_at="2026-03-02T16:50+08:00", checked_by="PHA",
    )  # fmt: skip
    said = shell.ok("status", "study").out
    assert "Deviations: 1, of which important: 1." in said
    assert "given without the gate before it (important)" in said


def test_the_log_is_in_words_and_by_participant(shell: Shell) -> None:
    registered(shell)
    whole = shell.ok("log", "study").out.splitlines()
    own = shell.ok("log", "study", "001").out.splitlines()
    assert len(whole) == 15 and len(own) == 2
    assert "COO (coordinator)" in own[0] and own[0].endswith("001 registered at S1.")
    told = shell.ok("log", "study", "001", "--format", "json").json
    assert [one["type"] for one in told] == ["ParticipantRegistered", "ConsentGiven"]
    assert "知情同意" in shell.ok("log", "study", "001", "--locale", "zh").out


def test_a_product_s_story_belongs_to_its_participant(shell: Shell) -> None:
    enrolled(shell)
    shell.must("receive-product", "LAB", product="B1", participant="001", item="cells",
               donor="001-D", measures=[])  # fmt: skip
    shell.must("release-product", "LAB", product="B1", pending=["sterility"])
    own = shell.ok("log", "study", "001").out
    assert "Product B1 conditionally released; pending: sterility." in own


# --- verify, and folders that do not belong together -----------------------------------------


def test_a_sound_ledger_is_sound(shell: Shell) -> None:
    registered(shell)
    assert shell.ok("verify", "study").out.startswith("Sound: 15 entries")
    told = shell.ok("verify", "study", "--format", "json").json
    assert told["sound"] and told["faults"] == [] and told["compared_with_kept_head"] is False


def tamper(folder: Path, *statements: str) -> None:
    """Change the file behind the ledger's back: triggers off, and on again."""
    raw = sqlite3.connect(folder / "study" / "ledger.sqlite")
    triggers = raw.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
    for name, _ in triggers:
        raw.execute(f"DROP TRIGGER {name}")
    for statement in statements:
        assert raw.execute(statement).rowcount
    for _, sql in triggers:
        raw.execute(sql)
    raw.commit()
    raw.close()


def test_a_changed_entry_is_located(shell: Shell, tmp_path: Path) -> None:
    registered(shell)
    change = "cast(replace(cast(data AS TEXT), '001', '002') AS BLOB)"
    tamper(tmp_path, f"UPDATE part SET data = {change} WHERE position = 14")
    answer = shell.run("verify", "study")
    assert answer.code == 5 and "- 14: the body part or its salt was changed" in answer.err
    told = shell.run("verify", "study", "--format", "json")
    assert told.code == 5 and told.json["faults"][0]["position"] == 14


def test_a_cut_tail_is_found_against_a_kept_head(shell: Shell, tmp_path: Path) -> None:
    from trialrun.ledger.head import KeptHead, write_head
    from trialrun.study.session import open_session

    registered(shell)
    with open_session(tmp_path / "study", writable=False) as session:
        kept = KeptHead(head=session.store.head, recorded_at="2026-03-02T08:00:00+00:00")
    (tmp_path / "head.json").write_bytes(write_head(kept))
    assert "equal to the kept head" in shell.ok("verify", "study", "--head", "head.json").out
    tamper(
        tmp_path,
        "DELETE FROM part WHERE position = 15",
        "DELETE FROM entry WHERE position = 15",
    )
    shell.ok("verify", "study")  # alone, it cannot be seen
    answer = shell.run("verify", "study", "--head", "head.json")
    assert answer.code == 5


@pytest.mark.parametrize("words", [("log",), ("status",), ("screen", "001"), ("verify",)])
def test_another_study_s_record_is_noticed(
    shell: Shell, tmp_path: Path, words: tuple[str, ...]
) -> None:
    registered(shell)
    (tmp_path / "study" / "record.json").write_bytes(b'{"other": 1}')
    answer = shell.run(words[0], "study", *words[1:])
    assert answer.code == 5 and "another record" in answer.err
    assert shell.do("add-person", "SPO", person="X").code == 5


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda study: (study / "record.json").unlink(), "a folder without record.json"),
        (lambda study: (study / "record.json").write_text("{"), "not JSON"),
        (lambda study: (study / "protocol.toml").unlink(), "no protocol.toml"),
        (lambda study: [one.unlink() for one in study.iterdir()], "an empty folder"),
    ],
)
def test_a_folder_that_is_no_study_says_what_it_is(
    shell: Shell, tmp_path: Path, spoil, said: str
) -> None:  # type: ignore[no-untyped-def]
    spoil(tmp_path / "study")
    answer = shell.run(*APPROVE)
    assert answer.code == 3 and said in answer.err, answer


def test_a_second_writer_is_refused_while_reading_goes_on(shell: Shell, tmp_path: Path) -> None:
    from trialrun.study.session import open_session

    registered(shell)
    with open_session(tmp_path / "study", writable=True):
        answer = shell.do("add-person", "SPO", person="X")
        assert answer.code == 5 and "another process is writing" in answer.err
        shell.ok("log", "study")
