"""What every screen opens to read: the runbook of an outage, and the messages behind its evidence."""

from __future__ import annotations

from collections.abc import Sequence

from statetrace_engine.errors import StateTraceError
from statetrace_engine.model.outage import EvidenceItem, OutageEvent
from statetrace_engine.runbooks.library import Fills
from statetrace_tui.present import evidence_page, runbook_page
from statetrace_tui.widgets.frame import Frame
from statetrace_tui.widgets.reader import EvidenceReader, MessageReader, Reader, SignalReader


def read_runbook(frame: Frame, name: str, outage: OutageEvent | None, of: Fills | None = None) -> None:
    """On a sheet above the screen, once it has come; filled in by what it is opened for, and by the outage."""
    if name:
        frame.stage.start(_open_runbook(frame, name, outage, of), "runbook")
    else:
        frame.stage.say("no runbook for this route now", "dim")


async def _open_runbook(frame: Frame, name: str, outage: OutageEvent | None, of: Fills | None) -> None:
    try:
        runbook = await frame.stage.engine.runbook(name)
    except StateTraceError as error:
        frame.stage.say(str(error), "unk")
        return
    if runbook is None:
        frame.stage.say(f"no runbook {name}", "major")
    elif frame.asked is None and frame.is_current:
        title = runbook.title or name
        title += f"   {outage.hostname} {outage.prefix}" if outage is not None else ""
        frame.ask(Reader(title, lambda width: runbook_page.lines(runbook, outage, width, of)))


def read_evidence(
    frame: Frame, outage: OutageEvent, items: Sequence[EvidenceItem] = (), at: EvidenceItem | None = None
) -> None:
    """The items (without any: all that the outage has), the one at `at` first; each message comes when it is looked
    at."""
    stage = frame.stage

    def fetch(seq: int) -> None:
        stage.start(_fetch(frame, seq), f"signal {seq}")

    reader = EvidenceReader(outage, items or evidence_page.items(outage), fetch, stage.copy_text, stage.zone)
    reader.choose(at)
    frame.ask(reader)


def read_messages(frame: Frame, title: str, seqs: Sequence[int]) -> None:
    """What stands in the journal by these numbers, the newest first."""
    stage = frame.stage

    def fetch(seq: int) -> None:
        stage.start(_fetch(frame, seq), f"signal {seq}")

    reader = MessageReader(title, seqs, fetch, stage.copy_text)
    reader.look()
    frame.ask(reader)


async def _fetch(frame: Frame, seq: int) -> None:
    try:
        text = await frame.stage.engine.signal_text(seq)
    except StateTraceError as error:
        text = str(error)
    reader = frame.asked
    if isinstance(reader, SignalReader):
        reader.texts[seq] = text if text is not None else "(no longer in the journal)"
        frame.ask(reader)
