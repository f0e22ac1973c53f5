"""Simulated people who are screened: what a hospital would hold on them, with its flaws."""
