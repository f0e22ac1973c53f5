"""The parts of a draft, one concern a module; `protocol.draft` puts them together."""
