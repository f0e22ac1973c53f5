"""What a cell therapy after chemotherapy needs and records leave out: gap, gates, product rules."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from trialrun.protocol.drafting.asking import ASSUMED, Notebook, Option, in_record
from trialrun.protocol.drafting.phrases import cited, gap_after_treatment
from trialrun.protocol.drafting.products import Product
from trialrun.protocol.parts import CheckPart, GapPart, GatePart, RegimenPart
from trialrun.protocol.regimen_reader.names import Substance
from trialrun.record.model import Study
from trialrun.values.provenance import Source
from trialrun.values.quantity import read_quantity
from trialrun.wording.catalogue import say

_START = ("donor-cleared", "product-ready", "fit-to-start")
_INFUSE = (
    "no-infection", "oxygen", "organ-toxicity", "no-steroids", "no-reaction", "product-identity",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class CellTherapy:
    """Chemotherapy items and the cell items that follow them."""

    study: Study
    notebook: Notebook
    chemotherapy: tuple[RegimenPart, ...]
    cells: tuple[RegimenPart, ...]
    drugs: tuple[Substance, ...]
    product: Product

    @property
    def place(self) -> Source:
        """The words that name the product."""
        return self.product.part.source

    def gaps(self) -> tuple[GapPart, ...]:
        """The hours between the last chemotherapy and the first cells."""
        phrase = gap_after_treatment(self.study)
        source = self.place if phrase is None else phrase.source
        ids = [one.id for one in self.chemotherapy]
        every = ", ".join(ids)
        after = self.notebook.ask(
            "gap-from",
            "gap_from" if phrase is not None else "gap_from_unsaid",
            who="pharmacist",
            source=source,
            choices=[Option(every, "last_of_all")]
            + [Option(one, "last_of_one", values={"name": one}) for one in ids if len(ids) > 1],
            assumed=every,
            words=source.words,
        )
        least = self.notebook.ask(
            "gap-hours",
            "gap_hours_unsaid",
            who="pharmacist",
            source=source,
            choices=[Option("24 h"), Option("48 h"), Option("72 h")],
            assumed="24 h",
        ) if phrase is None else read_quantity(f"{phrase.hours} h")  # fmt: skip
        first = self.cells[0].id
        return (
            GapPart(
                id=f"chemotherapy-{first}", after=after, before=first, least=least, source=source
            ),
        )

    def gates(self, *, donor: bool) -> tuple[GatePart, ...]:
        """Starting lymphodepletion, and each infusion, are gates of their own."""
        starting = [one for one in _START if donor or one != "donor-cleared"]
        return (
            GatePart(
                id="lymphodepletion",
                title=say("protocol.gate_lymphodepletion"),
                before=tuple(one.id for one in self.chemotherapy),
                repeats=False,
                checks=_checks(starting),
                source=ASSUMED,
            ),
            GatePart(
                id="infusion",
                title=say("protocol.gate_infusion"),
                before=tuple(one.id for one in self.cells),
                repeats=True,
                checks=_checks(_INFUSE),
                source=ASSUMED,
            ),
        )

    def ask_rules(self) -> None:
        """The rules that a protocol of cell therapy needs and the record does not have."""
        ask, place = self.notebook.ask, self.place
        ask(
            "withholding", "withholding", who="investigator", source=place,
            choices=[Option("gate", "withhold_by_gate")], assumed="gate",
            name=self.product.part.name,
        )  # fmt: skip
        ask(
            "fresh-or-frozen", "fresh_or_frozen", who="cell-laboratory", source=place,
            choices=[Option("fresh", "fresh"), Option("frozen", "frozen")], assumed="fresh",
            name=self.product.part.name,
        )  # fmt: skip
        self._ask_cytokine()
        ask(
            "repeat-courses", "repeat_courses", who="investigator", source=place,
            choices=[Option("no", "no_repeat"), Option("yes", "repeat")], assumed="no",
        )  # fmt: skip
        ask(
            "transplant-after", "transplant_after", who="investigator", source=place,
            choices=[
                Option("allowed", "transplant_allowed"), Option("excluded", "transplant_excluded"),
            ],
            assumed="allowed",
        )  # fmt: skip
        ask(
            "supportive-care", "supportive_care", who="investigator",
            source=in_record("armsInterventionsModule"),
            choices=[Option("site standard", "site_standard")], assumed="site standard",
        )  # fmt: skip

    def _ask_cytokine(self) -> None:
        said = cited(self.study, r"\bIL-?(?:2|15)\b|interleukin-?(?:2|15)|aldesleukin")
        self.notebook.ask(
            "cytokine-support",
            "cytokine_said" if said is not None else "cytokine",
            who="investigator",
            source=said or self.place,
            choices=[Option("none", "no_cytokine"), Option("IL-2"), Option("IL-15")],
            assumed="none",
            words="" if said is None else said.words,
        )

    def ask_donor(self) -> None:
        """Who may be the donor, and what holds for donor and product."""
        donor = cited(self.study, r"haplo-?identical|donor[- ]derived|\bdonors?\b|allogeneic")
        source = donor or self.place
        ask = self.notebook.ask
        ask(
            "product-source", "product_source", who="cell-laboratory", source=source,
            choices=[
                Option("allogeneic", "of_a_donor"), Option("autologous", "of_the_participant"),
            ],
            assumed="allogeneic" if donor is not None else "autologous",
            name=self.product.part.name,
        )  # fmt: skip
        if donor is None:
            return
        for topic, assumed in (
            ("donor-who", "related"), ("donor-hla", "no rule"), ("donor-antibodies", "no rule"),
            ("donor-same", "same"),
        ):  # fmt: skip
            key = topic.replace("-", "_")
            ask(
                topic, key, who="cell-laboratory", source=source,
                choices=[Option(assumed, f"{key}_assumed"), Option("other", "as_in_document")],
                assumed=assumed, words=source.words,
            )  # fmt: skip

    def ask_clearance(self) -> None:
        """Fludarabine is cleared by the kidney: its labels reduce the dose by clearance."""
        drug = next((one for one in self.drugs if one.key == "fludarabine"), None)
        item = next(
            (one for one in self.chemotherapy if drug is not None and drug.key in one.id), None
        )
        if item is None:
            return
        self.notebook.ask(
            "fludarabine-clearance",
            "fludarabine_clearance",
            who="pharmacist",
            source=item.source,
            choices=[
                Option("full dose", "full_dose"), Option("by clearance", "by_clearance"),
            ],
            assumed="full dose",
        )  # fmt: skip


def _checks(names: Sequence[str]) -> tuple[CheckPart, ...]:
    return tuple(
        CheckPart(id=name, words=say(f"protocol.check_{name.replace('-', '_')}")) for name in names
    )
