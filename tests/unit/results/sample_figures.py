"""One of each figure from made-up data, also long-worded and empty. Used by several tests."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from trialrun.analysis.survival import Followed, kaplan_meier
from trialrun.results.figures.blood_counts import Panel, blood_counts
from trialrun.results.figures.flow_diagram import Arm, Aside, Flow, Reason, Stage, flow_diagram
from trialrun.results.figures.frame import Figure
from trialrun.results.figures.funnel import Step, funnel
from trialrun.results.figures.histogram import Bin, Marker, histogram
from trialrun.results.figures.nk_kinetics import nk_curves
from trialrun.results.figures.survival_curve import Group, survival_curve
from trialrun.results.figures.swimmer import Happening, Lane, Mark, swimmer
from trialrun.results.figures.tornado import Swing, tornado
from trialrun.results.figures.trajectory import Line, Reading, Trajectory
from trialrun.wording.catalogue import Locale

LONG = 'Fludarabine & cyclophosphamide, then three infusions of "haploidentical" NK cells <10⁷/kg>'


def d(value: float | str) -> Decimal:
    return Decimal(str(value))


def trajectories(n: int = 10) -> tuple[Trajectory, ...]:
    """Curves that rise, fall and are lost at different heights; the fourth ends early."""
    made = []
    for i in range(n):
        readings = [Reading(day=d(0), value=d("0.5"), below=True)]
        for day, share in ((1, 10), (3, 40), (7, 100), (14, 30), (21, 3), (28, 0)):
            level = d(share * (i + 1)) / 50
            below = level < d("0.5")
            readings.append(
                Reading(day=d(day + i / 50), value=d("0.5") if below else level, below=below)
            )
        cut = 5 if i == 3 else None
        made.append(
            Trajectory(
                participant=f"SIM-{i + 1:02}",
                readings=tuple(readings[:cut]),
                group="remission" if i % 3 else "no remission",
            )
        )
    return tuple(made)


def group(name: str, times: str) -> Group:
    """`"12 40+ 55"`: a plus sign is a censored time."""
    people = tuple(Followed(d(word.rstrip("+")), not word.endswith("+")) for word in times.split())
    return Group(name=name, participants=people, curve=kaplan_meier(people))


def flow(arms: int = 0, words: str = "Assessed for eligibility") -> Flow:
    """A flow with people who leave at every stage."""
    left = Aside(
        words="Not enrolled", count=7,
        reasons=(Reason(words=words, count=4), Reason(words="declined", count=3)),
    )  # fmt: skip
    stages = (Stage(words=words, count=17, left=left), Stage(words="Enrolled", count=10))
    arm = Arm(
        stages=(
            Stage(words=words, count=5, details=(Reason(words="as allocated", count=5),)),
            Stage(words="Followed to day 28", count=4, left=Aside(words="Lost", count=1)),
            Stage(words="Analysed", count=3),
        )
    )
    return Flow(stages=stages, arms=(arm,) * arms)


def lanes() -> tuple[Lane, ...]:
    """Ten courses; every kind of mark occurs."""
    made = []
    for i in range(10):
        marks = [Mark(day=d(day), kind=Happening.INFUSION) for day in (0, 1, 2)]
        if i % 2:
            marks.append(Mark(day=d(29), kind=Happening.RESPONSE, word="CRi"))
        if i == 3:
            marks.append(Mark(day=d(60), kind=Happening.RELAPSE))
        if i == 5:
            marks.append(Mark(day=d(80), kind=Happening.TRANSPLANT))
        if i % 3 == 0:
            marks.append(Mark(day=d(90 + i), kind=Happening.DEATH))
        made.append(
            Lane(
                participant=f"SIM-{i + 1:02}", start=d(-5),
                end=d(90 + i if i % 3 == 0 else 180), marks=tuple(marks),
                lymphodepletion=((d(-5), d(-2)),), ongoing=i % 3 != 0,
            )
        )  # fmt: skip
    return tuple(made)


def figures(locale: Locale = "en", *, words: str = "") -> dict[str, Callable[[], Figure]]:
    """Every kind of figure, to be drawn when called; `words` stand where callers give words."""

    def title(usual: str) -> str:
        return words or usual

    curves = trajectories()
    return {
        "nk": lambda: nk_curves(
            curves, infusions=[d(0), d(1), d(2)], lloq=d("0.5"), simulated=True, locale=locale,
            thresholds=[Line(value=d(100), text="100/µL")], title=words,
        ),
        "nk-many": lambda: nk_curves(trajectories(30), simulated=True, locale=locale),
        "nk-none": lambda: nk_curves((), simulated=True, locale=locale),
        "counts": lambda: blood_counts(
            [
                Panel(
                    title=title("Neutrophils"), trajectories=curves,
                    lines=(Line(value=d("0.5"), text=""), Line(value=d(1), text="")),
                ),
                Panel(title=title("Platelets"), trajectories=curves),
            ],
            infusions=[d(0)], simulated=True, locale=locale, title=words,
        ),
        "counts-none": lambda: blood_counts([], simulated=True, locale=locale),
        "swimmer": lambda: swimmer(lanes(), simulated=True, locale=locale, title=words),
        "swimmer-none": lambda: swimmer((), simulated=True, locale=locale),
        "survival": lambda: survival_curve(
            [group("All", "12 40 40 55+ 90 120+ 180+ 181+ 200 365+")],
            title=title("Overall survival"), what="Alive", day_words="Days", simulated=True,
            locale=locale,
        ),
        "survival-two": lambda: survival_curve(
            [group(title("NK cells"), "12 40 55+ 90"), group("Control", "5 6 7 8")],
            title="Overall survival", what="Alive", day_words="Days", simulated=True,
            locale=locale,
        ),
        "survival-none": lambda: survival_curve(
            [], title="Overall survival", what="Alive", day_words="Days", simulated=True,
            locale=locale,
        ),
        "histogram": lambda: histogram(
            [Bin(low=d(n), high=d(n + 1), count=n * 7 % 5 + 1) for n in range(11)],
            title=title("Remissions of 10"), axis_words=title("Remissions"), whole=True,
            marker=Marker(value=d(10), text="this trial: 10 (99th percentile)"), locale=locale,
            emphasised=(d(3), d(11)),
        ),
        "histogram-none": lambda: histogram([], title="Nothing", axis_words="n", locale=locale),
        "tornado": lambda: tornado(
            [
                Swing(
                    name=title("Candidates a month"), at_low=d("0.31"), at_high=d("0.94"),
                    low_words="0.6", high_words="2.4",
                ),
                Swing(
                    name="Product failure", at_low=d("0.75"), at_high=d("0.66"),
                    low_words="2 %", high_words="15 %",
                ),
            ],
            base=d("0.72"), title=title("Enrolled in time"), outcome="Probability", percent=True,
            locale=locale,
        ),
        "tornado-none": lambda: tornado(
            [], base=d("0.5"), title="Nothing", outcome="Probability", locale=locale
        ),
        "funnel": lambda: funnel(
            [
                Step(code="I1", words=title("age at least 18 years"), met=900, unknown=50,
                     failed=50, only=3),
                Step(code="I6.1", words=title("no arrhythmia"), met=300, unknown=500,
                     failed=180, only=40),
                Step(code="E4", words="active infection present", met=0, unknown=0, failed=1000,
                     only=0),
            ],
            total=1000, simulated=True, locale=locale,
        ),
        "funnel-none": lambda: funnel([], total=0, simulated=True, locale=locale),
        **{
            f"flow-{arms}": lambda arms=arms: flow_diagram(  # type: ignore[misc]
                flow(arms, title("Assessed for eligibility")), simulated=True, locale=locale
            )
            for arms in range(5)
        },
    }  # fmt: skip
