"""Pure. Syslog as it travels: the header of one message, and messages out of a TCP stream.

<189>1432: sw1: *Jun  1 12:50:26.172 UTC: %LINK-3-UPDOWN: …          IOS; sequence, origin-id and clock optional
<187>94307: gw1 LC/0/2/CPU0:Jul  7 20:16:14.834 : ifmgr[214]: %…      IOS XR
<189>: 2020 Jan  1 10:00:00.123 UTC: %ETHPORT-5-…                     NX-OS; or `2020 Jan  1 10:00:00 HOST %…`
<28>Jun 21 14:03:12  vmx01 rpd[2902]: RPD_…                           RFC 3164: JunOS, EOS, a relay's header before any;
                                                                      a year behind the time: JunOS `time-format year`
<30>1 2026-11-23T03:06:12.79+00:00 vm bgpd 27977 BGP [x@1 a="b"] …    RFC 5424
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from functools import lru_cache

from msgspec import Struct

from statetrace_engine.model import Epoch
from statetrace_engine.model.text import decode


class Header(Struct, frozen=True, kw_only=True):
    """What stands before the text of a message."""

    priority: int | None
    """None in log files, which keep none."""
    facility: int | None
    severity: int | None
    hostname: str
    """As the sender wrote it, sanitised; its own word before a relay's; empty when it names none."""
    device_time: Epoch | None
    """The device's own clock before a relay's; None when it prints none, or only its uptime."""
    is_time_trustworthy: bool
    """Sub-second resolution and no IOS `*` or `.` mark."""
    is_whole_second: bool
    """Of a clock without such a mark, to the second: it was so within the second that `device_time` begins."""
    assumed_zone_s: int | None = None
    """The offset that `device_time` was filled in with; None when the header tells it."""
    text_start: int
    """Where the text begins in the message; a program's `name[pid]: ` belongs to the text in RFC 3164."""


class Malformed(Struct, frozen=True, kw_only=True):
    """No syslog message: `why` says what is missing."""

    why: str


_STAMP = (
    rb"(?:(?:\d{4} +)?[A-Z][a-z][a-z] {1,2}\d{1,2} (?:\d{4} )?\d\d:\d\d:\d\d"
    rb"|\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)"
)
_FRACTION = rb"(?:[.,](\d{1,9})\d*)?"
_OFFSET = rb"Z|[+-]\d\d:?(?:\d\d)?"
_UPTIME = rb"\d+[ywdh]\d+[wdhm]|\d\d:\d\d:\d\d"
_ADDRESS_V6 = rb"(?!\d\d:\d\d:\d\d:)[0-9A-Fa-f]{0,4}:[0-9A-Fa-f:.]{1,40}"
_NAME = rb"(?!\d+:|\d+[ywdh]\d+[wdhm]:)[A-Za-z0-9_][\w.-]{0,254}+"
_NODE = rb"(?:[A-Z]{1,4}\d*/)?\w{1,4}/\w{1,8}/(?:CPU|ADMIN|VM)\d+:"
_SESSION = rb'(?:\[syslog@9 (?:[^\]"]|"[^"]*")*?\bs_id="([\w.-]+)(?::\d+)?"[^\]]*\]: +)?'
_OWN_CLOCK = (
    rb"([*.]?)(?:(" + _STAMP + rb")" + _FRACTION + rb"(?: ?(" + _OFFSET + rb"|[A-Z]{2,5}))?|" + _UPTIME + rb") ?: *"
)

# A relay or a daemon: time, then host; or a clock of the device itself, which a colon ends.
_OUTER = re.compile(
    rb"(?:\xef\xbb\xbf)?(?:<(\d{1,3})>)? ?"
    rb"(?:(" + _STAMP + rb")" + _FRACTION + rb"(?: (20\d\d)(?= +[A-Za-z]))?(" + _OFFSET + rb")?"
    rb"(?:(?: (" + _OFFSET + rb"|[A-Z]{2,5}))? ?:(?: +|\Z)"
    rb"| +([^\s%<>\[\]*:]{1,255}+|" + _ADDRESS_V6 + rb"?):? +(?=\S)| +))?"
)
# What Cisco puts before the text, also behind a relay's header: sequence, origin-id, sequence, node, clock.
_BEFORE_CLOCK = (
    rb":? *(?:\d+: +)?" + _SESSION + rb"(?:(" + _NAME + rb"|" + _ADDRESS_V6 + rb")(?:: +| (?=" + _NODE + rb")))?"
    rb"(?:\d+: +)?(?:(" + _NAME + rb") (?=" + _NODE + rb"))?(?:" + _NODE + rb")?"
)
_BEHIND_CLOCK = rb"(?:(" + _NAME + rb"): (?=%[A-Za-z]))?"
_BEHIND_RELAY = re.compile(_BEFORE_CLOCK + _OWN_CLOCK + _BEHIND_CLOCK)
_DIRECT = re.compile(_BEFORE_CLOCK + rb"(?:" + _OWN_CLOCK + _BEHIND_CLOCK + rb"|(?=%[A-Za-z]))")
# The two commonest forms, and nothing that the expressions above would read otherwise.
_QUICK = re.compile(
    rb"<(?:\d\d?|1[0-8]\d|19[01])>"
    rb"(?:\d+: ([A-Za-z][\w.-]{0,254}+): [*.]?[A-Z][a-z][a-z] [ \d]\d \d\d:\d\d:\d\d(?:\.\d+)?"
    rb"(?: [A-Z]{2,5})?: *(?=[%\w])"
    rb"|[A-Z][a-z][a-z] [ \d]\d \d\d:\d\d:\d\d {1,2}([A-Za-z][\w.-]{0,254}+) "
    rb"(?:[A-Za-z][\w/-]*\[\d+\]: +(?=[A-Z])|[A-Za-z]\w*: %\w))"
)
_RFC5424 = re.compile(
    rb"(?:\xef\xbb\xbf)?<(\d{1,3})>1 (?:-|(" + _STAMP + rb")" + _FRACTION + rb"(" + _OFFSET + rb")) "
    rb"(\S{1,255}) (\S{1,48}) (\S{1,128}) (\S{1,32}) "
)
_STRUCTURED_DATA = re.compile(rb'(?:-|(?:\[(?:[^"\]]|"(?:[^"\\]|\\.)*")*\])+)(?: +|\Z)(?:\xef\xbb\xbf)?')
_PARAMETER = re.compile(rb' ([\w.-]{1,32})="((?:[^"\\\]]|\\.){0,500})"')
_TAG = re.compile(rb"%[A-Za-z]\w*-(?:\w+-){0,4}[0-7]-\w")
_NOT_TEXT = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")

_Parts = tuple[bytes | None, bytes, bytes, bytes | None, bytes | None, bytes | None, int]
"""Priority, host, mark, stamp, fraction, zone, end of the header."""

_TOO_GREAT = Malformed(why="priority above 191")
_NO_TEXT = Malformed(why="no text")
_NO_HEADER = Malformed(why="neither priority, nor time, nor mnemonic")
_BINARY = Malformed(why="binary")


def sender(raw: bytes) -> str | Malformed:
    """Only the hostname of `split_header`: the price of a message that is about something else."""
    quick = _QUICK.match(raw)
    if quick is not None:
        return _hostname(quick[quick.lastindex or 0])
    parts = _parts(raw)
    return parts if isinstance(parts, Malformed) else _hostname(parts[1])


def text_start(raw: bytes) -> int:
    """Only where `split_header` has the text begin; 0 for what is no message."""
    quick = _QUICK.match(raw)
    if quick is not None:
        return quick.end() if quick.lastindex == 1 else _behind_blanks(raw, quick.end(2))
    parts = _parts(raw)
    return 0 if isinstance(parts, Malformed) else parts[-1]


def text_of(raw: bytes) -> bytes:
    """The text of a message, of whichever form, as RFC 3164 has it; of RFC 5424 with what its header says of it, and
    where no text follows its structured data, that: `mib2d[18]: SNMP_TRAP_LINK_DOWN: ifIndex 7, …`. Never raises."""
    modern = _RFC5424.match(raw)
    if modern is None:
        return raw[text_start(raw) :]
    program, process, message = modern.groups()[5:]
    parts = _rfc5424(raw, modern)
    end = 0 if isinstance(parts, Malformed) else parts[-1]
    text = raw[end:]
    if text.strip() in (b"", b"-"):
        text = b", ".join(b"%b %b" % said for said in _PARAMETER.findall(raw, modern.end(), end))
    if message != b"-" and message not in text[: len(message) + 1]:
        text = b"%b: %b" % (message, text)
    if program == b"-":
        return text
    return b"%b: %b" % (program if process == b"-" else b"%b[%b]" % (program, process), text)


def _behind_blanks(raw: bytes, at: int) -> int:
    while raw[at : at + 1] == b" ":
        at += 1
    return at


def split_header(raw: bytes, received_at: Epoch) -> Header | Malformed:
    """The header of one message, framing removed; a missing year or zone is filled in from the receipt.

    A missing or unknown zone is taken as the half hour of offset that brings the clock nearest to the receipt.
    RFC 5424 section 6, RFC 3164 section 4, and the vendors' own forms above. Never raises.
    """
    parts = _parts(raw)
    if isinstance(parts, Malformed):
        return parts
    pri, host, mark, stamp, fraction, zone, end = parts
    priority = None if pri is None else int(pri)
    at, assumed_zone_s = (None, None) if stamp is None else _instant(stamp, zone, int(received_at // _BUCKET_S))
    if at is not None and fraction is not None:
        at += int(fraction) / 10 ** len(fraction)
    return Header(
        priority=priority,
        facility=None if priority is None else priority >> 3,
        severity=None if priority is None else priority & 7,
        hostname=_hostname(host),
        device_time=at,
        is_time_trustworthy=at is not None and fraction is not None and not mark,
        is_whole_second=at is not None and fraction is None and not mark,
        assumed_zone_s=assumed_zone_s,
        text_start=end,
    )


def _parts(raw: bytes) -> _Parts | Malformed:
    modern = _RFC5424.match(raw)
    if modern is not None:
        return _rfc5424(raw, modern)
    outer = _OUTER.match(raw)
    assert outer is not None, "every part of it is optional"
    pri, stamp, fraction, year, offset, zone, host = outer.groups()
    end = outer.end()
    if year is not None and stamp is not None:
        stamp = year + b" " + stamp
    if pri is not None and int(pri) > 191:
        return _TOO_GREAT
    mark = b""
    if host is None or b"%" in raw:
        inner = (_DIRECT if host is None and stamp is None else _BEHIND_RELAY).match(raw, end)
        if inner is not None:
            session, own, named, mark, own_stamp, own_fraction, own_zone, behind = inner.groups()
            end = inner.end()
            host = own or named or session or host or behind
            if own_stamp is not None:
                stamp, fraction, offset, zone = own_stamp, own_fraction, None, own_zone
        elif pri is None and stamp is None and _TAG.search(raw) is None:
            return _NO_HEADER
        elif host is None and _NOT_TEXT.search(raw) is not None:
            return _BINARY
    if end >= len(raw):
        return _NO_TEXT
    return pri, host or b"", mark or b"", stamp, fraction, offset or zone, end


def _rfc5424(raw: bytes, match: re.Match[bytes]) -> _Parts | Malformed:
    pri, stamp, fraction, zone, host = match.groups()[:5]
    if int(pri) > 191:
        return _TOO_GREAT
    end = match.end()
    data = _STRUCTURED_DATA.match(raw, end)
    if data is not None:
        end = data.end()
    elif raw[end : end + 1] in (b"[", b""):
        return Malformed(why="structured data not closed")
    return pri, b"" if host == b"-" else host, b"", stamp, fraction, zone, end


@lru_cache(maxsize=4096)
def _hostname(host: bytes) -> str:
    return decode(host.rstrip(b","))


_BUCKET_S = 600
_AHEAD_S = 36 * 3600
"""How far in the future a date without a year may be: a time zone, and a clock a little wrong."""
_MONTHS = {name: number for number, name in enumerate(b"Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(), 1)}
_DATE = re.compile(rb"(?:(\d{4}) +)?([A-Z][a-z]{2}) +(\d{1,2}) (?:(\d{4}) )?(\d\d):(\d\d):(\d\d)")
_ISO = re.compile(rb"(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)")
_ZONES = {
    b"Z": 0, b"UTC": 0, b"GMT": 0, b"CET": 3600, b"MET": 3600, b"CEST": 7200, b"MEST": 7200, b"EET": 7200,
    b"EEST": 10800, b"EDT": -14400, b"PDT": -25200, b"JST": 32400, b"KST": 32400, b"AEST": 36000, b"AEDT": 39600,
}  # fmt: skip
"""Only names that mean one offset everywhere; the others are operators' words, filled in from the receipt."""


@lru_cache(maxsize=4096)
def _instant(stamp: bytes, zone: bytes | None, bucket: int) -> tuple[Epoch | None, int | None]:
    """Seconds since 1970 of a clock's reading to the second, and the offset where it is assumed; `bucket` is the
    receipt, coarse, to be cached."""
    receipt = bucket * _BUCKET_S + _BUCKET_S / 2
    iso = _ISO.fullmatch(stamp)
    if iso is not None:
        local = _moment(*(int(part) for part in iso.groups()))
    else:
        date = _DATE.fullmatch(stamp)
        if date is None:
            return None, None
        early, month, day, late, *clock = date.groups()
        hour, minute, second = (int(part) for part in clock)
        here = datetime.fromtimestamp(receipt, UTC).year
        years = [int(early or late)] if early or late else [here - 1, here, here + 1]
        moments = [_moment(year, _MONTHS.get(month, 0), int(day), hour, minute, second) for year in years]
        past = [m for m in moments if m is not None and (len(years) == 1 or m < receipt + _AHEAD_S)]
        local = max(past, default=None)
    if local is None:
        return None, None
    offset = _offset(zone)
    if offset is not None:
        return local - offset, None
    assumed = _nearest_offset(local - receipt)
    return local - assumed, assumed


def _moment(year: int, month: int, day: int, hour: int, minute: int, second: int) -> Epoch | None:
    try:
        return datetime(year, month, day, hour, minute, min(second, 59), tzinfo=UTC).timestamp()
    except ValueError:
        return None


def _offset(zone: bytes | None) -> int | None:
    if not zone:
        return None
    if zone[:1] in b"+-":
        digits = zone[1:].replace(b":", b"")
        seconds = int(digits[:2]) * 3600 + int(digits[2:] or b"0") * 60
        return -seconds if zone[:1] == b"-" else seconds
    return _ZONES.get(zone)


def _nearest_offset(ahead_s: float) -> int:
    """Local time's offset, from how far a clock without zone is ahead of the receipt; 0 when no zone explains it."""
    offset = round(ahead_s / 1800) * 1800
    return offset if -12 * 3600 <= offset <= 14 * 3600 else 0


MESSAGE_LIMIT = 65536
"""Bytes of one message over TCP; the rest of a longer one is dropped, and it is counted."""
_COUNT_LIMIT = 1 << 20
"""An octet count above this is none: the stream would be deaf until so much has come."""
_COUNT = re.compile(rb"([1-9]\d{0,6}) <")
_COUNT_BEGUN = re.compile(rb"[1-9]\d{0,6} ?\Z")
_END = re.compile(rb"[\n\0]")
_END_OR_COUNT = re.compile(rb"[\n\0]|(?<!\d)(?=[1-9]\d{0,6} <\d{1,3}>)")
_OVERLAP = 14
"""Bytes of the longest count that `_END_OR_COUNT` can find, less one."""
_BETWEEN = b"\r\n\0 "
_LESS = 0x3C


class Framer:
    """Messages out of one TCP connection (RFC 6587): octet counting or newlines, found out message by message.

    A message longer than MESSAGE_LIMIT is cut there and counted in `oversize`. A line that starts with no priority is
    delivered and counted in `malformed`; it ends at a newline or at what looks like a count, and so does the rest of
    a line that was cut: a stream whose counts are wrong comes to its senses. A counted message that the end of the
    stream cut short is delivered and counted in `malformed`.
    """

    def __init__(self) -> None:
        self.oversize = 0
        self.malformed = 0
        self._buffer = bytearray()
        self._scanned = 0
        """Of the line at the buffer's start, which is not complete, the bytes that hold no end."""
        self._skip = 0
        """Bytes still to come, and to be dropped, of a counted message that was cut."""
        self._is_cut = False
        """The line at the buffer's start is the rest of one that was cut."""

    def feed(self, data: bytes) -> list[bytes]:
        """The messages that `data` completes, in order and without framing; keeps at most about MESSAGE_LIMIT."""
        buffer = self._buffer
        buffer += data
        messages: list[bytes] = []
        at = 0
        while at < len(buffer):
            after = self._take(at, messages)
            if after is None:
                break
            at = after
        del buffer[:at]
        return messages

    def finish(self) -> list[bytes]:
        """The message that the end of the stream completes, if any: a line without newline, a part of a counted one."""
        rest = bytes(self._buffer).strip(_BETWEEN)
        counted = _COUNT.match(rest)
        if counted is not None:
            rest = rest[counted.end() - 1 :]
            self.malformed += 1
        messages = [rest] if rest and not self._is_cut else []
        self._buffer.clear()
        self._scanned = self._skip = 0
        self._is_cut = False
        return messages

    def _take(self, at: int, messages: list[bytes]) -> int | None:
        """Takes what starts at `at`; where it ends, or None when more must come."""
        buffer = self._buffer
        if self._skip:
            dropped = min(self._skip, len(buffer) - at)
            self._skip -= dropped
            return at + dropped
        if self._scanned or self._is_cut:
            return self._line(at, messages)
        if buffer[at] in _BETWEEN:
            return at + 1
        counted = _COUNT.match(buffer, at)
        if counted is not None and int(counted[1]) <= _COUNT_LIMIT:
            return self._counted(counted.end() - 1, int(counted[1]), messages)
        if counted is None and _COUNT_BEGUN.match(buffer, at) is not None:
            return None
        if buffer[at] != _LESS:
            self.malformed += 1
            self._scanned = 1 if counted is None else counted.end() - at
        return self._line(at, messages)

    def _counted(self, body: int, size: int, messages: list[bytes]) -> int | None:
        kept = min(size, MESSAGE_LIMIT)
        if len(self._buffer) - body < kept:
            return None
        messages.append(bytes(self._buffer[body : body + kept]))
        if size > kept:
            self.oversize += 1
            self._skip = size - kept
        return body + kept

    def _line(self, at: int, messages: list[bytes]) -> int | None:
        buffer = self._buffer
        is_strange = self._is_cut or buffer[at] != _LESS
        found = (_END_OR_COUNT if is_strange else _END).search(buffer, at + self._scanned)
        if found is None and len(buffer) - at <= MESSAGE_LIMIT:
            self._scanned = max(self._scanned, len(buffer) - at - (_OVERLAP if is_strange else 0))
            return None
        end = len(buffer) if found is None else found.start()
        if not self._is_cut:
            self.oversize += end - at > MESSAGE_LIMIT
            line = bytes(buffer[at : min(end, at + MESSAGE_LIMIT)]).strip(_BETWEEN)
            if line:
                messages.append(line)
        self._scanned = 0
        self._is_cut = found is None
        return max(at + 1, end - _OVERLAP) if found is None else found.end()
