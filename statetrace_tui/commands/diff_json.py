"""Runs and their changes as JSON: the interchange of route diffs, with SPEC 5's DiffMetadata beside it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any  # a JSON document

from statetrace_engine.diff import document
from statetrace_engine.diff.document import Compared, MarkOf
from statetrace_engine.model.diff import ChangeType, Diff, DiffRun
from statetrace_engine.model.filed import CaptureSummary
from statetrace_tui.commands.json_form import moment

FileOf = Callable[[int], str | None]
"""The file of a run."""


def comparison(
    run: DiffRun, shown: Diff, before: CaptureSummary | None, after: CaptureSummary, mark_of: MarkOf, file_of: FileOf
) -> dict[str, Any]:
    """`shown`: the changes that were asked for, placed in the files."""
    files = {"BeforeFile": before and before.file, "AfterFile": after.file}
    metadata = {**listed(run), **_compared(run, file_of), **files}
    return {**document.of([Compared(run.hostname, shown, run.site, mark_of)]), "Metadata": metadata}


def listed(run: DiffRun) -> dict[str, Any]:
    """One run of a list, whole, whatever of it is shown."""
    return {
        "RunId": run.run_id,
        "PreviousRunId": run.previous_id,
        "Site": run.site,
        "Hostname": run.hostname,
        "CapturedAt": moment(run.captured_at),
        "PreviousCapturedAt": moment(run.previous_at),
        "ComparedAt": moment(run.compared_at),
        "Counts": {each.value: run.count(each) for each in ChangeType},
        "Warnings": list(run.metadata.warnings),
    }


def not_compared(capture: CaptureSummary) -> dict[str, Any]:
    """A run that nobody has compared yet."""
    return {
        "RunId": capture.capture_id,
        "PreviousRunId": None,
        "Site": capture.site,
        "Hostname": capture.hostname,
        "CapturedAt": moment(capture.captured_at),
        "PreviousCapturedAt": None,
        "ComparedAt": None,
        "Counts": None,
        "Warnings": [],
    }


def _compared(run: DiffRun, file_of: FileOf) -> dict[str, Any]:
    return {
        "ParserVersion": run.parser,
        "PreviousParserVersion": run.previous_parser or None,
        "IsDrift": run.is_drift,
        "Commands": list(run.metadata.compared),
        "ComparedElsewhere": [
            {
                "Command": each.command,
                "RunId": each.capture_id,
                "CapturedAt": moment(each.captured_at),
                "File": file_of(each.capture_id),
            }
            for each in run.metadata.elsewhere
        ],
        "ObjectsCount": run.metadata.objects,
        "CountsByType": [
            {"ObjectType": each.kind.value, "ChangeType": each.change_type.value, "Count": each.count}
            for each in run.counts
        ],
        "LoadMs": run.load_ms,
        "CompareMs": run.compare_ms,
    }
