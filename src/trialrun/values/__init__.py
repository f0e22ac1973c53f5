"""The smallest words of the house: truth, quantities, moments, identifiers, provenance."""
