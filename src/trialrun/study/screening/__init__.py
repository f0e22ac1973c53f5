"""Screening from outside: patients of files and databases, judged by a study's protocol."""
