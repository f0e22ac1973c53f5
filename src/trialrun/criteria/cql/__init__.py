"""Criteria in HL7's Clinical Quality Language: what of them it can express, and what was left."""

from trialrun.criteria.cql.left import Left, Why
from trialrun.criteria.cql.library import Cql, write_cql

__all__ = ["Cql", "Left", "Why", "write_cql"]
