"""`trialrun verify STUDY`: whether the ledger is what was written."""

from __future__ import annotations

from pathlib import Path

import click

from trialrun.cli.outcome import format_option, locale_option, write_json
from trialrun.errors import AlteredLedger
from trialrun.wording.catalogue import Locale, say


@click.command()
@click.argument("study", type=click.Path(path_type=Path))
@click.option(
    "--head",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="A head that was kept elsewhere: finds a cut tail and a chain made anew.",
)
@format_option
@locale_option
def command(study: Path, head: Path | None, form: str, locale: Locale) -> None:
    """Check every entry's digests and hashes, the chain, and the pages of the file.

    Exit code 0: sound; 5: altered, with the place and what was found. Without --head, a ledger
    whose end was cut off, or that was made anew from its beginning, cannot be told from a whole
    one.
    """
    from trialrun.ledger.head import read_head
    from trialrun.ledger.verify import verify
    from trialrun.study.session import open_session

    with open_session(study, writable=False, check=False) as session:
        kept = (
            None if head is None else read_head(session.directory.read_bytes(head), where=str(head))
        )
        found = verify(
            session.store.entries(), session.store.study, None if kept is None else kept.head
        )
        pages = session.store.page_check()
        if found.sound and not pages:
            session.directory.check_ledger(session.store)
    sound = found.sound and not pages
    if form == "json":
        write_json(
            {
                "sound": sound,
                "study": found.head.study,
                "entries": found.entries,
                "redacted": found.redacted,
                "head": found.head.hash.hex(),
                "compared_with_kept_head": kept is not None,
                "faults": [
                    {"position": one.position, "kind": one.kind, "what": one.words(locale)}
                    for one in found.faults
                ],
                "pages": list(pages),
            }
        )
    elif sound:
        key = "log.verified" if kept is not None else "log.verified_without_head"
        click.echo(
            say(key, locale, entries=found.entries, redacted=found.redacted,
                head=found.head.hash.hex())
        )  # fmt: skip
    if not sound:
        lines = [f"- {one.position}: {one.words(locale)}" for one in found.faults]
        lines += [f"- {one}" for one in pages]
        raise AlteredLedger(
            say("log.not_sound", locale, count=len(lines)),
            where=str(study),
            remedy="\n".join([*lines, say("log.not_sound_remedy", locale)]),
        )
