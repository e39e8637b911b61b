"""The store's tables, as SQLAlchemy Core describes them. Importing this costs SQLAlchemy: only the store's threads do.

Few indexes: on SQLite their upkeep is the cost of a batch. No screen scans history: `route_current` and the roll-ups
are kept when rows are written.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, Float, Index, Integer, LargeBinary, MetaData, String, Table, Text

SCHEMA_VERSION = 2

metadata = MetaData()

meta = Table(
    "meta",
    metadata,
    Column("key", String(40), primary_key=True),
    Column("value", LargeBinary, nullable=False),  # msgpack
)

route = Table(
    "route",
    metadata,
    Column("route_id", String(40), primary_key=True),
    Column("site", Text, nullable=False),
    Column("hostname", Text, nullable=False),
    Column("vrf", Text, nullable=False),
    Column("prefix", Text, nullable=False),
    Column("route_class", Text, nullable=False),
    Column("owner", Text, nullable=False),
    Column("contact", Text, nullable=False),
)

route_current = Table(
    "route_current",
    metadata,
    Column("route_id", String(40), primary_key=True),
    Column("state", Text, nullable=False),
    Column("since_at", Float, nullable=False),
    Column("severity", Text),
    Column("overlays", Integer, nullable=False),
    Column("outage_id", Text, nullable=False),
    Column("body", LargeBinary, nullable=False),  # the whole RouteHealth, msgpack
)

# Up to where a route's time is in the roll-ups: apart from route_current, which forgets routes no longer watched.
rollup_mark = Table(
    "rollup_mark",
    metadata,
    Column("route_id", String(40), primary_key=True),
    Column("state", Text, nullable=False),
    Column("at", Float, nullable=False),
)

snapshot = Table(
    "snapshot",
    metadata,
    Column("id", Integer, primary_key=True),  # in order of arrival, so that retention deletes from one end
    Column("snapshot_id", Text, nullable=False),
    Column("route_id", String(40), nullable=False),
    Column("taken_at", Float, nullable=False),
    Column("state", Text, nullable=False),
    Column("severity", Text),
    Column("failover", Text, nullable=False),
    Column("overlays", Integer, nullable=False),
    Column("outage_id", Text, nullable=False),
    Column("cause", Text, nullable=False),
    Column("seq", Integer, nullable=False),
    Index("snapshot_by_route", "route_id", "taken_at"),
)


def _rollup(name: str) -> Table:
    return Table(
        name,
        metadata,
        Column("route_id", String(40), primary_key=True),
        Column("start_at", Integer, primary_key=True),  # epoch seconds, UTC
        Column("unknown_s", Float, nullable=False),
        Column("healthy_s", Float, nullable=False),
        Column("degraded_s", Float, nullable=False),
        Column("down_s", Float, nullable=False),
        Column("recovered_s", Float, nullable=False),
        Column("transitions", Integer, nullable=False),
        Column("outages", Integer, nullable=False),
        Column("state_after", Text, nullable=False),  # what the route stayed in until its next row
        sqlite_with_rowid=False,
    )


rollup_hour = _rollup("rollup_hour")
rollup_day = _rollup("rollup_day")

outage = Table(
    "outage",
    metadata,
    Column("outage_id", String(40), primary_key=True),
    Column("route_id", String(40), nullable=False),
    Column("site", Text, nullable=False),
    Column("hostname", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("severity", Text, nullable=False),
    Column("cause", Text, nullable=False),
    Column("incident_id", Text, nullable=False),
    Column("detected_at", Float, nullable=False),
    Column("resolved_at", Float),
    Column("closed_at", Float),
    Column("acknowledged_by", Text, nullable=False),
    Column("body", LargeBinary, nullable=False),  # the whole OutageEvent, msgpack
    Index("outage_by_closed", "closed_at"),
)

evidence = Table(
    "evidence",
    metadata,
    Column("outage_id", String(40), primary_key=True),
    Column("seq", Integer, primary_key=True),  # of the journal
    Column("text", String(2000), primary_key=True),
    Column("source", Text, nullable=False),
    Column("plane", Text, nullable=False),
    Column("verdict", Text, nullable=False),
    Column("at", Float, nullable=False),
    Column("witness", Text, nullable=False),
    Column("agreement", Text, nullable=False),
    sqlite_with_rowid=False,
)

incident = Table(
    "incident",
    metadata,
    Column("incident_id", String(40), primary_key=True),
    Column("cause", Text, nullable=False),
    Column("element", Text, nullable=False),
    Column("opened_at", Float, nullable=False),
    Column("closed_at", Float),
    Column("body", LargeBinary, nullable=False),  # the whole Incident, msgpack
)

anomaly_card = Table(
    "anomaly_card",
    metadata,
    Column("card_id", String(40), primary_key=True),
    Column("rule", Text, nullable=False),
    Column("hostname", Text, nullable=False),
    Column("severity", Text, nullable=False),
    Column("first_at", Float, nullable=False),
    Column("ended_at", Float),
    Column("verdict", Text, nullable=False),
    Column("body", LargeBinary, nullable=False),  # the whole AnomalyCard, msgpack
    Index("anomaly_card_by_first", "first_at"),
)

operator = Table(
    "operator",
    metadata,
    Column("name", String(200), primary_key=True),
    Column("first_at", Float, nullable=False),
    Column("last_at", Float, nullable=False),
)

audit = Table(
    "audit",
    metadata,
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("at", Float, nullable=False),
    Column("operator", Text, nullable=False),
    Column("action", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("detail", Text, nullable=False),
    Column("digest", String(64), nullable=False),
    Index("audit_by_at", "at"),  # finds an entry that a replay brings again
)

# A file of captures that is in the store: by its keyed hash, so that the same bytes are not read again.
captured_file = Table(
    "captured_file",
    metadata,
    Column("file_key", String(64), primary_key=True),
    Column("reading", Text, nullable=False),  # the parser's version and what was forced: another one reads it again
    Column("name", Text, nullable=False),
    Column("size_bytes", BigInteger, nullable=False),
    Column("modified_at", Float, nullable=False),
    Column("ingested_at", Float, nullable=False),
    Column("parse_ms", Float, nullable=False),
    Column("captures", Integer, nullable=False),
)

capture = Table(
    "capture",
    metadata,
    Column("capture_id", Integer, primary_key=True, autoincrement=False),
    Column("file_key", String(64), nullable=False),
    Column("name", Text, nullable=False),
    Column("member", Text, nullable=False),
    Column("site", Text, nullable=False),
    Column("hostname", Text, nullable=False),
    Column("vendor", Text, nullable=False),
    Column("model", Text, nullable=False),
    Column("version", Text, nullable=False),
    Column("captured_at", Float, nullable=False),
    Column("is_device_time", Boolean, nullable=False),
    Column("ingested_at", Float, nullable=False),
    Column("start", BigInteger, nullable=False),
    Column("end", BigInteger, nullable=False),
    Column("is_truncated", Boolean, nullable=False),
    Column("sections", Integer, nullable=False),
    Column("rows", Integer, nullable=False),
    Column("unparsed", Integer, nullable=False),
    Index("capture_by_device", "hostname", "captured_at"),
    Index("capture_by_file", "file_key"),
)

captured_section = Table(
    "captured_section",
    metadata,
    Column("capture_id", Integer, primary_key=True, autoincrement=False),
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("command", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("start", BigInteger, nullable=False),
    Column("end", BigInteger, nullable=False),
    Column("text_start", Integer, nullable=False),
    Column("text_end", Integer, nullable=False),
    Column("is_truncated", Boolean, nullable=False),
    Column("rows", Integer, nullable=False),
    Column("unparsed", Integer, nullable=False),
    Column("digest", String(64), nullable=False),
    Column("beside", LargeBinary, nullable=False),  # places and ages of the rows
    Column("missed", LargeBinary, nullable=False),  # places of the lines that were not understood
    Index("captured_section_by_digest", "digest"),  # retention asks whether a content is still shown by a capture
)

# The rows of a section without their ages, once for all captures that show them.
captured_content = Table(
    "captured_content",
    metadata,
    Column("digest", String(64), primary_key=True),
    Column("body", LargeBinary, nullable=False),
)

captured_text = Table(
    "captured_text",
    metadata,
    Column("capture_id", Integer, primary_key=True, autoincrement=False),
    Column("text", LargeBinary, nullable=False),  # redacted
    Column("offsets", LargeBinary, nullable=False),
)

# By what the device of a capture is told from another of its name, where the capture shows something of it.
captured_identity = Table(
    "captured_identity",
    metadata,
    Column("capture_id", Integer, primary_key=True, autoincrement=False),
    Column("body", LargeBinary, nullable=False),  # the whole Identity, msgpack
)

# A capture as what makes a later one of its device it: it has no text then, its sections neither content nor beside.
captured_delta = Table(
    "captured_delta",
    metadata,
    Column("capture_id", Integer, primary_key=True, autoincrement=False),
    Column("base_id", Integer, nullable=False),
    Column("bases", LargeBinary, nullable=False),  # of each section, by which of the base's it is told; msgpack
    Column("body", LargeBinary, nullable=False),
    Index("captured_delta_by_base", "base_id"),
)

# A capture, compared with the previous one of its device.
diff_run = Table(
    "diff_run",
    metadata,
    Column("run_id", Integer, primary_key=True, autoincrement=False),  # the capture's
    Column("previous_id", Integer),
    Column("site", Text, nullable=False),
    Column("hostname", Text, nullable=False),
    Column("captured_at", Float, nullable=False),
    Column("compared_at", Float, nullable=False),
    Column("changes", Integer, nullable=False),
    Column("body", LargeBinary, nullable=False),  # the whole DiffRun, msgpack
    Index("diff_run_by_device", "hostname", "captured_at"),
    Index("diff_run_by_time", "captured_at"),
)

# Which captures a run was compared with: mostly one.
diff_run_base = Table(
    "diff_run_base",
    metadata,
    Column("run_id", Integer, primary_key=True, autoincrement=False),
    Column("capture_id", Integer, primary_key=True, autoincrement=False),
    Index("diff_run_base_by_capture", "capture_id"),
)

# What changed, some hundred changes of one kind and type a row.
diff_change = Table(
    "diff_change",
    metadata,
    Column("run_id", Integer, primary_key=True, autoincrement=False),
    Column("piece", Integer, primary_key=True, autoincrement=False),
    Column("hostname", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("change_type", Text, nullable=False),
    Column("captured_at", Float, nullable=False),
    Column("count", Integer, nullable=False),
    Column("body", LargeBinary, nullable=False),  # PackedChanges.body
    Index("diff_change_by_device", "hostname", "captured_at"),
    Index("diff_change_by_type", "change_type", "captured_at"),
)
