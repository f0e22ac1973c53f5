"""Populations and estimates, from protocol and ledger alone."""
