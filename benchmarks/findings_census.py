"""How often records contradict themselves, read two ways or lack something, and how rightly.

Runs the finding rules over all records and writes docs/explanation/census.md and its picture:
`python benchmarks/findings_census.py`. With `--draw SEED` it prints a sample to read by hand, as
the rows of docs/explanation/census-checked.tsv without their verdicts.
"""

from __future__ import annotations

import csv
import gzip
import json
import random
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path

from trialrun.protocol.findings import findings_on
from trialrun.protocol.findings.finding import Finding
from trialrun.record.model import Study
from trialrun.record.reader import read_study
from trialrun.wording.catalogue import topic

TITLE = "The census of findings"
ROOT = Path(__file__).resolve().parents[1]
RECORDS = ROOT.parent / "shared" / "data" / "records" / "records.jsonl.gz"
PAGE = ROOT / "docs" / "explanation" / "census.md"
PICTURE = ROOT / "docs" / "images" / "census.svg"
CHECKED = ROOT / "docs" / "explanation" / "census-checked.tsv"
TAKEN = "25 November 2026"
SAMPLE, MOST_OF_A_RULE = 100, 10
SORTS = {"contradiction": "contradictory", "ambiguity": "ambiguous", "gap": "missing"}
COLOURS = {"contradiction": "#9a2320", "ambiguity": "#b07a1e", "gap": "#0b5f66"}
PHASES = ("phase 1", "phase 1/2", "phase 2", "phase 3", "phase 4", "no phase", "observational")
_NAMESPACE = 'xmlns="http://www.w3.org/2000/svg"'
_FONT = 'font-family="sans-serif" font-size="12" role="img"'
_HEADING = "Share of {} records with each finding, its 95 % interval (line), and how many"
FREQUENT = 10  # records: of rules that fire in fewer, shares by phase say nothing


@dataclass(frozen=True, slots=True)
class Census:
    """Every record with its findings."""

    records: tuple[tuple[Study, tuple[Finding, ...]], ...]

    def count(self, rule: str, group: str | None = None) -> int:
        """Records in which a rule found something."""
        return sum(
            any(one.rule == rule for one in findings)
            for study, findings in self.records
            if group is None or phase(study) == group
        )

    @property
    def sorts(self) -> dict[str, str]:
        """The rules that found something, by the number of records, with the sort of each."""
        known = {one.rule: one.sort for _, findings in self.records for one in findings}
        return dict(sorted(known.items(), key=lambda pair: (-self.count(pair[0]), pair[0])))

    @property
    def findings(self) -> list[tuple[Study, Finding]]:
        """All findings, in the order of the records and the rules."""
        return [(study, one) for study, findings in self.records for one in findings]


def take() -> Census:
    """The rules run over all records."""
    found = []
    with gzip.open(RECORDS, "rt", encoding="utf-8") as rows:
        for row in rows:
            study = read_study(json.loads(row), where="corpus")
            found.append((study, findings_on(study)))
    return Census(tuple(found))


def draw(census: Census, seed: int) -> list[tuple[Study, Finding]]:
    """A hundred findings: one of each rule that fires, the rest by chance, ten of one at most."""
    chance = random.Random(seed)
    pools: dict[str, list[tuple[Study, Finding]]] = defaultdict(list)
    for one in census.findings:
        pools[one[1].rule].append(one)
    chosen = []
    for rule in sorted(pools):
        chance.shuffle(pools[rule])
        chosen.append(pools[rule].pop())
    rest = [one for rule in sorted(pools) for one in pools[rule]]
    chance.shuffle(rest)
    taken = Counter(one.rule for _, one in chosen)
    for study, one in rest:
        if len(chosen) < SAMPLE and taken[one.rule] < MOST_OF_A_RULE:
            chosen.append((study, one))
            taken[one.rule] += 1
    return sorted(chosen, key=lambda pair: (pair[1].rule, pair[0].nct_id))


def checked() -> list[dict[str, str]]:
    """The rows that were read by hand."""
    with CHECKED.open(encoding="utf-8") as file:
        return list(csv.DictReader(file, delimiter="\t"))


def phase(study: Study) -> str:
    """The group that a record's shares are told by."""
    phases = set(study.protocol.design.phases)
    if study.protocol.design.study_type != "INTERVENTIONAL":
        return "observational"
    if phases >= {"PHASE1", "PHASE2"}:
        return "phase 1/2"
    for name, words in (("PHASE1", "phase 1"), ("EARLY_PHASE1", "phase 1"), ("PHASE2", "phase 2"),
                        ("PHASE3", "phase 3"), ("PHASE4", "phase 4")):  # fmt: skip
        if name in phases:
            return words
    return "no phase"


def wilson(part: int, whole: int) -> tuple[float, float]:
    """Wilson's 95 % interval of a share (J Am Stat Assoc 1927;22:209)."""
    z, share = 1.959963984540054, part / whole
    middle = share + z * z / (2 * whole)
    half = z * (share * (1 - share) / whole + z * z / (4 * whole * whole)) ** 0.5
    scale = 1 + z * z / whole
    return max(0.0, (middle - half) / scale), min(1.0, (middle + half) / scale)


def run() -> dict[str, str]:
    """What `make bench` tells."""
    census = take()
    some = sum(bool(findings) for _, findings in census.records)
    last = [row for row in checked() if row["round"] == _last()]
    worth = sum(row["verdict"] == "worth" for row in last)
    return {
        "records": f"{len(census.records)}",
        "with a finding": _share(some, len(census.records)),
        "findings": f"{len(census.findings)}",
        "right and worth asking, of 100 read by hand": _share(worth, len(last)),
    }


def page(census: Census) -> str:
    """The page of the docs."""
    return "\n".join((*_head(census), *_frequency(census), *_phases(census), *_precision(census)))


def _head(census: Census) -> Iterable[str]:
    records, findings = census.records, census.findings
    counts = [len(one) for _, one in records]
    some = sum(map(bool, counts))
    updates = [one.protocol.status.last_update_submit_date or "" for one, _ in records]
    quiet = sorted({key.replace("_", "-") for key in topic("findings", "en")} - set(census.sorts))
    yield "# What real records contradict, leave open, and lack\n"
    yield (
        f"The [rules](../reference/findings.md) of `trialrun check`, run over {len(records)} "
        f"records of ClinicalTrials.gov on {TAKEN} (last updated there between "
        f"{min(filter(None, updates))} and {max(updates)}). The records are a collection of "
        "several themes (allergy, lung cancer, leukaemia, spine, cell therapy, and others), no "
        "random sample of the registry: shares are of this collection. Everything here is written "
        "by `python benchmarks/findings_census.py`, and a test compares it with a fresh run.\n"
    )
    yield (
        f"**{_share(some, len(records))} of the records have at least one finding**; "
        f"{len(findings)} findings in all, at most {max(counts)} in one record.\n"
    )
    yield "![How often each rule finds something](../images/census.svg)\n"
    yield (
        f"{len(census.sorts)} findings occur; these never do, here: "
        f"{', '.join(f'`{one}`' for one in quiet)}. Each of them is held by a test on a record "
        "that has its fault.\n"
    )


def _frequency(census: Census) -> Iterable[str]:
    total = len(census.records)
    yield "## How often\n"
    yield "Records with the finding, their share with Wilson's 95 % interval, and all findings.\n"
    yield "| finding | sort | records | share | 95 % interval | findings |"
    yield "| --- | --- | ---: | ---: | ---: | ---: |"
    all_ = Counter(one.rule for _, one in census.findings)
    for rule, sort in census.sorts.items():
        part = census.count(rule)
        low, high = wilson(part, total)
        yield (
            f"| `{rule}` | {SORTS[sort]} | {part} | {100 * part / total:.1f} % "
            f"| {100 * low:.1f}–{100 * high:.1f} % | {all_[rule]} |"
        )
    yield ""


def _phases(census: Census) -> Iterable[str]:
    sizes = Counter(phase(study) for study, _ in census.records)
    yield "## By phase\n"
    yield f"Share of records with the finding, for those found in {FREQUENT} records or more.\n"
    yield f"| finding | {' | '.join(f'{one} (n = {sizes[one]})' for one in PHASES)} |"
    yield f"| --- |{' ---: |' * len(PHASES)}"
    for rule in census.sorts:
        if census.count(rule) >= FREQUENT:
            cells = (
                f"{100 * census.count(rule, one) / sizes[one]:.1f} %" if sizes[one] else "–"
                for one in PHASES
            )
            yield f"| `{rule}` | {' | '.join(cells)} |"
    yield ""


def _precision(census: Census) -> Iterable[str]:
    rows = checked()
    rounds = sorted({row["round"] for row in rows})
    yield "## How often rightly\n"
    yield (
        "A finding takes a minute of an investigator, so a hundred were read one by one beside "
        "their records; no program decided. One of each rule that fires, the rest by chance, "
        f"{MOST_OF_A_RULE} of a rule at most. *Worth asking*: right, and an investigator should be "
        "asked. *Trivial*: right, but the answer is plain or matters little. *Wrong*: the record "
        "does not have the fault. Rules that were often trivial or wrong were then narrowed, and a "
        f"new hundred drawn, {_times(len(rounds) - 1)}. "
        f"[All {len(rows)} by name](census-checked.tsv).\n"
    )
    yield "| round | seed | worth asking | trivial | wrong | worth asking, 95 % | right, 95 % |"
    yield "| ---: | ---: | ---: | ---: | ---: | ---: | ---: |"
    for number in rounds:
        those = [row for row in rows if row["round"] == number]
        marks = Counter(row["verdict"] for row in those)
        right = marks["worth"] + marks["trivial"]
        yield (
            f"| {number} | {those[0]['seed']} | {marks['worth']} | {marks['trivial']} "
            f"| {marks['wrong']} | {_interval(marks['worth'], len(those))} "
            f"| {_interval(right, len(those))} |"
        )
    last = [row for row in rows if row["round"] == _last()]
    before = {(row["nctId"], row["rule"]) for row in rows if row["round"] != _last()}
    fresh = [row for row in last if (row["nctId"], row["rule"]) not in before]
    worth = sum(row["verdict"] == "worth" for row in fresh)
    wrong = sum(row["verdict"] == "wrong" for row in fresh)
    yield ""
    yield (
        "The last round is the result. Rare rules have few findings to draw from, so "
        f"{len(last) - len(fresh)} of its findings had been read in an earlier round, and what was "
        f"wrong there had been mended; of the {len(fresh)} that nobody had read before, {worth} "
        f"({_interval(worth, len(fresh))}) are worth asking and {wrong} wrong. Weighted by how "
        f"often each rule fires, {100 * _weighted(census, last):.0f} % of all findings are worth "
        "asking.\n"
    )
    yield (
        "What this does not show: all were read by one reader, the one who wrote the rules, so "
        "the line between worth asking and trivial is that reader's; and nobody counted what the "
        "rules miss. The page of `trialrun check` also has questions of the criteria reader, "
        "which are not counted here.\n"
    )
    yield "| finding | read in the last round | worth asking | trivial | wrong |"
    yield "| --- | ---: | ---: | ---: | ---: |"
    for rule in sorted({row["rule"] for row in last}):
        marks = Counter(row["verdict"] for row in last if row["rule"] == rule)
        yield (
            f"| `{rule}` | {marks.total()} | {marks['worth']} | {marks['trivial']} "
            f"| {marks['wrong']} |"
        )
    yield ""


def _weighted(census: Census, rows: Sequence[dict[str, str]]) -> float:
    """The share worth asking, each rule counting as often as it fires."""
    all_ = Counter(one.rule for _, one in census.findings)
    marks: dict[str, list[bool]] = defaultdict(list)
    for row in rows:
        marks[row["rule"]].append(row["verdict"] == "worth")
    total = sum(all_[rule] for rule in marks)
    return sum(all_[rule] / total * sum(one) / len(one) for rule, one in marks.items())


def _last() -> str:
    return max(row["round"] for row in checked())


def _times(count: int) -> str:
    return {1: "once", 2: "twice"}.get(count, f"{count} times")


def _share(part: int, whole: int) -> str:
    return f"{part} of {whole} ({_interval(part, whole)})"


def _interval(part: int, whole: int) -> str:
    low, high = wilson(part, whole)
    return f"{100 * part / whole:.0f} %, {100 * low:.0f}–{100 * high:.0f} %"


def picture(census: Census) -> str:
    """Bars of the shares with their intervals, most frequent first, coloured by sort."""
    total = len(census.records)
    rows = [(rule, sort, census.count(rule)) for rule, sort in census.sorts.items()]
    rows = [row for row in rows if row[2] >= 2]  # single cases stand in the table
    top = max(wilson(part, total)[1] for _, _, part in rows)
    left, wide, step = 230, 480, 18
    height = 64 + step * len(rows)

    def x(share: float) -> str:
        return f"{left + wide * share / top:.1f}"

    lines = [
        f'<svg {_NAMESPACE} viewBox="0 0 {left + wide + 90} {height}" {_FONT}>',
        f"<title>Share of {total} records with each finding, 95 % intervals</title>",
        '<rect width="100%" height="100%" fill="#ffffff"/>',
        f'<text x="10" y="20" font-size="14" font-weight="bold">{_HEADING.format(total)}</text>',
    ]
    at = 10
    for sort, words in SORTS.items():
        lines.append(f'<rect x="{at}" y="31" width="10" height="10" fill="{COLOURS[sort]}"/>')
        lines.append(f'<text x="{at + 15}" y="40">{words}</text>')
        at += 115
    for number, (rule, sort, part) in enumerate(rows):
        y = 56 + step * number
        low, high = wilson(part, total)
        fill = f'height="11" fill="{COLOURS[sort]}" fill-opacity="0.75"'
        lines += [
            f'<text x="{left - 8}" y="{y + 11}" text-anchor="end">{escape(rule)}</text>',
            f'<rect x="{left}" y="{y + 2}" width="{float(x(part / total)) - left:.1f}" {fill}/>',
            f'<line x1="{x(low)}" x2="{x(high)}" y1="{y + 7.5}" y2="{y + 7.5}" stroke="#1b2530"/>',
            f'<text x="{float(x(high)) + 6:.1f}" y="{y + 11}">{part}</text>',
        ]
    return "\n".join((*lines, "</svg>", ""))


def main() -> None:
    """Write the page and its picture, or print a sample to read."""
    census = take()
    if len(sys.argv) == 3 and sys.argv[1] == "--draw":
        for study, one in draw(census, int(sys.argv[2])):
            print(f"{sys.argv[2]}\t{study.nct_id}\t{one.rule}\t{one.words()}")
        return
    PAGE.write_text(page(census), encoding="utf-8", newline="\n")
    PICTURE.write_text(picture(census), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
