"""Patients from FHIR, OMOP and tables: facts, and a count of everything that became none."""
