"""How often records contradict themselves, read two ways or lack something, and how rightly.

Runs the finding rules over all records and writes docs/explanation/census.md and its picture:
`python benchmarks/findings_census.py`. With `--draw SEED` it prints a sample to read by hand, as
the rows of docs/explanation/census-checked.tsv without their verdicts; with `--draw SEED ROUND`,
one of records that were not read in a round before that one. What was read and is no longer found,
because a rule or the criteria reader changed, is counted on the page and named when it is written.
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
from trialrun.protocol.findings.weight import weight_of
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
SAMPLE, FRESH, MOST_OF_A_RULE = 100, 60, 10
READERS = {"4": "who mended the rules"}
VERDICTS = ("worth", "trivial", "wrong")
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


def draw(
    census: Census, seed: int, size: int = SAMPLE, skip: Iterable[str] = ()
) -> list[tuple[Study, Finding]]:
    """Findings that are asked by default: one of each rule, the rest by chance, ten of one at most.

    `skip` are registry numbers of records to leave out.
    """
    chance, left_out = random.Random(seed), set(skip)
    pools: dict[str, list[tuple[Study, Finding]]] = defaultdict(list)
    for one in census.findings:
        if weight_of(one[1].rule) and one[0].nct_id not in left_out:
            pools[one[1].rule].append(one)
    chosen = []
    for rule in sorted(pools):
        chance.shuffle(pools[rule])
        chosen.append(pools[rule].pop())
    rest = [one for rule in sorted(pools) for one in pools[rule]]
    chance.shuffle(rest)
    taken = Counter(one.rule for _, one in chosen)
    for study, one in rest:
        if len(chosen) < size and taken[one.rule] < MOST_OF_A_RULE:
            chosen.append((study, one))
            taken[one.rule] += 1
    return sorted(chosen, key=lambda pair: (pair[1].rule, pair[0].nct_id or ""))


def gone(census: Census, rows: Sequence[dict[str, str]]) -> list[dict[str, str]]:
    """Of what was read, the rows whose finding the rules do not give any more."""
    found = {(study.nct_id, one.rule) for study, one in census.findings}
    return [row for row in rows if (row["nctId"], row["rule"]) not in found]


def kappa(pairs: Sequence[tuple[str, str]]) -> float:
    """Cohen's kappa of two readers (Educ Psychol Meas 1960;20:37)."""
    first, second = (Counter(one[side] for one in pairs) for side in (0, 1))
    chance = sum(first[each] * second[each] for each in VERDICTS) / len(pairs) ** 2
    return (sum(a == b for a, b in pairs) / len(pairs) - chance) / (1 - chance)


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
    twice = [row for row in checked() if row["second"]]
    worth = sum(row["verdict"] == "worth" for row in last)
    second = sum(row["second"] == "worth" for row in twice)
    return {
        "records": f"{len(census.records)}",
        "with a finding": _share(some, len(census.records)),
        "findings": f"{len(census.findings)}",
        "worth asking, by the last round read by hand": _share(worth, len(last)),
        "worth asking, by the blind second reader, before mending": _share(second, len(twice)),
    }


def page(census: Census) -> str:
    """The page of the docs."""
    return "\n".join((*_head(census), *_frequency(census), *_phases(census), *_precision(census)))


def _head(census: Census) -> Iterable[str]:
    records, findings = census.records, census.findings
    counts = [len(one) for _, one in records]
    some = sum(map(bool, counts))
    updates = [one.protocol.status.last_update_submit_date or "" for one, _ in records]
    whole = [one for _, one in census.findings if not weight_of(one.rule)]
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
        f"{len(findings)} findings in all, at most {max(counts)} in one record. "
        f"{len(whole)} of them are shown with `--all` alone, as no question to an investigator: "
        f"{', '.join(f'`{one}`' for one in sorted({each.rule for each in whole}))}.\n"
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
    yield "## How often rightly\n"
    yield (
        "A finding takes a minute of an investigator, so findings were read one by one beside "
        "their whole records; no program decided. *Worth asking*: right, and an investigator "
        "should be asked. *Trivial*: right, but the answer is plain or matters little. *Wrong*: "
        "the record does not have the fault. Each round is one finding of each rule that fires, "
        f"the rest by chance, {MOST_OF_A_RULE} of a rule at most; after each, rules that were "
        f"wrong or trivial were narrowed. [All {len(rows)} by name](census-checked.tsv).\n"
    )
    yield "| round | reader | seed | read | worth | trivial | wrong | worth, 95 % | right, 95 % |"
    yield "| ---: | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |"
    for number in sorted({row["round"] for row in rows}):
        those = [row for row in rows if row["round"] == number]
        who = READERS.get(number, "who wrote the rules")
        yield _read(number, who, those, "verdict")
        if those[0]["second"]:
            yield _read(number, "a second, blind", those, "second")
    yield from _two_readers(census, [row for row in rows if row["second"]])
    yield from _last_round(census, [row for row in rows if row["round"] == _last()])
    yield from _by_rule(rows)


def _read(number: str, who: str, rows: Sequence[dict[str, str]], column: str) -> str:
    marks = Counter(row[column] for row in rows)
    counts = " | ".join(str(marks[one]) for one in VERDICTS)
    return (
        f"| {number} | {who} | {rows[0]['seed']} | {len(rows)} | {counts} "
        f"| {_interval(marks['worth'], len(rows))} "
        f"| {_interval(marks['worth'] + marks['trivial'], len(rows))} |"
    )


def _two_readers(census: Census, rows: Sequence[dict[str, str]]) -> Iterable[str]:
    pairs = [(row["verdict"], row["second"]) for row in rows]
    same = sum(a == b for a, b in pairs)
    number = rows[0]["round"]
    yield ""
    yield (
        f"The findings of round {number} were read a second time by a trialist who had not written "
        "the rules and did not see the first verdicts. The two agree in "
        f"{_share(same, len(pairs))}; Cohen's kappa is {kappa(pairs):.2f}. The second reader is "
        "the stricter and the independent one: of the rules as they were then, believe those "
        "figures.\n"
    )
    yield f"| first reader | {' | '.join(f'second: {one}' for one in VERDICTS)} |"
    yield "| --- | ---: | ---: | ---: |"
    for one in VERDICTS:
        cells = (str(pairs.count((one, other))) for other in VERDICTS)
        yield f"| {one} | {' | '.join(cells)} |"
    lost = gone(census, rows)
    quiet = [row for row in rows if row not in lost and not weight_of(row["rule"])]
    told = []
    for verdict in VERDICTS:
        of = sum(row["second"] == verdict for row in rows)
        out = sum(row["second"] == verdict for row in lost)
        whole = sum(row["second"] == verdict for row in quiet)
        told.append(f"{out} of {of} {verdict} are no longer found, and {whole} no longer asked")
    yield ""
    yield (
        "The rules were mended after that reading, by what can be told from any record. By the "
        f"second reader's verdicts, {'; '.join(told)}: shown with `--all` alone, "
        "as a registration clerk's work or a clause of nearly every protocol. This says what "
        "the mending did to those findings, and not how good the rules are now.\n"
    )


def _last_round(census: Census, rows: Sequence[dict[str, str]]) -> Iterable[str]:
    marks = Counter(row["verdict"] for row in rows)
    lost = gone(census, rows)
    names = f" ({', '.join(_name(row) for row in lost)})" if lost else ""
    yield (
        f"Round {_last()} was drawn after the mending, from records none of whose findings had "
        f"been read in any round: {_share(marks['worth'], len(rows))} are worth asking and "
        f"{_share(marks['wrong'], len(rows))} wrong. Weighted by how often each of its rules "
        f"fires, {100 * _weighted(census, rows):.0f} % are worth asking. {len(lost)} of them "
        f"{'is' if len(lost) == 1 else 'are'} not found any more{names}.\n"
    )
    yield (
        "What was wrong in it, and what was trivial for a reason that a record tells, was mended "
        "once more after it was read: the figures are of the rules before that, and no later ones "
        "were measured.\n"
    )
    yield (
        "What this does not show: that round was read by the one who had mended the rules and knew "
        "the second reader's remarks, not by an independent reader. Nobody counted what the "
        "rules miss. The page of `trialrun check` also has questions of the criteria reader, "
        "which are not counted here.\n"
    )


def _by_rule(rows: Sequence[dict[str, str]]) -> Iterable[str]:
    twice = [row for row in rows if row["second"]]
    last = [row for row in rows if row["round"] == _last()]
    heads = (f"round {twice[0]['round']}, second reader", f"round {_last()}")
    yield "Worth asking / trivial / wrong, by rule:\n"
    yield f"| finding | {' | '.join(heads)} |"
    yield "| --- | ---: | ---: |"
    for rule in sorted({row["rule"] for row in (*twice, *last)}):
        cells = []
        for those, column in ((twice, "second"), (last, "verdict")):
            marks = Counter(row[column] for row in those if row["rule"] == rule)
            cells.append(" / ".join(str(marks[one]) for one in VERDICTS) if marks else "–")
        yield f"| `{rule}` | {' | '.join(cells)} |"
    yield ""


def _name(row: dict[str, str]) -> str:
    return f"{row['nctId']} `{row['rule']}`"


def _weighted(census: Census, rows: Sequence[dict[str, str]]) -> float:
    """The share worth asking, each rule counting as often as it fires."""
    all_ = Counter(one.rule for _, one in census.findings)  # 0 of a rule that fires no more
    marks: dict[str, list[bool]] = defaultdict(list)
    for row in rows:
        marks[row["rule"]].append(row["verdict"] == "worth")
    total = sum(all_[rule] for rule in marks)
    return sum(all_[rule] * sum(one) / len(one) for rule, one in marks.items()) / max(total, 1)


def _last() -> str:
    return max(row["round"] for row in checked())


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
    if len(sys.argv) >= 3 and sys.argv[1] == "--draw":
        fresh = sys.argv[3:4]
        read = [row["nctId"] for row in checked() if fresh and row["round"] < fresh[0]]
        for study, one in draw(census, int(sys.argv[2]), FRESH if fresh else SAMPLE, read):
            print(f"{sys.argv[2]}\t{study.nct_id}\t{one.rule}\t{one.words()}")
        return
    PAGE.write_text(page(census), encoding="utf-8", newline="\n")
    PICTURE.write_text(picture(census), encoding="utf-8", newline="\n")
    for row in gone(census, [row for row in checked() if row["round"] == _last()]):
        print(f"read in the last round and not found any more: {_name(row)}")


if __name__ == "__main__":
    main()
