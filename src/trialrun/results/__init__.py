"""What it means: tables, figures, registry results and the report."""
