"""What a ledger's SQLite file is made of: tables, and the triggers that let nothing be changed."""

from __future__ import annotations

import sqlite3

FORMAT = "1"

# `instr`, for SQLite before 3.41 trusts no JSON function in a trigger; in canonical bytes a quoted
# pair can only be the field itself, as a quote inside a value is escaped.
_SCHEMA = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE entry (
  position INTEGER PRIMARY KEY,
  stream TEXT NOT NULL, stream_version INTEGER NOT NULL, command_id TEXT NOT NULL,
  header BLOB NOT NULL CHECK (typeof(header) = 'blob'),
  hash BLOB NOT NULL CHECK (typeof(hash) = 'blob' AND length(hash) = 32),
  UNIQUE (stream, stream_version)
);
CREATE INDEX entry_command ON entry (command_id);
CREATE TABLE part (
  position INTEGER NOT NULL REFERENCES entry (position), name TEXT NOT NULL,
  salt BLOB NOT NULL CHECK (typeof(salt) = 'blob' AND length(salt) = 32),
  data BLOB NOT NULL CHECK (typeof(data) = 'blob'),
  PRIMARY KEY (position, name)
) WITHOUT ROWID;
CREATE TABLE redaction (
  position INTEGER NOT NULL, name TEXT NOT NULL, by INTEGER NOT NULL REFERENCES entry (position),
  PRIMARY KEY (position, name)
) WITHOUT ROWID;
CREATE TRIGGER meta_kept BEFORE UPDATE ON meta BEGIN SELECT RAISE(ABORT, 'kept'); END;
CREATE TRIGGER meta_stays BEFORE DELETE ON meta BEGIN SELECT RAISE(ABORT, 'kept'); END;
CREATE TRIGGER meta_once BEFORE INSERT ON meta
  WHEN EXISTS (SELECT 1 FROM meta WHERE key = NEW.key)
  BEGIN SELECT RAISE(ABORT, 'kept'); END;
CREATE TRIGGER entry_kept BEFORE UPDATE ON entry BEGIN SELECT RAISE(ABORT, 'kept'); END;
CREATE TRIGGER entry_stays BEFORE DELETE ON entry BEGIN SELECT RAISE(ABORT, 'kept'); END;
CREATE TRIGGER entry_next BEFORE INSERT ON entry
  WHEN NEW.position IS NOT (SELECT coalesce(max(position), 0) + 1 FROM entry)
    OR NEW.stream_version IS NOT
      (SELECT coalesce(max(stream_version), 0) + 1 FROM entry WHERE stream = NEW.stream)
  BEGIN SELECT RAISE(ABORT, 'kept: not the next entry'); END;
CREATE TRIGGER part_kept BEFORE UPDATE ON part BEGIN SELECT RAISE(ABORT, 'kept'); END;
CREATE TRIGGER part_stays BEFORE DELETE ON part
  WHEN NOT EXISTS (SELECT 1 FROM redaction r WHERE r.position = OLD.position AND r.name = OLD.name)
  BEGIN SELECT RAISE(ABORT, 'kept'); END;
CREATE TRIGGER part_next BEFORE INSERT ON part
  WHEN NEW.position IS NOT (SELECT max(position) FROM entry)
    OR EXISTS (SELECT 1 FROM part WHERE position = NEW.position AND name = NEW.name)
  BEGIN SELECT RAISE(ABORT, 'kept: not of the last entry'); END;
CREATE TRIGGER redaction_kept BEFORE UPDATE ON redaction BEGIN SELECT RAISE(ABORT, 'kept'); END;
CREATE TRIGGER redaction_stays BEFORE DELETE ON redaction BEGIN SELECT RAISE(ABORT, 'kept'); END;
CREATE TRIGGER redaction_lawful BEFORE INSERT ON redaction
  WHEN NEW.name IS NOT 'text' OR NOT EXISTS (
    SELECT 1 FROM entry e JOIN part p ON p.position = e.position AND p.name = 'body'
    WHERE e.position = NEW.by AND e.position > NEW.position
      AND instr(e.header, CAST('"type":"Redacted"' AS BLOB)) > 0
      AND instr(p.data, CAST('"entry":' || NEW.position || ',' AS BLOB)) > 0
      AND instr(p.data, CAST('"part":"' || NEW.name || '"' AS BLOB)) > 0)
  BEGIN SELECT RAISE(ABORT, 'kept: no entry redacts this'); END;
"""


def _statements(script: str) -> list[str]:
    """The statements of the schema; those of triggers hold a semicolon of their own."""
    statements, open_ = [], ""
    for line in script.strip().splitlines():
        open_ += line + "\n"
        if sqlite3.complete_statement(open_):
            statements.append(open_)
            open_ = ""
    return statements


STATEMENTS = tuple(_statements(_SCHEMA))
# Name → definition of every object, as SQLite keeps it.
OBJECTS = {one.split()[2]: one.strip().removesuffix(";") for one in STATEMENTS}
