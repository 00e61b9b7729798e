"""The colours by their meaning, light and dark; no page names a colour itself."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Tone(StrEnum):
    """What a chip, banner or button says by its colour, always beside a word or icon."""

    NEUTRAL = "neutral"
    ACCENT = "accent"
    DANGER = "danger"
    WARNING = "warning"
    GOOD = "good"
    INFO = "info"


@dataclass(frozen=True)
class Palette:
    """One theme's colours, as ``#RRGGBB``."""

    name: str
    background: str
    panel: str
    line: str
    ink: str
    mute: str
    faint: str
    accent: str
    accent_wash: str
    on_accent: str
    accent_hover: str
    danger: str
    danger_wash: str
    on_danger: str
    warning: str
    warning_wash: str
    good: str
    good_wash: str
    info: str
    info_wash: str
    rail: str
    rail_ink: str
    rail_text: str
    rail_pick: str
    rail_faint: str
    badge: str
    track: str

    def tone(self, tone: Tone) -> tuple[str, str]:
        """Return (text, wash) of a tone."""
        if tone is Tone.NEUTRAL:
            return self.mute, self.background
        return getattr(self, tone.value), getattr(self, f"{tone.value}_wash")

    def colour(self, token: str) -> str:
        """Return a colour by the name of its token.

        Raises:
            AttributeError: there is no such token.
        """
        return str(getattr(self, token))


LIGHT = Palette(
    name="light",
    background="#F5F6F8",
    panel="#FFFFFF",
    line="#E1E5EA",
    ink="#17212B",
    mute="#5A6775",
    faint="#8A96A3",
    accent="#0F6B6E",
    accent_wash="#E3F1F0",
    on_accent="#FFFFFF",
    accent_hover="#0C5A5C",
    danger="#B3261E",
    danger_wash="#FBE9E7",
    on_danger="#FFFFFF",
    warning="#8A5A00",
    warning_wash="#FFF3D6",
    good="#1E6B3A",
    good_wash="#E3F3E8",
    info="#1F4E8C",
    info_wash="#E6EEF9",
    rail="#10282B",
    rail_ink="#FFFFFF",
    rail_text="#CFE0DF",
    rail_pick="#1C3D40",
    rail_faint="#9DB5B4",
    badge="#C0392F",
    track="#EEF1F4",
)

DARK = Palette(
    name="dark",
    background="#12171C",
    panel="#1A2128",
    line="#2C3640",
    ink="#E6EBF0",
    mute="#A3B0BC",
    faint="#74828F",
    accent="#5CC2BD",
    accent_wash="#173537",
    on_accent="#0B1F20",
    accent_hover="#74D0CB",
    danger="#FF8A80",
    danger_wash="#3A1E1C",
    on_danger="#2A0E0C",
    warning="#F2C14E",
    warning_wash="#382C10",
    good="#7FD19B",
    good_wash="#173222",
    info="#8DB8F2",
    info_wash="#18283E",
    rail="#0C1A1C",
    rail_ink="#FFFFFF",
    rail_text="#CFE0DF",
    rail_pick="#163033",
    rail_faint="#9FB6B5",
    badge="#B3362D",
    track="#242D36",
)


def contrast(one: str, other: str) -> float:
    """Return the contrast of two colours, 1 to 21 (WCAG 2.2, relative luminance)."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
