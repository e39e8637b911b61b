"""Pure. What a secret looks like, by keyword and by shape: one table for captures and for syslog.

A row is tried on a line that holds one of its triggers, in lower case. What one of its named groups covers is secret.
`M` stands for text that is redacted already: a row passes over it and never takes it for a value. Every repetition is
possessive or bounded, so that a row costs time linear in the line.
"""

# ruff: noqa: E501 - a rule stands on one line
from __future__ import annotations

import re
from typing import NamedTuple

from statetrace_engine.parsing.patterns import late

MASK = "\ufdd0"
"""Stands where a secret stood; a noncharacter, so that no device can have printed it in earnest."""
M = MASK


class Rule(NamedTuple):
    kind: str
    triggers: tuple[str, ...]
    pattern: re.Pattern[str]


_ALGORITHM = r"(?:hmac-)?(?:md5|sha)(?:-?\d{1,3}){0,2}|scrypt|pbkdf2|keyed-md5|cmac-aes-\d+|aes-\d+-cmac"
TYPE = (
    r"(?>(?:(?:level\s++\d+|\d{1,2}|8a|encrypted|clear|clear-text|cleartext|plain-text|plain-text-password|plaintext|plain|ciphertext|cipher|simple|ascii-text|"
    r"ascii|hex|hexadecimal|hash|key-value|irreversible-cipher|unencrypted|text|string|value|type\s++\S{1,20}|"
    + _ALGORITHM
    + r")(?:\s++(?=\S))|(?:is|set to)\s++(?=[\"'])){0,6})"
)
"""How the secret is written, which stands before it: `secret 5 …`, `key 7 …`, `secret sha512 …`."""
WHERE = (
    r"(?>(?:(?:peer\s++\S{1,80}|option\s++\d+\s++for\s++\S{1,80}|required\s++for\s++\S{1,80}|manager|operator|user-name\s++\S{1,80}|accept|send|"
    r"fallback|rollover|default|local|remote|for\s++user\s++\S{1,80})\s++(?=\S)){0,6})"
)
"""Whose password it is, where a vendor says so after the keyword."""
_HIDDEN = r"(?!\*{2,}|<(?:removed|hidden|redacted|omitted|secret)|\"?\(?(?:none|null|nil|not[-\s]set|set:|configured)\)?\"?(?:\s|$)|\$\(|\{\{)"
"""What others put in a secret's place, or templates."""
_VALUE = rf"(?:\\?\"{M}*+(?P<quoted>(?:[^\"\\{M}]|\\[^\"{M}])++)|'{M}*+(?P<single>[^'{M}]++)'?|{_HIDDEN}{M}*+(?![;,)\]}}>\"']{{1,3}}(?:[\s{M}]|$))(?P<bare>[^\s\"{M}][^\s{M}]*?)(?=[\"']?[;,)\]}}]?[\"']?(?:[\s{M}]|$)))"
SECRET = rf"(?![{{}}|]\s*$){_VALUE}"
_IS = r"(?:[\"']?\s*+[:=]\s*+|[\"']?\s++)"
_PROSE = (
    r"(?!(?:for|is|was|were|has|have|had|been|expir\w*|chang\w*|policy|prompt|or|and|to|of|not|on|in|at|the|a|an|recovery|"
    r"incorrect\w*|mismatch\w*|required|fail\w*|accepted|from|with|by|error\w*|invalid|authenticat\w*|check\w*|too|will|must|"
    r"cannot|entered|configured|set|reset|mode|encryption|minimum|strength\S*|length|file|database|attempt\w*|manager|server|"
    r"login|user\w*|key|keys|does|did|but|as|if|when|no|removed|added|updated|deleted|created|exchange|method|authority|history|"
    r"aging|secure|disabled|enabled|hidden|never|yes|confidential|safe|private|contact|please|before|after|hash|"
    r"complexity|protect\w*|restrict\w*|min-\S*|max-\S*|life\S*|prohibit\S*|default|keychain|key-chain|none)\b(?!-\d|[!@#$%^&*])(?=[\s.,;:]|$))"
)


def _rule(kind: str, triggers: str, pattern: str) -> Rule:
    return Rule(kind, tuple(triggers.split("|")), late(pattern, re.IGNORECASE | re.ASCII))


_WORDS = r"password(?:-value|\d)?|passwd|passphrase|passcode|secret|pwd|phash|(?:auth|priv|bind)pwd|community-string|psksecret"
_LEAD = rf"(?<![A-Za-z0-9])(?:{_WORDS})"
_PASSWORD = "passw|passp|passc|secret|pwd|phash|community-string"
COMMAND_WORDS = (
    "command",
    "cmd",
    "ui_cfg",
    "accounting",
    "vty[",
    "username ",
    "neighbor ",
    "enable ",
    "set ",
    "user ",
    "sent-username ",
)
"""Announce configuration, where a password may be any word."""
_OPENS = late(rf"\s*+(?:no\s++)?(?:[\w-]{{0,30}})(?:{_WORDS})\s", re.IGNORECASE | re.ASCII)

TYPED = _rule("password", _PASSWORD, _LEAD + _IS + WHERE + TYPE + SECRET)
WRITTEN = _rule("password", _PASSWORD, _LEAD + _IS + WHERE + TYPE + _PROSE + SECRET)

RULES = (
    # JunOS audit: the path in brackets says what it is, and the old and new values follow it.
    _rule("password", "ui_cfg", rf"\[[^\]]{{0,400}}?(?:password|secret|passphrase|[-\s]key|community)[^\]]{{0,400}}\]\s++(?P<secret>(?!{M})\S[^{M}]*)"),
    _rule("secret", "secret-data", rf"(?P<secret>[^\s\";{M}]{{1,2000}})\"?;?\s*+(?:##|/\*)\s*+SECRET-DATA"),
    _rule("url", "://", rf"://[^\s/@:{M}]{{0,100}}:(?P<secret>[^\s@{M}/][^\s@{M}]{{0,200}}?)@"),
    _rule("hash", "$", rf"(?P<secret>\$(?:1|2[abxy]?|5|6|8|9|14|y|7|gy|sha1|sha256|sha512|pbkdf2[\w-]{{0,20}}|argon2\w{{0,2}}|scrypt|nt)\$[^\s\"';,<)\]}}>{M}]++)"),
    _rule("cipher", "aq==", r"(?P<secret>-AQ==[A-Za-z0-9+/=]++)"),
    _rule("cipher", "aqb", r"(?<![A-Za-z0-9+/])(?P<secret>AQB[A-Za-z0-9+/]{20,}+={0,2})"),
    _rule("token", "akia|asia|ghp_|gho_|ghs_|github_pat_|glpat-|xox|aiza|sk_live|eyj",
          r"(?<![A-Za-z0-9])(?P<secret>(?:AKIA|ASIA)[0-9A-Z]{16}|gh[pousr]_\w{20,255}|github_pat_\w{20,255}|glpat-[\w-]{20,64}|xox[abprs]-[\w-]{10,250}|AIza[\w-]{35}|sk_live_\w{10,99}|eyJ[\w-]{10,4000}\.[\w-]{5,4000}\.[\w-]{5,4000})"),
    _rule("token", "bearer|basic", r"\b(?:authorization[\"']?\s*+[:=]?\s*+[\"']?\s*+)?(?:bearer|basic)\s++(?P<secret>[A-Za-z0-9+/_.~-]{12,4000}={0,2})"),
    _rule("token", "token", r"(?<![A-Za-z0-9])tokens?" + _IS + _PROSE + r"(?!bucket|ring|rate|card|count|id\b|type\b|based|size|lifetime)" + SECRET),
    _rule("token", "auth=", rf"auth=(?:key|token-secure|token),(?P<secret>(?!/)[^\s,{M}]++)"),
    _rule("secret", "</", rf"<((?:[\w-]{{0,40}}-)?(?:key|phash|secret|password|passwd|passphrase|authpwd|privpwd|private-key|snmp-community-string|community|community-string|pre-shared-key|shared-secret|bind-password|pin|psk))(?:\s[^>]{{0,200}})?>\s*+(?P<secret>{_HIDDEN}[^<>{M}\s][^<>{M}]*)</"),
    _rule("key", "key-string", r"\bkey-(?:octet-)?string\s++(?:password\s++(?=\S))?+" + TYPE + rf"(?:\"(?P<quoted>[^\"{M}]++)|(?P<secret>[^\s\"{M}][^{M}]*?)(?=\s++cryptographic-algorithm|\"?\s*$))"),
    _rule("key", "key-octet-string|cak|sap pmk|--", rf"(?:\bkey-octet-string\s++{TYPE}|\bcak\s++|\bsap\s++pmk\s++|--\s++text\s++){SECRET}"),
    _rule("aaa-key", "key ", r"\b(?:tacacs|radius|ldap|aaa|dynamic-author|server-private|client)\S{0,64}\s(?:\S{1,80}\s++){0,14}?(?:server-|encrypted-)?key\s++(?!chain\b)" + TYPE + SECRET),
    _rule("aaa-key", "server-key|encrypted-key|shared-key", r"(?<![-\w])(?:server|encrypted|shared)-key\s++" + TYPE + SECRET),
    _rule("key", "key ", r"^\s*+key\s++[0-9a-f]{2,64}\s++[0578a]{1,2}\s++" + SECRET),
    _rule("key", "key ", r"(?<![-\w])key\s++(?:[0-9]|encrypted|clear|ciphertext|plaintext|cleartext|ascii-text|hexadecimal|hex)\s++(?!--|rsa\b|bit|attempt|size\b|secret\b|key-string\b|accept-|send-|hash-algo)" + TYPE + SECRET),
    _rule("key", "key ", r"^\s*+(?:pac\s++)?key\s++(?!\d+\s*$|\d+\s++(?:--|key-string|secret|md5|accept|send)|chain|generate|zeroize|export|import|storage|config-key|pubkey|mypubkey|exchange|encrypt|decrypt|rsa|id\b|fingerprint|length|size|type|name|version|usage|derivation|server|management|method|status|data|to\b|of\b|for\b|is\b|not\b|in\b)" + TYPE + SECRET),
    _rule("key", "key ", r"^\s*+key\s++(?P<secret>\d{4,}+)\s*$"),
    _rule("key", "ipsec spi|session-key", r"(?<![0-9a-z])(?:0x)?(?P<secret>[0-9a-f]{16,}+)(?![0-9a-z])"),
    _rule("key", "key-value", r"\bkey-value[\"']?\s*+[:=]?\s*+" + TYPE + SECRET),
    _rule("token", "idtoken", r"\bidtoken\s++" + SECRET),
    _rule("password", "manager environment", r"\bmanager\s++environment\s++\S{0,40}(?:pass|pw|secret|key|token|cred)\S{0,40}\s++" + SECRET),
    _rule("password", "mail server|mail-server", rf"\bmail[- ]server\s++\"?[^\s:@\"{M}]{{1,80}}:(?P<secret>[^\s@{M}]{{1,200}})@"),
    _rule("password", "pw=|pass=|_pass", r"(?<![A-Za-z0-9])(?:pw=|pass=|\w{1,40}_pass(?:[\"']?\s*+[:=]\s*+|\s++))" + SECRET),
    _rule("password", "curl ", rf"\bcurl\s(?:\S{{1,200}}\s++){{0,12}}?(?:-u|--user)\s++[\"']?[^\s:\"'{M}]{{1,80}}:(?P<secret>[^\s\"'{M}]++)"),
    _rule("password", "sshpass", rf"\bsshpass\s++-p\s*+(?:'(?P<single>[^'{M}]++)'|\"(?P<quoted>[^\"{M}]++)\"|(?P<bare>[^\s'\"{M}]++))"),
    _rule("password", "test aaa", r"\btest\s++aaa\s++group\s++\S{1,80}\s++(?:server\s++(?:name\s++)?\S{1,80}\s++)?+(?!server\b)\S{1,80}\s++" + SECRET),
    _rule("snmp-user", "snmpwalk|snmpget|snmpbulk|snmpset|snmptable|snmptrap", r"(?<=\s)-(?-i:[cAX])\s++" + SECRET),
    _rule("psk", "isakmp|ikev", r"\b(?:isakmp|ikev[12])\s++key\s++" + TYPE + SECRET),
    _rule("psk", "pre-shared-key", r"\bpre-shared-key\s++(?!key-chain|keychain|authentication|cak|ckn)(?:(?:local|remote|key|address\s++\S{1,80}(?:\s++(?!key\b)\S{1,80})?\s++key|hostname\s++\S{1,80}\s++key)\s++(?=\S))*+" + TYPE + SECRET),
    _rule("routing-key", "-key ", r"\b(?:message-digest-key|authentication-key|md5-key|privacy-key|encryption-key)\s++(?!chain)(?:\d++\s++(?=\S))?+(?:(?:key-id\s++\d+|esp|ah|spi\s++\d+|3des|des|aes-\S{1,9}|aes|null)\s++(?=\S))*+" + TYPE + SECRET),
    _rule("key", "key", r"\b(?!pre-?shared)(?:config-key\s++\S{1,40}|(?:\w{1,20}[-_])?(?:api|private|secret|access|session|auth|encryption|(?<!pre-)shared|master|wep|wpa|transmit|network|signing|account)[-_]key|set-key)(?:[\"']?\s*+[:=]\s*+|\s++)(?!chain|id\b|data|inbound\b|outbound\b|lifetime\b|(?:new|current)-master-key)" + TYPE + SECRET),
    _rule("routing-key", "key ", r"\b(?:(?:md5|authentication)\s++(?:\d++\s++)?|key-id\s++\d++\s++)key\s++" + TYPE + SECRET),
    _rule("wep", "encryption", r"\bencryption\s++(?:(?:vlan|mode)\s++\S{1,20}\s++)*+key\s++\d\s++size\s++\d+\s?bits?\s++" + TYPE + SECRET),
    _rule("routing-key", "authentication ", r"\b(?:standby|vrrp|glbp|hsrp)\s++(?:\S{1,30}\s++){0,3}?authentication\s++(?!md5\s++key-chain|key-chain|md5\s++timeout|mode|type)(?:md5\s++key-string\s++|text\s++(?=\S))?+(?!md5\b)" + TYPE + SECRET),
    _rule("routing-key", "authentication|auth-type", r"(?:^\s*+authentication\s++(?:text|string|simple|simple-text|md5\s++key-string)|\bauthentication\s++(?:mode\s++)?string|\btext-authentication|\bsimple-text-auth|\bauth-type\s++(?:simple|md5)\S{0,20})\s++" + TYPE + SECRET),
    _rule("routing-key", "hmac-sha", r"\bauthentication\s++mode\s++hmac-sha-\d+\s++" + TYPE + SECRET),
    _rule("routing-key", "nhrp", r"\bnhrp\s++authentication\s++" + TYPE + SECRET),
    _rule("snmp-user", "auth ", r"\bauth\s++(?:encrypted\s++)?(?:md5|sha(?:[- ]?\d{3})?+)\s++(?:auth-pass\s++(?=\S))?+" + TYPE + SECRET),
    _rule("snmp-user", "auth-pass|priv-pass", r"\b(?:auth|priv)-pass(?:word|wd)?\s++" + TYPE + SECRET),
    _rule("snmp-user", "priv ", r"\bpriv\s++(?:(?:(?:encrypted|clear)\s++)?(?:des56|des|3des|aes)(?:[- ]?(?:128|192|256))?+(?:-cfb)?\s++|(?=0x))(?:priv-pass\s++(?=\S))?+" + TYPE + SECRET),
    _rule("snmp-user", "priv ", rf"\bsnmp(?:-server|v3)\s++user\s(?:[^\s]{{1,120}}\s++){{1,12}}?priv\s++(?:(?:des56|des|3des|aes|\d{{3}}|aes-?\d{{3}}|encrypted|clear)\s++(?=\S))*+(?!auth\b|priv-pass){SECRET}"),
    _rule("snmp-user", "auth ", rf"\bsnmp(?:-server|v3)\s++user\s(?:[^\s]{{1,120}}\s++){{1,8}}?auth\s++(?!md5|sha|encrypted|priv){SECRET}"),
    _rule("snmp-user", "createuser", r"\bcreateuser\s++(?:-e\s++\S{1,80}\s++)?\S{1,80}\s++(?:md5|sha\S{0,4})\s++" + SECRET),
    _rule("snmp-user", "createuser", rf"\bcreateuser\s++\S{{1,80}}\s++\S{{1,9}}\s++\"?{M}++\"?\s++(?:des|aes)\S{{0,4}}\s++{SECRET}"),
    _rule("snmp-community", "communit", r"\bsnmp(?:-server|-agent)?\s++community\s++(?!from\b|name\b|string\b|in\b|for\b|map\b)(?:(?:read|write|read-only|read-write)\s++(?=\S))?+" + TYPE + SECRET),
    _rule("snmp-community", "communit", rf"^\s*+community\s++(?!add\b|set\b|delete\b|\[|\d+:\d+)\"?(?P<secret>[^\s\";{{{M}]++)\"?\s*+\{{"),
    _rule("snmp-community", "ommunit", r"\b(?:[rw][ow]community6?|trapcommunity)\s++" + SECRET),
    _rule("snmp-community", "com2sec", r"\bcom2sec6?\s++\S{1,80}\s++\S{1,80}\s++" + SECRET),
    _rule("snmp-community", "community-map", r"\bsnmp\s++mib\s++community-map\s++" + SECRET),
    _rule("snmp-community", "community index", r"\bsnmpv3\s++community\s++index\s++\S{1,80}\s++name\s++" + SECRET),
    _rule("snmp-community", "trap-group", r"\bsnmp\s++trap-group\s++" + SECRET),
    _rule("snmp-community", "community index|community securityname", r"\bcommunity\s++(?:index|securityname)\s*+:\s*+" + SECRET),
    _rule("snmp-community", "security model", r"\buser:\s++(?P<secret>[^\s" + M + r"]++)\s++security\s++model:\s++v(?:1|2c)\b"),
    _rule("snmp-community", "community", rf"\bcommunity\s*+(?:name|string)\s*+[:=(]\s*+\"?{_HIDDEN}(?P<secret>[^\s)\"{M}]++)"),
    _rule("snmp-community", "community", rf"\b(?<!-)community[\"']?\s*+[:=(]\s*+[\"']?{_HIDDEN}(?!(?:\d+:\d+|[\d,]+\s*$|no-|local-as|internet|graceful|none|blackhole|standard|extended|RT:|rt:|target:|route-target|origin|large|attribute|list|access|group|v\dc?\b))(?P<secret>[^\s)\"{M}]++)"),
    _rule("snmp-community", "communit", r"\bcommunity\s++(?:name|string)\s++(?:of\s++|is\s++)?(?!\()" + _PROSE + SECRET),
    _rule("snmp-community", "snmp-server host|snmp-server trap|snmp host", r"\bsnmp(?:-server)?\s++(?:host|trap-receiver)\s++\S{1,80}\s++(?:(?:traps?|informs?|vrf\s++\S{1,80}|use-vrf\s++\S{1,80}|udp-port\s++\d+)\s++(?=\S))*+(?:version\s++(?:v?1|v?2c|3\s++(?:auth|noauth|priv))\s++(?=\S))?+(?:community\s++(?=\S))?+"
          r"(?!version\b|traps?\b|informs?\b|vrf\b|use-vrf\b|source-interface\b|filter-vrf\b|udp-port\b|port\b|trap-level\b|all\b)" + TYPE + SECRET),
    _rule("psk", "psk|wpa", r"\b(?:wpa-psk|psk|psksecret|set-psk|wpa2?-passphrase)(?:\s*+[:=]\s*+|\s++)(?!mode\b|auth)(?:(?:set-key|is)\s++(?=\S))?+" + TYPE + SECRET),
)  # fmt: skip


_BY_TRIGGER: dict[str, list[int]] = {}
for _index, _each in enumerate(RULES):
    for _trigger in _each.triggers:
        _BY_TRIGGER.setdefault(_trigger, []).append(_index)


def worth_trying(lowered: str) -> list[Rule]:
    """The rules that a line in lower case has a trigger of, in order."""
    wanted = {index for trigger, indices in _BY_TRIGGER.items() if trigger in lowered for index in indices}
    return [RULES[index] for index in sorted(wanted)]


def password_rule(lowered: str) -> Rule:
    """Whether any word behind `password` is one, or only such as no sentence has there."""
    is_command = any(word in lowered for word in COMMAND_WORDS)
    return TYPED if is_command or (_OPENS.match(lowered) and len(lowered.split()) <= 4) else WRITTEN
