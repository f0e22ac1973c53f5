"""Every error and every refusal is documented, and each message on the page is a real one."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest

from support.ledgers import fill, settings
from support.one_of_each import WEIGHT
from trialrun import errors
from trialrun.conduct.refusal import Rule, refuse
from trialrun.criteria.parser import read_rule
from trialrun.ledger import head
from trialrun.ledger.correction import corrected
from trialrun.ledger.events import FactRecorded, FieldChange
from trialrun.ledger.head import read_head
from trialrun.protocol.file import read_protocol_file
from trialrun.protocol.model import Protocol
from trialrun.record.opening import open_record
from trialrun.rehearse.trial import check_rehearsable
from trialrun.stores.sqlite import Connection, SqliteStore, connect
from trialrun.values.unit import read_unit
from trialrun.vocabulary.reading import read_fact

DOCS = Path(__file__).resolve().parents[2] / "docs"
PAGE = (DOCS / "how-to" / "errors.md").read_text(encoding="utf-8")
SECTIONS = dict(re.findall(r"^### `(\w+)`.*?\n(.*?)(?=^##|\Z)", PAGE, re.MULTILINE | re.DOTALL))
KINDS = {
    name: kind
    for name, kind in vars(errors).items()
    if isinstance(kind, type) and issubclass(kind, errors.TrialrunError)
}


def _no_ledger(folder: Path) -> None:
    SqliteStore(folder / "ledger.sqlite", study=None, writable=False, **settings())


def _other_study(folder: Path) -> None:
    path = folder / "ledger.sqlite"
    SqliteStore(path, study="NK-AML", **settings()).close()
    SqliteStore(path, study="NK-MDS", **settings())


def _busy(folder: Path) -> None:
    path = folder / "ledger.sqlite"
    first = SqliteStore(path, study="NK-AML", **settings())
    try:
        SqliteStore(path, study="NK-AML", **settings())
    finally:
        first.close()


def _refused(_: Path) -> None:
    refusal = refuse(Rule.NO_CONSENT, participant="P-1", moment="2026-03-01")
    raise errors.Refused(refusal.sentence(), remedy=refusal.remedy_sentence())


def _missing(_: Path) -> None:
    raise head._missing()


def _correction(_: Path) -> None:
    corrected(FactRecorded(participant="P-1", fact=WEIGHT), (FieldChange("variable", None, "x"),))


def _full_disk(folder: Path) -> None:
    path = folder / "ledger.sqlite"
    SqliteStore(path, study="NK-AML", **settings()).close()
    pages = path.stat().st_size // 4096

    def small(path: Path, writable: bool) -> Connection:
        connection = connect(path, writable)
        connection.execute(f"PRAGMA max_page_count = {pages}")
        return connection

    store = SqliteStore(path, study="NK-AML", connecting=small, **settings())
    try:
        fill(store, facts=100)
    finally:
        store.close()


def _no_ledger_at_all(folder: Path) -> None:
    path = folder / "ledger.sqlite"
    path.write_text("Not a ledger. " * 100)
    SqliteStore(path, study="NK-AML", **settings())


def _crossover(_: Path) -> None:
    check_rehearsable(cast(Protocol, SimpleNamespace(model="CROSSOVER")))


CREATININE = {"variable": "creatinine", "value": "130", "at": "2026-03-01"}
# Each makes an error of exactly this class, whose text the page shows.
SAMPLES: tuple[tuple[type[errors.TrialrunError], Callable[[Path], object]], ...] = (
    (errors.InputError, lambda _: read_head(b"{}", where="head.json")),
    (errors.RecordError, lambda _: open_record("<!doctype html>\n<html>", where="page.html")),
    (errors.RecordError, lambda _: open_record('{"protocolSection": {', where="record.json")),
    (errors.ProtocolError, lambda _: read_protocol_file(b"title = 1\n", where="protocol.toml")),
    (errors.RuleError, lambda _: read_rule("creatinin <= 1.5 mg/dL", where="I7")),
    (errors.UnitError, lambda _: read_unit("mg/dll")),
    (errors.FactError, lambda _: read_fact(CREATININE, where="facts.json[0]", id="f1")),
    (errors.FactError, _correction),
    (errors.NotSupported, _crossover),
    (errors.LedgerError, _no_ledger),
    (errors.AlteredLedger, _no_ledger_at_all),
    (errors.WrongStudy, _other_study),
    (errors.LedgerBusy, _busy),
    (errors.Refused, _refused),
    (errors.MissingExtra, _missing),
    (errors.OutsideError, _full_disk),
)


@pytest.mark.parametrize("name", KINDS)
def test_every_error_is_documented_with_its_exit_code(name: str) -> None:
    assert name in SECTIONS, f"docs/how-to/errors.md has no section on {name}"
    heading = next(line for line in PAGE.splitlines() if line.startswith(f"### `{name}`"))
    assert heading == f"### `{name}` – exit code {KINDS[name].exit_code}"


def test_the_page_documents_no_error_that_there_is_not() -> None:
    assert set(SECTIONS) == set(KINDS)


@pytest.mark.parametrize(("kind", "cause"), SAMPLES)
def test_a_message_on_the_page_is_a_real_one(
    kind: type[errors.TrialrunError], cause: Callable[[Path], object], tmp_path: Path
) -> None:
    with pytest.raises(errors.TrialrunError) as caught:
        cause(tmp_path)
    assert type(caught.value) is kind
    shown = f"error: {caught.value}".replace(str(tmp_path), "nk-aml")
    assert f"```text\n{shown}\n```" in SECTIONS[kind.__name__], shown


@pytest.mark.parametrize("rule", list(Rule))
def test_every_refusal_is_documented(rule: Rule) -> None:
    page = (DOCS / "reference" / "refusals.md").read_text(encoding="utf-8")
    assert page.count(f"\n| `{rule}` |") == 1
    assert "(../reference/refusals.md)" in PAGE
