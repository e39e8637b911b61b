"""Pure. What happened to a device as a whole: restarts (RFC 3418) and changes of its configuration.

    ccmHistoryEventCommandSource.3 1, ccmHistoryEventConfigSource.3 2, ccmHistoryEventConfigDestination.3 3      IOS
    jnxCmCfgChgEventUser.12 "bob", jnxCmCfgChgEventLog.12 "drain core2"                                          JunOS

From CISCO-CONFIG-MAN-MIB and JUNIPER-CFGMGMT-MIB; not checked against a device.
"""

from __future__ import annotations

from statetrace_engine.model.observation import DeviceEvent, DeviceEventKind
from statetrace_engine.model.text import decode
from statetrace_engine.parsing import facts, redact
from statetrace_engine.parsing.facts import Said
from statetrace_engine.parsing.traps.varbinds import Build, Trap, Varbinds

_CISCO_DESTINATION, _CISCO_USER = "1.3.6.1.4.1.9.9.43.1.1.6.1.5", "1.3.6.1.4.1.9.9.43.1.1.6.1.8"
_RUNNING = 3
_JUNIPER_USER, _JUNIPER_LOG = "1.3.6.1.4.1.2636.3.18.1.7.1.5", "1.3.6.1.4.1.2636.3.18.1.7.1.6"


def _restarted(text: str) -> Build:
    return lambda _: (DeviceEvent(kind=DeviceEventKind.RESTART, text=text),)


def _cisco(varbinds: Varbinds) -> tuple[Said, ...]:
    """A copy to the startup configuration or elsewhere changes nothing."""
    if varbinds.number(_CISCO_DESTINATION) not in (None, _RUNNING):
        return ()
    return (_changed(b"running configuration changed", varbinds.words(_CISCO_USER)),)


def _juniper(varbinds: Varbinds) -> tuple[Said, ...]:
    log = redact.line(varbinds.words(_JUNIPER_LOG))[0]
    return (_changed(log or b"configuration committed", varbinds.words(_JUNIPER_USER)),)


def _changed(text: bytes, who: bytes) -> DeviceEvent:
    return DeviceEvent(kind=DeviceEventKind.CONFIG_CHANGE, text=facts.detail(text), who=decode(who, 100))


TRAPS = {
    "1.3.6.1.6.3.1.1.5.1": Trap("coldStart", _restarted("cold start")),
    "1.3.6.1.6.3.1.1.5.2": Trap("warmStart", _restarted("warm start")),
    "1.3.6.1.4.1.9.9.43.2.0.1": Trap("ciscoConfigManEvent", _cisco),
    "1.3.6.1.4.1.9.9.43.2.0.2": Trap("ccmCLIRunningConfigChanged", _cisco),
    "1.3.6.1.4.1.2636.4.5.0.1": Trap("jnxCmCfgChange", _juniper),
}
