"""Commands, decisions, permissions and policies: the only way to append."""
