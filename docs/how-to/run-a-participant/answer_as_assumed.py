"""For the walk of this page only: answer every question as if the document said what we assume.

In a real study each question is answered by the person who may answer it, one at a time, beside the
protocol document (see ../questions.md). Never run this on one.
"""

import sys
from pathlib import Path

from trialrun.protocol.editing import answered, confirmed, declared, rewritten
from trialrun.protocol.file import read_protocol_file

path = Path(sys.argv[1]) / "protocol.toml"
text = path.read_text(encoding="utf-8")
file = read_protocol_file(text.encode(), where=str(path))
for question in file.questions:
    if question.answer is None and question.assumed is not None:
        by = question.asked_of.upper()
        file = answered(file, question.id, question.assumed, by=by, section="6")
for place, part in file.placed():
    if hasattr(part, "source") and not place.startswith("question."):
        file = confirmed(file, place, section="6")
for criterion in file.criteria:
    if criterion.status != "computable" and not criterion.declared_by:
        file = declared(file, criterion.id, by="INV-1", reason="Left to the investigator (5.1).")
path.write_text(rewritten(text, file), encoding="utf-8")
