"""Simulated participants with AML who receive lymphodepletion and donor NK cells."""
