"""Clinical rules as pure functions on facts: formulas, terms, response, kinetics."""
