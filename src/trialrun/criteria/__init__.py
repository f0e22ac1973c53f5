"""The eligibility language: nodes, parser and printer, text reader, engines."""
