"""Pure. What a router's SNMP agent and its syslog daemon are told."""

from __future__ import annotations

from pathlib import Path

USER, AUTH, PRIV = "watcher", "auth-pass-of-testbed", "priv-pass-of-testbed"
_SNMPD = """agentAddress udp:161,udp6:161
createUser {user} SHA {auth} AES {priv}
rouser {user} priv
master agentx
agentXSocket {folder}/agentx
agentXPerms 0777 0777
trap2sink {jump}:1162 public
createUser self SHA {auth} AES {priv}
iquerySecName self
rouser self
notificationEvent up .1.3.6.1.6.3.1.1.5.4 .1.3.6.1.2.1.2.2.1.1 .1.3.6.1.2.1.2.2.1.7 .1.3.6.1.2.1.2.2.1.8
notificationEvent down .1.3.6.1.6.3.1.1.5.3 .1.3.6.1.2.1.2.2.1.1 .1.3.6.1.2.1.2.2.1.7 .1.3.6.1.2.1.2.2.1.8
monitor -u self -r 1 -e up "linkUp" .1.3.6.1.2.1.2.2.1.8 != 2
monitor -u self -r 1 -e down "linkDown" .1.3.6.1.2.1.2.2.1.8 == 2
"""
_RSYSLOG = """module(load="imuxsock" SysSock.Use="off")
input(type="imuxsock" Socket="{folder}/log.sock" CreatePath="on" UseSpecialParser="off" ParseHostname="on")
template(name="line" type="string"
  string="<%PRI%>1 %TIMESTAMP:::date-rfc3339% {hostname} %APP-NAME% %PROCID% - - %msg%")
action(type="omfwd" target="{jump}" port="5514" protocol="udp" template="line")
action(type="omfile" file="{folder}/syslog" template="RSYSLOG_SyslogProtocol23Format")
"""


def snmpd(folder: Path, jump: str) -> str:
    return _SNMPD.format(user=USER, auth=AUTH, priv=PRIV, folder=folder, jump=jump)


def subagent(folder: Path) -> str:
    """Of FRR's daemons, which speak to the agent."""
    return f"agentXSocket {folder}/agentx\n"


def rsyslogd(folder: Path, hostname: str, jump: str) -> str:
    return _RSYSLOG.format(folder=folder, hostname=hostname, jump=jump)
