"""How many there were, and how often: bare counts, rates, nouns behind adjectives."""

from __future__ import annotations

import pytest
from tests.unit.criteria.test_own_limits import read, stated


@pytest.mark.parametrize(
    ("text", "found"),
    [
        # a number alone, where it is said to be all
        ("Received only one prior platinum-based regimen", ["prior_lines == 1"]),
        ("Must have received exactly 2 prior lines of therapy", ["prior_lines == 2"]),
        ("Failed one or two prior systemic therapies", ["prior_lines <= 2", "prior_lines >= 1"]),
        ("Relapsed after one or two prior lines", ["prior_lines <= 2", "prior_lines >= 1"]),
        ("Received two or three prior lines", ["prior_lines <= 3", "prior_lines >= 2"]),
        ("Have had one or more prior treatments with snarkumab", ["prior_lines >= 1"]),
        # what is counted stands behind adjectives, a whole, a remark
        ("At least one first-degree relative with vertigo", ["affected_relatives >= 1"]),
        ("Two or more first- or second-degree relatives", ["affected_relatives >= 2"]),
        ("Reacts to one or more of five common indoor allergens", ["allergens_count >= 1"]),
        (
            "At least one moderate (given tablets) or severe (taken to hospital) exacerbation",
            ["exacerbations >= 1"],
        ),
        ("More than a single painful level of the lumbar spine", ["surgical_levels > 1"]),
        ("At least two of three cardinal symptoms", ["own_cardinal_symptom_count >= 2"]),
        ("Meets ≥ 2 of the 4 Fried criteria", ["own_fried_criteria_count >= 2"]),
        # how often
        ("Use of a reliever more than twice a week", ["rescue_use > 2 /wk"]),
        ("Hiccups at least 3 times/day", ["own_hiccups_per_week >= 3 /d"]),
        ("Hiccups occurring more than once per week", ["own_hiccups_per_week > 1 /wk"]),
        (
            "Frequent (more than once a week) occurrence of hiccups",
            ["own_hiccups_per_week > 1 /wk"],
        ),
        ("Hiccups on at least 4 days per week", ["own_hiccups_per_week >= 4 /wk"]),
        ("Yodelling more than 3 times a month", ["own_yodelling_per_month > 3 /mo"]),
        ("Reports > 1x/weekly snark use", ["own_snark_per_week > 1 /wk"]),
        ("At least 4 migraine attacks per month", ["headache_attacks >= 4 /mo"]),
        ("Hot flashes at least 7 per day", ["hot_flushes >= 49 /wk"]),
        # at least twenty-four, in words
        ("Body mass index of at least twenty-four kg/m2", ["bmi >= 24 kg/m2"]),
        ("Missing more than 4 teeth", ["own_missing_teeth_count > 4"]),
        ("Exercise of more than 150 minutes per week", ["physical_activity > 150 min/wk"]),
        # none of these
        ("Drug at 5 mg twice daily", []),
        ("Willing to visit the clinic at least once a week", []),
        ("At least one treatment or relapsed afterwards", []),
        ("A skin test to one relevant allergen", []),
        ("Must have a single lesion", []),
    ],
)
def test_counts_and_rates(text: str, found: list[str]) -> None:
    assert stated(read(text)) == found


def test_a_bare_count_is_so_many_and_asked() -> None:
    one = read("Completion of 4 cycles of chemotherapy")
    assert stated(one) == ["cycles_received == 4"]
    asked = next(question for question in one.questions if question.choices)
    assert asked.choices == ("cycles_received == 4", "cycles_received >= 4")
    assert all(mention.doubtful for mention in one.mentioned)


def test_a_rate_does_not_take_the_limit_of_the_next_thing() -> None:
    one = read("More than 2 episodes per week of glucose < 60 mg/dL")
    assert "glucose < 60 mg/dL" in stated(one)
