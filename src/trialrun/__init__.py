"""Trialrun: from registry record to reported results."""
