"""Reads doses, units, days and times from a record's arms and interventions; never guesses."""
