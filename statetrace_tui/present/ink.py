"""Pure. Roles, not colours: every span names a role and a theme says what the role looks like.

`crit major warn unk ok` are severities; with `*` they are filled, which means that nobody has it. Tones are
backgrounds: `bg raised sel over well add rem`, `added removed` for the words of a line that changed; `@caret` is the
cell under a text cursor.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, lru_cache

from rich.color import Color
from rich.style import Style

SEVERITIES = ("crit", "major", "warn", "unk", "ok")
TONES = ("bg", "raised", "sel", "over", "well", "add", "rem", "added", "removed")
_CHANGED = ("added", "removed")
TEXTS = ("text", "strong", "dim", "accent")
NAMES = ("dark", "light", "16", "mono")

_DARK = {
    "bg": "#0D1117", "raised": "#151B23", "sel": "#1B2A3D", "over": "#1F2833", "well": "#070A0E",
    "text": "#C3CCD6", "strong": "#F4F7FA", "dim": "#8B97A6", "faint": "#3A4553", "quiet": "#5F6B7B",
    "accent": "#74CFF5", "crit": "#FF635B", "major": "#FFB04D", "warn": "#FFF1B3", "unk": "#D07BFF",
    "ok": "#5EDB86", "ink": "#0B0E13", "fcrit": "#FF5A52", "fmajor": "#FFB04D", "fwarn": "#FFF1B3",
    "funk": "#D07BFF", "fok": "#5EDB86", "add": "#12301F", "rem": "#3A1A1C", "added": "#1E6B3C", "removed": "#8A2C31",
}  # fmt: skip
_LIGHT = {
    "bg": "#FBFAF7", "raised": "#F1EFE9", "sel": "#D6E4F5", "over": "#DFE5EA", "well": "#E4E0D6",
    "text": "#2B3036", "strong": "#08090B", "dim": "#5A626C", "faint": "#C9C6BD", "quiet": "#85827A",
    "accent": "#005E7D", "crit": "#A30A3C", "major": "#8F4B00", "warn": "#666300", "unk": "#7527B5",
    "ok": "#00695F", "ink": "#FFFFFF", "fcrit": "#C2141D", "fmajor": "#FFB52E", "fwarn": "#FFE56B",
    "funk": "#7527B5", "fok": "#00695F", "add": "#DDF0E0", "rem": "#FADFDC", "added": "#A3DDB0", "removed": "#F3B0AA",
}  # fmt: skip
_SIXTEEN = {
    "bg": 0, "raised": 0, "sel": 4, "over": 0, "well": 0, "text": 7, "strong": 15, "dim": 7, "faint": 8,
    "quiet": 8, "accent": 14, "crit": 9, "major": 11, "warn": 15, "unk": 13, "ok": 10, "ink": 0, "fcrit": 1,
    "fmajor": 3, "fwarn": 7, "funk": 5, "fok": 2, "add": 0, "rem": 0, "added": 2, "removed": 1,
}  # fmt: skip
_VGA = (
    "#000000", "#AA0000", "#00AA00", "#AA5500", "#0000AA", "#AA00AA", "#00AAAA", "#AAAAAA",
    "#555555", "#FF5555", "#55FF55", "#FFFF55", "#5555FF", "#FF55FF", "#55FFFF", "#FFFFFF",
)  # fmt: skip
_PALETTES: dict[str, dict[str, str]] = {
    "dark": _DARK,
    "light": _LIGHT,
    "16": {role: _VGA[index] for role, index in _SIXTEEN.items()},
    "mono": {role: "#000000" if role in (*TONES, "ink") else "#C8C8C8" for role in _DARK},
}


@dataclass(frozen=True)
class Theme:
    """A palette on a terminal: `theme.style(tone, role)` for every span."""

    name: str
    is_ascii: bool = False
    """Translate every glyph to ASCII."""

    @property
    def is_flat(self) -> bool:
        """No tones to tell panes apart: a rule must."""
        return self.name in ("16", "mono")

    @property
    def is_dark(self) -> bool:
        return self.name != "light"

    def hex(self, role: str) -> str:
        """The role's colour as `#RRGGBB`; for 16 colours, as a VGA shows it."""
        return _PALETTES[self.name][role]

    def style(self, tone: str, role: str = "", veil: bool = False) -> Style:
        """What a span of `role` looks like on `tone`; veiled, all but rules is dim."""
        return _style(self.name, tone, role, veil)


@lru_cache(maxsize=4096)
def _style(name: str, tone: str, role: str, veil: bool) -> Style:
    if role.startswith("@"):
        tone, _, role = role[1:].partition(" ")
    if tone == "caret":
        return Style(reverse=True)
    if veil and role != "faint":
        role = "dim"
    if name == "mono":
        return _mono(tone, role)
    fill = role.endswith("*")
    word = role.rstrip("*!")
    if fill:
        background, foreground = f"f{word}", _readable(name, f"f{word}")
    else:
        background, foreground = tone, _on_tone(name, tone, word or "text")
    bold = fill or role.endswith("!") or word == "strong" or word in SEVERITIES
    return Style(color=_color(name, foreground), bgcolor=_color(name, background), bold=bold or None)


def _on_tone(name: str, tone: str, word: str) -> str:
    """On blue, sixteen colours leave only white readable, on green only black; on real colours every role is."""
    word = "accent" if word == "key" else word
    if name == "16" and tone in _CHANGED:
        return _readable(name, tone)
    if name == "16" and tone == "sel":
        return {"dim": "text", "quiet": "text", "faint": "text", "accent": "accent"}.get(word, "strong")
    return word


def _mono(tone: str, role: str) -> Style:
    """No colour codes at all: reverse is filled, bold is strong, underlined is what changed in a line."""
    if tone in _CHANGED:
        return Style(bold=True, underline=True)
    if role.endswith("*"):
        return Style(bold=True, reverse=True)
    word = role.rstrip("!")
    is_bold = role.endswith("!") or word in ("strong", "key", *SEVERITIES) or (tone == "sel" and word in ("", "text"))
    return Style(bold=True) if is_bold else Style.null()


def _readable(name: str, fill: str) -> str:
    palette = _PALETTES[name]
    return max(("ink", "strong"), key=lambda role: contrast(palette[role], palette[fill]))


@cache
def _color(name: str, role: str) -> Color:
    if name == "16":
        return Color.from_ansi(_SIXTEEN[role])
    return Color.parse(_PALETTES[name][role])


def contrast(one: str, other: str) -> float:
    """WCAG 2 contrast of two `#RRGGBB` colours, 1 to 21."""
    low, high = sorted((_luminance(one), _luminance(other)))
    return (high + 0.05) / (low + 0.05)


def _luminance(color: str) -> float:
    channels = [int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
