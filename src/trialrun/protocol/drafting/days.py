"""The study days of an item: as the record says, or a question with the readings that it allows."""

from __future__ import annotations

from dataclasses import dataclass

from trialrun.protocol.drafting.asking import Notebook, Option
from trialrun.protocol.drafting.phrases import Found
from trialrun.protocol.drafting.products import Product
from trialrun.protocol.parts import Asked
from trialrun.protocol.regimen_reader.regimen import Item, Regimen
from trialrun.values.provenance import Source

# A daily dose beyond this many days is recorded once for each 28 days, unless people say otherwise.
_EACH_DAY_UP_TO = 28
_CYCLES = (1, 2, 4, 6)
_ASSUMED_CYCLES = 4
_OPEN_END = 84  # days, where the record gives no end


def first_day(regimen: Regimen) -> int:
    """The number of the record's first day: 1 where it counts "day 1, 8, 15", else 0."""
    said = [day for item in regimen.items for day in item.days or ()]
    return 1 if said and min(said) == 1 else 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Days:
    """What the days of one item depend on."""

    notebook: Notebook
    first: int
    interval: Found | None
    cell_therapy: bool

    def of(
        self, code: str, product: Product, item: Item | None, source: Source
    ) -> tuple[int, ...] | Asked:
        """The days of an item, or the question that they hang on."""
        if item is not None and item.days is not None:
            if item.every_days is None and item.repeats:
                said = written(item.days)
                options = [Option(said, label=said)]
                return self._ask(code, "repeated", product, source, options, days=said)
            if item.every_days is None:
                return item.days
            return self._cycles(code, product, item.days, item.every_days, source)
        if item is not None and item.every_days is not None:
            if item.times is not None:
                return tuple(self.first + item.every_days * n for n in range(item.times))
            return self._cycles(code, product, (self.first,), item.every_days, source)
        daily = item is not None and (item.a_day is not None or item.per == "day")
        if item is not None and item.duration_days is not None and daily:
            return self._lasting(code, product, item.duration_days, source)
        if item is not None and item.times is not None:
            return self._times(code, product, item.times, source)
        if daily:
            return self._lasting(code, product, None, source)
        if item is not None and item.duration_days is not None:
            return self._unsaid(code, product, item.duration_days, source)
        return self._unknown(code, product, source)

    def _ask(
        self,
        code: str,
        topic: str,
        product: Product,
        source: Source,
        choices: list[Option],
        **values: str,
    ) -> Asked:
        return self.notebook.ask(
            f"{code}-days",
            topic,
            who="investigator",
            source=source,
            choices=choices,
            assumed=choices[0].value,
            name=product.part.name,
            **values,
        )

    def _cycles(
        self, code: str, product: Product, days: tuple[int, ...], every: int, source: Source
    ) -> tuple[int, ...] | Asked:
        def in_cycles(number: int) -> str:
            return written(tuple(sorted({day + every * n for n in range(number) for day in days})))

        counts = (_ASSUMED_CYCLES, *(n for n in _CYCLES if n != _ASSUMED_CYCLES))
        options = [Option(in_cycles(n), "cycles", values={"count": str(n)}) for n in counts]
        return self._ask(code, "cycles", product, source, options, every=str(every))

    def _lasting(
        self, code: str, product: Product, lasting: int | None, source: Source
    ) -> tuple[int, ...] | Asked:
        last = self.first + (lasting or _OPEN_END)
        each = tuple(range(self.first, last))
        if lasting is not None and lasting <= _EACH_DAY_UP_TO:
            return each
        monthly, weekly = tuple(range(self.first, last, 28)), tuple(range(self.first, last, 7))
        options = [
            Option(written(monthly), "each_28_days"),
            Option(written(weekly), "each_week"),
            Option(written(each), "each_day"),
        ]
        topic = "daily" if lasting is not None else "daily_open"
        return self._ask(code, topic, product, source, options, days=str(lasting or _OPEN_END))

    def _unsaid(self, code: str, product: Product, lasting: int, source: Source) -> Asked:
        """ "For 3 days", and not how often."""
        last = self.first + min(lasting, _OPEN_END)
        options = [
            Option(written(tuple(range(self.first, last))), "each_day"),
            Option(written(tuple(range(self.first, last, 7))), "each_week"),
            Option(str(self.first), "once"),
        ]
        unlike = list({one.value: one for one in options}.values())
        if lasting > _EACH_DAY_UP_TO:
            unlike.reverse()
        return self._ask(code, "lasting", product, source, unlike, days=str(lasting))

    def _times(
        self, code: str, product: Product, times: int, source: Source
    ) -> tuple[int, ...] | Asked:
        if times == 1:
            return (
                (self.first,)
                if not self._before_cells(product)
                else self._unknown(code, product, source)
            )
        if self.interval is not None and product.cells:
            match, words = self.interval
            days = int(match["n"])
            options = [
                Option(self._spread(times, days), "interval_apart", values={"days": str(days)}),
                Option(
                    self._spread(times, days + 1), "interval_between", values={"days": str(days)}
                ),
            ]
            said = words.words
            return self._ask(code, "interval", product, words, options, words=said)
        options = [
            Option(self._spread(times, 1), "each_day"),
            Option(self._spread(times, 2), "every_other_day"),
            Option(self._spread(times, 7), "each_week"),
        ]
        return self._ask(code, "times", product, source, options, times=str(times))

    def _spread(self, times: int, apart: int) -> str:
        return written(tuple(self.first + apart * n for n in range(times)))

    def _before_cells(self, product: Product) -> bool:
        return self.cell_therapy and not product.cells and product.chemotherapy

    def _unknown(self, code: str, product: Product, source: Source) -> Asked:
        if self._before_cells(product):
            options = [Option(written((-5, -4, -3)), label="-5, -4, -3")]
        else:
            options = [Option(str(self.first), "once")]
        return self._ask(code, "days", product, source, options)


def written(days: tuple[int, ...]) -> str:
    """Days as an answer: a run of five or more as a range.

    >>> written((0, 1, 2)), written(tuple(range(1, 15)))
    ('0, 1, 2', '1 to 14')
    """
    if len(days) >= 5 and days[-1] - days[0] == len(days) - 1:
        return f"{days[0]} to {days[-1]}"
    return ", ".join(map(str, days))
