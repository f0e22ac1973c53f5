"""Simulated participants that walk through the real conduct."""
