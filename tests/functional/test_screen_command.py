"""`trialrun screen` on patients' data: one, many in counts, many by rows, and what is recorded."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from support.study_folder import Shell, new_study, opened

LEAVE = {
    "site": "S1", "committee": "EC-1", "approval_reference": "EC-1/2026/W2",
    "approval_date": "2026-02-20", "valid_until": "2026-06-30",
}  # fmt: skip
CONSENT = {
    "participant": "001", "form_version": "2.0", "language": "zh", "explained_by": "INV",
    "given_at": "2026-03-02T15:30+08:00", "copy_given": True,
}  # fmt: skip
AS_OF = ("--as-of", "2026-03-02T08:00Z")


@pytest.fixture
def shell(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Shell:
    new_study(tmp_path)
    return Shell(monkeypatch, tmp_path)


def observation(number: int, patient: str, value: float, **more: object) -> dict[str, Any]:
    return {
        "resourceType": "Observation", "id": f"o{number}", "status": "final",
        "subject": {"reference": f"Patient/{patient}"},
        "code": {"coding": [{"system": "http://loinc.org", "code": "2160-0"}]},
        "effectiveDateTime": "2026-02-25",
        "valueQuantity": {"value": value, "unit": "mg/dL",
                          "system": "http://unitsofmeasure.org", "code": "mg/dL"},
        **more,
    }  # fmt: skip


def bundle(code: str, born: str, *creatinine: float, **more: object) -> str:
    patient = {"resourceType": "Patient", "id": code, "gender": "female", "birthDate": born}
    resources = [patient, *(observation(i, code, v, **more) for i, v in enumerate(creatinine))]
    entries = [{"resource": one} for one in resources]
    return json.dumps({"resourceType": "Bundle", "type": "collection", "entry": entries})


@pytest.fixture
def ward(tmp_path: Path) -> Path:
    """Four people: as far as data say, one fits, one does not, one is young, one is not known."""
    folder = tmp_path / "ward"
    folder.mkdir()
    (folder / "a.json").write_text(bundle("A", "1970-05-01", 0.9))
    (folder / "b.json").write_text(bundle("B", "1970-05-01", 1.6))
    (folder / "c.json").write_text(bundle("C", "2010-05-01"))
    (folder / "d.json").write_text(bundle("D", "1950", 0.9, status="entered-in-error"))
    return folder


def rows(text: str) -> Iterator[dict[str, Any]]:
    return (json.loads(line) for line in text.splitlines())


def test_one_bundle_says_first_what_to_get(shell: Shell, ward: Path) -> None:
    lines = shell.ok("screen", "study", "ward/d.json", *AS_OF).out.splitlines()
    assert lines[0] == "D: not known yet."
    assert lines[2].startswith("Get these next") and "(creatinine)" in lines[3]
    assert lines[5] == "To be judged by an investigator, and signed:"
    assert lines[6].startswith("  - E2: ")
    told = shell.ok("screen", "study", "ward/d.json", *AS_OF, "--format", "json").json
    assert [one["criterion"] for one in told["to_judge"]] == ["E2"]
    chinese = shell.ok("screen", "study", "ward/d.json", *AS_OF, "--locale", "zh").out
    assert "由研究者判断并签字：\n  - E2：" in chinese
    page = shell.ok("screen", "study", "ward/d.json", *AS_OF, "--format", "html").out
    assert page.index('id="next"') < page.index('id="judge"') < page.index('id="criteria"')
    whole = "\n".join(lines)
    assert "“Adults”" in whole and "75–76 years on 2026-03-02, born 1950" in whole
    assert "1 entered in error" in whole


def test_a_line_for_programs_has_verdict_polarity(shell: Shell, ward: Path) -> None:
    (told,) = rows(shell.ok("screen", "study", "ward/b.json", *AS_OF, "--format", "jsonl").out)
    assert told == {
        "patient": "B", "verdict": "FALSE",
        "criteria": {"I1": "TRUE", "E1": "FALSE", "E2": "UNKNOWN"},
        "decided_by": ["E1"], "missing": [],
    }  # fmt: skip


def test_many_are_counted_and_nobody_is_named(shell: Shell, ward: Path) -> None:
    told = shell.ok("screen", "study", "ward", *AS_OF, "--format", "json")
    counts = told.json
    assert (counts["patients"], counts["eligible"]) == (4, 0)
    assert (counts["not_eligible"], counts["unknown"]) == (2, 2)
    first, second, last = counts["funnel"]
    assert [one["step"] for one in counts["funnel"]] == ["I1", "E1", "E2"]
    assert (first["left"], first["excluded_alone"]) == (3, 1)
    assert (second["left"], second["meet_all_so_far"], second["unknown_so_far"]) == (2, 1, 1)
    assert (second["unknown_alone"], second["excluded_by_nothing_else"]) == (2, 1)
    assert last["left"] == 2
    assert counts["left_out"]["set_aside"] == {"entered_in_error": 1}
    text = shell.ok("screen", "study", "ward", *AS_OF).out
    assert not re.search(r"\b[ABCD]\b", text)


@pytest.mark.parametrize("words", [("--rows",), ("--format", "jsonl")])
def test_rows_need_a_recorded_approval(shell: Shell, ward: Path, words: tuple[str, ...]) -> None:
    opened(shell)
    refused = shell.run("screen", "study", "ward", *AS_OF, *words)
    assert refused.code == 6 and "approve-record-search" in refused.err and refused.out == ""
    shell.must("approve-record-search", "INV", **LEAVE)
    shell.ok("screen", "study", "ward", *AS_OF, *words)
    before = shell.now
    shell.now = before.replace(month=7)
    late = shell.run("screen", "study", "ward", *AS_OF, *words)
    assert late.code == 6 and late.out == ""  # however far back --as-of looks
    shell.now = before
    other = shell.run("screen", "study", "ward", *AS_OF, "--site", "S2", *words)
    assert other.code == 6


def test_rows_are_the_verdicts_one_by_one(shell: Shell, ward: Path) -> None:
    opened(shell)
    shell.must("approve-record-search", "INV", **LEAVE)
    listed = shell.ok("screen", "study", "ward", *AS_OF, "--format", "jsonl").out
    alone = [
        shell.ok("screen", "study", str(path.relative_to(Path.cwd())), *AS_OF, "--format", "jsonl")
        for path in sorted(ward.iterdir())
    ]
    assert list(rows(listed)) == [one for answer in alone for one in rows(answer.out)]


def test_people_who_do_not_exist_need_no_approval(shell: Shell) -> None:
    shell.ok("patients", "-o", "sim", "--count", "5", "--seed", "2")
    listed = list(rows(shell.ok("screen", "study", "sim", *AS_OF, "--format", "jsonl").out))
    assert [one["patient"] for one in listed] == [f"SIM-000000{n}" for n in range(1, 6)]
    page = shell.ok("screen", "study", "sim", *AS_OF, "--format", "html", "-o", "page.html")
    assert "page.html" in page.out
    text = Path("page.html").read_text()
    assert text.count("SIMULATED") >= 2 and "<svg" in text
    assert "模拟" in shell.ok("screen", "study", "sim", *AS_OF, "--locale", "zh").out


def test_a_page_for_one_patient(shell: Shell, ward: Path) -> None:
    page = shell.ok("screen", "study", "ward/d.json", *AS_OF, "--format", "html").out
    assert page.startswith("<!DOCTYPE html>") and "SIMULATED" not in page
    assert "creatinine" in page and "Adults" in page


def test_one_of_many_by_code(shell: Shell, ward: Path) -> None:
    lines = shell.ok("screen", "study", "ward", *AS_OF, "--patient", "C").out.splitlines()
    assert lines[0] == "C: not eligible."
    absent = shell.run("screen", "study", "ward", *AS_OF, "--patient", "Z")
    assert absent.code == 3 and "no patient 'Z'" in absent.err


def test_the_site_s_own_limits_stand_in(shell: Shell, tmp_path: Path) -> None:
    file = tmp_path / "study" / "protocol.toml"
    file.write_text(file.read_text().replace("creatinine > 1.5 mg/dL", "creatinine > 1.5 x ULN"))
    (tmp_path / "a.json").write_text(bundle("A", "1970-05-01", 1.9))

    def verdict() -> str:
        told = shell.ok("screen", "study", "a.json", *AS_OF, "--format", "jsonl").out
        criteria: dict[str, str] = next(rows(told))["criteria"]
        return criteria["E1"]

    assert verdict() == "UNKNOWN"
    (tmp_path / "study" / "limits.toml").write_text(
        '[[limit]]\nvariable = "creatinine"\nfrom = 2026-01-01\nhigh = "106 umol/L"\n'
    )
    assert verdict() == "FALSE"  # 1.9 mg/dL = 167.96 µmol/L > 159
    shown = shell.ok("screen", "study", "a.json", *AS_OF).out
    assert "site table from 2026-01-01" in shown


@pytest.mark.parametrize("form", ["fhir", "omop", "omop-csv", "csv"])
def test_both_engines_count_the_same(shell: Shell, form: str) -> None:
    shell.ok("patients", "-o", "sim", "--count", "60", "--seed", "5", "--form", form)
    told = [
        shell.ok("screen", "study", "sim", *AS_OF, "--format", "json", "--engine", engine).json
        for engine in ("reference", "columns", "auto")
    ]
    assert told[0] == told[1] == told[2]
    assert told[0]["patients"] == 60 and told[0]["simulated"] is True
    assert told[0]["left_out"]["rows"] > 1000


@pytest.mark.parametrize("engine", ["reference", "columns"])
def test_data_that_all_lie_later_are_said_to_be_so(shell: Shell, ward: Path, engine: str) -> None:
    words = "Everything that was read is dated after 1945-03-01"
    early = ("--as-of", "1945-03-01")
    many = shell.ok("screen", "study", "ward", *early, "--engine", engine)
    assert words in many.out
    assert words in shell.ok("screen", "study", "ward/d.json", *early).out
    asked = ("screen", "study", "ward", "--engine", engine, "--format", "json")
    assert shell.ok(*asked, *early).json["all_later_than_as_of"] is True
    assert "晚于1945-03-01" in shell.ok("screen", "study", "ward", *early, "--locale", "zh").out
    # One fact of one person that is not later is enough.
    assert "dated after" not in shell.ok("screen", "study", "ward", "--as-of", "1950").out
    assert "all_later_than_as_of" not in shell.ok(*asked, "--as-of", "1950").json


def test_a_site_s_limits_are_not_lost_in_the_columns_engine(shell: Shell, tmp_path: Path) -> None:
    shell.ok("patients", "-o", "sim", "--count", "3", "--form", "omop")
    (tmp_path / "study" / "limits.toml").write_text(
        '[[limit]]\nvariable = "creatinine"\nfrom = 2026-01-01\nhigh = "106 umol/L"\n'
    )
    shell.ok("screen", "study", "sim", *AS_OF)
    refused = shell.run("screen", "study", "sim", *AS_OF, "--engine", "columns")
    assert refused.code == 4 and "limits.toml" in refused.err


def test_one_bundle_of_a_folder_is_read_by_the_folders_mapping(shell: Shell, ward: Path) -> None:
    own = {"system": "urn:ours", "code": "CREA"}
    text = (ward / "b.json").read_text(encoding="utf-8")
    loinc = json.dumps({"system": "http://loinc.org", "code": "2160-0"})
    assert loinc in text
    (ward / "b.json").write_text(text.replace(loinc, json.dumps(own)), encoding="utf-8")
    words = ("screen", "study", "ward/b.json", *AS_OF)
    assert "declared code" not in shell.ok(*words).out
    declared = '[[code]]\nsystem = "urn:ours"\ncode = "CREA"\nvariable = "creatinine"\n'
    (ward / "mapping.toml").write_text(f"format = 1\n{declared}", encoding="utf-8")
    alone = shell.ok(*words).out
    assert alone.startswith("B: not eligible.") and "declared code CREA" in alone
    of_many = shell.ok("screen", "study", "ward", "--patient", "B", *AS_OF).out
    assert of_many.startswith("B: not eligible.")


# --- record ----------------------------------------------------------------------------------


def participant(shell: Shell) -> None:
    opened(shell)
    shell.must("register-participant", "COO", participant="001", site="S1")
    shell.must("record-consent", "COO", **CONSENT)


def test_recording_goes_through_conduct(shell: Shell, ward: Path) -> None:
    opened(shell)
    shell.must("register-participant", "COO", participant="001", site="S1")
    words = ("screen", "study", "ward/a.json", *AS_OF, "--record", "001", "--actor", "COO")
    refused = shell.run(*words)
    assert refused.code == 6 and "consent" in refused.err.lower()
    shell.must("record-consent", "COO", **CONSENT)
    said = shell.ok(*words).out
    assert "serum creatinine 0.9 mg/dL" in said and "001: not known yet." in said
    log = shell.ok("log", "study", "001").out
    assert "age 55" in log and "1970" not in log
    again = shell.ok(*words).out
    assert again.startswith("Nothing new") and shell.ok("log", "study", "001").out == log


def test_recording_the_sex_leaves_no_date_of_birth(shell: Shell, ward: Path) -> None:
    protocol = ward.parent / "study" / "protocol.toml"
    text = protocol.read_text(encoding="utf-8")
    asked = text.replace("creatinine > 1.5 mg/dL", "sex == female and creatinine > 1.5 mg/dL")
    assert asked != text
    protocol.write_text(asked, encoding="utf-8")
    participant(shell)
    words = ("screen", "study", "ward/a.json", "--record", "001", "--actor", "COO", "--as-of")
    said = shell.ok(*words, "2026-03-01T08:00Z").out
    assert "sex female (2026-03-01T08:00Z)" in said and "1970" not in said
    assert b"1970-05" not in (ward.parent / "study" / "ledger.sqlite").read_bytes()
    later = shell.ok(*words, AS_OF[1]).out
    assert "sex female (" not in later and "age 55 years (2026-03-02" in later


def test_recording_needs_a_person_and_one_patient(shell: Shell, ward: Path) -> None:
    participant(shell)
    nobody = shell.run("screen", "study", "ward/a.json", "--record", "001")
    assert nobody.code == 2 and "--actor" in nobody.err
    many = shell.run("screen", "study", "ward", "--record", "001", "--actor", "COO")
    assert many.code == 3 and "--patient" in many.err
    unknown = shell.run(
        "screen", "study", "ward/a.json", *AS_OF, "--record", "009", "--actor", "COO"
    )
    assert unknown.code == 6


# --- bad input -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("x.json", '{"resourceType": "Bundle", "type": "collection", "entry": []}', "no patient"),
        ("x.json", '{"resourceType": "Bundle", "entry": [', "not JSON"),
        ("x.csv", "a,b\n1,2\n", "needs a mapping"),
        ("x.txt", "hello", "no patient data"),
    ],
)
def test_what_is_no_patient_is_said(
    shell: Shell, tmp_path: Path, name: str, content: str, said: str
) -> None:
    (tmp_path / name).write_text(content)
    answer = shell.run("screen", "study", name)
    assert answer.code in {3, 4} and said in answer.err, answer
