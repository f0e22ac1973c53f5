"""A study directory: opens it, joins stores, readers and the rooms below."""
