"""Tables (CSV, Parquet) with a declared mapping: columns or names to variables, units and dates."""
