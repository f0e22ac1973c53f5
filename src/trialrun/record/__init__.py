"""One registry record: its typed model, readers, writer and derived status."""
