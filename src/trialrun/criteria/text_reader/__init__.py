"""Reads eligibility text as the registry stores it into criteria, and says what it left unread.

The way of a text: `plain` (escapes off, every sign with its place), `lines` (list markers),
`outline` (sections and nested items), `words` (tokens of an item), then readers of one kind of
statement each, and `clauses`, which lets them read parts of a sentence and joins what they read.
A part is read only where all its words are accounted for; the rest is a question.
"""

from trialrun.criteria.text_reader.reading import read_criteria

__all__ = ["read_criteria"]
