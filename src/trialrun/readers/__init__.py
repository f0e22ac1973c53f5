"""Facts and records from outside."""
