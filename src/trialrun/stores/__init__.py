"""Where a ledger is kept: memory and SQLite, one contract."""
