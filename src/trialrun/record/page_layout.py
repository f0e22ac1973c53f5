"""The layout of a registry page's text: which words are headings, labels and closing lines."""

from __future__ import annotations

from enum import Enum


class Heading(Enum):
    """A section of the page, by its heading."""

    RESULTS = "Study Results"
    BASIC = "Basic Information"
    SUMMARY = "Brief Summary"
    DESCRIPTION = "Detailed Description"
    CONDITIONS = "Conditions"
    DESIGN = "Study Design"
    GROUPS = "Study Groups"
    INTERVENTIONS = "Interventions"
    OTHER_NAMES = "Other Intervention Names"
    ELIGIBILITY = "Eligibility Criteria"
    SPONSORS = "Sponsors"
    RESPONSIBLE = "Responsible Party"
    OFFICIALS = "Principal Investigators"
    LOCATIONS = "Locations"
    COUNTRIES = "Countries"
    CONTACTS = "Central Contacts"
    IDENTIFIERS = "Other Identifiers"
    RELATED = "More Related Trials"


# Sections that hold the sponsor's own prose: a paragraph there may read like a heading.
PROSE = frozenset({Heading.SUMMARY, Heading.DESCRIPTION, Heading.ELIGIBILITY})

# Labels whose value is the paragraph that follows.
STATUS = "Recruitment Status"
PHASE = "Clinical Phase"
ENROLLMENT = "Total Enrollment"
TYPE = "Study Classification"
START = "Study Start Date"
COMPLETION = "Study Completion Date"
BASIC_LABELS = (STATUS, PHASE, ENROLLMENT, TYPE, START, COMPLETION)

ALLOCATION = "Allocation Method"
MODEL = "Intervention Model"
PURPOSE = "Primary Study Purpose"
MASKING = "Blinding Strategy"
DESIGN_LABELS = (ALLOCATION, MODEL, PURPOSE, MASKING)

MINIMUM_AGE = "Minimum Eligible Age"
MAXIMUM_AGE = "Maximum Eligible Age"
SEX = "Eligible Sex"
VOLUNTEERS = "Accepts Healthy Volunteers"
ELIGIBILITY_LABELS = (MINIMUM_AGE, MAXIMUM_AGE, SEX, VOLUNTEERS)

# Closing words of an item, followed by their value on the same line.
GROUP_TYPE = "Group Type"
INTERVENTION_TYPE = "Intervention Type"
SPONSOR_ROLE = "Sponsor Role"
RESPONSIBILITY = "Responsibility Role"
SITE_STATUS = "Site Status"
ROLE = "Role:"
IDENTIFIER_TYPE = "Identifier Type:"
IDENTIFIER_SOURCE = "Identifier Source:"

NUMBER = "NCT ID:"
UPDATED = "Last Updated:"

# The words that close every item of these sections, the last one too.
CLOSING = {
    Heading.INTERVENTIONS: INTERVENTION_TYPE,
    Heading.SPONSORS: SPONSOR_ROLE,
    Heading.RESPONSIBLE: RESPONSIBILITY,
    Heading.LOCATIONS: SITE_STATUS,
    Heading.IDENTIFIERS: IDENTIFIER_SOURCE,
}
# Sections of people, whose role stands in the middle of an item.
ROLED = frozenset({Heading.OFFICIALS, Heading.CONTACTS})

RESULTS_STATES = {
    "results pending": False,
    "no results": False,
    "no results posted": False,
    "results available": True,
    "results posted": True,
}

# What the page writes where the record has nothing.
NOTHING = frozenset({"", "-"})
NO_LIMIT = frozenset({"", "-", "N/A"})

# How the registry spells an intervention's type before its name in an arm ("Drug: aspirin").
TYPE_WORDS = {
    "COMBINATION_PRODUCT": "Combination Product",
    "DIAGNOSTIC_TEST": "Diagnostic Test",
    "DIETARY_SUPPLEMENT": "Dietary Supplement",
}


def spelled_type(word: str) -> str:
    """An intervention's type as the registry spells it in an arm.

    >>> spelled_type("DIETARY_SUPPLEMENT"), spelled_type("DRUG")
    ('Dietary Supplement', 'Drug')
    """
    return TYPE_WORDS.get(word, word.replace("_", " ").capitalize())


def closing_value(line: str, words: str) -> str | None:
    """The value after an item's closing words; None for any other line.

    >>> closing_value("Group Type OTHER", "Group Type"), closing_value("Groups", "Group Type")
    ('OTHER', None)
    """
    if line == words:
        return ""
    return line[len(words) + 1 :].strip() if line.startswith(words + " ") else None
