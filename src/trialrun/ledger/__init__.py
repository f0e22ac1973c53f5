"""What happened: entries, append-only and hash-chained, and their fold."""
