"""Registry records from files of any shape: JSON, lists, lines, XML, plain or compressed."""

from trialrun.readers.registry_files.aside import Aside
from trialrun.readers.registry_files.reading import read_files

__all__ = ["Aside", "read_files"]
