"""OMOP CDM 5.3 and 5.4 through Ibis: in the database, not row by row."""
