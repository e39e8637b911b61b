"""Pure. `show logging`: a device's own log, a row a message, in the forms of IOS, NX-OS, XR, EOS, JunOS and FRR.

    *Mar  1 00:00:01.123: %SYS-5-CONFIG_I: Configured from console by console
    2026 Apr 11 14:00:00 sw1 %ETHPORT-5-IF_UP: Interface Ethernet1/1 is up
    RP/0/RSP0/CPU0:Mar  1 00:00:01.123 : ifmgr[257]: %PKT_INFRA-LINK-3-UPDOWN : Interface Gi0/0/0/1, changed state
    Mar  1 00:00:01  r1 rpd[1234]: RPD_BGP_NEIGHBOR_STATE_CHANGED: BGP peer 10.0.0.1 changed state

What precedes the messages (levels, counts, hosts logged to) is heading. Other vendors register `parse` as it is.
"""

from __future__ import annotations

import re

from statetrace_engine.model.captured import LogRow
from statetrace_engine.parsing.patterns import late
from statetrace_engine.parsing.shown import Ask, Shown

_CLOCK = r"\d{1,2}:\d\d:\d\d(?:[.,]\d{1,9}+)?"
_STAMP = rf"""(?:
    [A-Z][a-z]{{2}}\ {{1,3}}\d{{1,2}}(?:\ \d{{4}})?,?\ {_CLOCK}
        (?:\ [A-Z][A-Za-z0-9+-]{{1,9}}(?=\ ?:))?(?:\ 20\d\d(?=\ ))?
  | \d{{4}}\ [A-Z][a-z]{{2}}\ {{1,3}}\d{{1,2}}\ {_CLOCK}(?:\ [A-Z]{{2,5}}(?=:))?
  | \d{{4}}[-/]\d\d[-/]\d\d[T\ ]{_CLOCK}(?:Z|\ ?[+-]\d\d:?\d\d)?
  | (?:\d{{1,3}}y)?(?:\d{{1,3}}w)?\d{{1,3}}[dwh](?:\d{{1,2}}h)?(?=:)
  | {_CLOCK}(?=:)
)"""
_HEAD = r"(?:<\d{1,3}>\d*+:?\ *+)?(?:\d{1,12}+:\ ++)?(?:[A-Z0-9]{1,6}+(?:/[A-Z0-9]{1,6}+){1,3}:\ ?+)?[*.:]?"
_TAG = r"%(?P<facility>[A-Z0-9_]++(?:-[A-Z0-9_]++)*)-(?P<severity>[0-7])-(?P<mnemonic>[A-Za-z0-9_]++)\ ?:"
_LEVEL = r"(?:emergencies|alerts|critical|errors|warnings|notifications|informational|debugging)"

_MESSAGE = late(
    rf"""^(?:
      {_HEAD}(?:(?P<at>{_STAMP})[^%\n]*+(?:%\$[^%\n]*+%\$[^%\n]*+)?)?{_TAG}[\ \t]*+(?P<text>[^\n]*)
    | {_HEAD}(?P<bare_at>{_STAMP})(?:
          \ ++(?:[^\s:\[\]]++\ ++)?(?P<program>[A-Za-z][\w./-]*+)(?:\[\d*+\])?:[\ \t]*+
          (?:\[[A-Z0-9]++-[A-Z0-9]++\]\ )?(?:%?(?P<tag>[A-Z][A-Z0-9]*+(?:_[A-Z0-9]++)++|(?<=%)[A-Z0-9]++):\ )?
        | \ ?:\ *+
        | \ ++ )(?P<bare_text>[^\n]*)
    | (?P<heading>
        (?:Syslog\ logging|Console\ logging|Monitor\ logging|Buffer\ logging|Trap\ logging|Log\ Buffer|Log\ File|
           Logging\ (?:console|monitor|linecard|timestamp|server|logflash|logfile|source-interface|rate-limit|to)|
           Name\ -|Facility\ ++|[-]{{8,}}+|No\ (?:Active|Inactive|active)|Persistent\ logging|Exception\ [Ll]ogging|
           Facility:|Timestamp\ format|Count\ and\ timestamp|File\ logging|Monitor:|Synchronous\ logging|
           External\ configuration|No\ logs\ |ESM:|\d++\(emergencies\)|\d++\(errors\)|\d++\(information\)|
           xml|filtering|SysLog\ )[^\n]*+
      | (?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)\ [A-Z][a-z]{{2}}\ ++\d{{1,2}}\ {_CLOCK}\ [A-Z]{{2,5}}\ *+(?=$)
      | \w[\w/-]*+\ ++(?:{_LEVEL}\ ++{_LEVEL}|[0-7]\ ++[0-7])\ *+(?=$)
      | \ {{2,}}+(?![^\n%]{{0,80}}%[A-Z])[^\n]*+ )
    | (?P<rest>[^\n]*\S[^\n]*)
    )$""",
    re.VERBOSE | re.MULTILINE,
)


def parse(text: str, ask: Ask) -> Shown:
    """A LogRow per message, in the order shown; a line of BSD syslog names its program as the facility."""
    del ask
    shown = Shown()
    for found in _MESSAGE.finditer(text):
        if (facility := found["facility"]) is not None:
            row = LogRow(found["at"], facility, int(found["severity"]), found["mnemonic"], found["text"].rstrip())
        elif (at := found["bare_at"]) is not None:
            row = LogRow(at, found["program"], None, found["tag"], found["bare_text"].rstrip())
        else:
            if found["rest"] is not None:
                shown.unparsed.append(found.span())
            continue
        shown.add(row, found.start(), found.end())
    return shown
