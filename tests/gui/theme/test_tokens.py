"""The colours: every text stands out from what it stands on, in both themes."""

from __future__ import annotations

import pytest

from casefield.gui.theme.tokens import DARK, LIGHT, Palette, Tone, contrast

LEAST = 4.5  # WCAG 2.2, text
LEAST_SHAPE = 3.0  # WCAG 2.2, what is no text but must be seen
TEXTS = (
    ("ink", "panel"),
    ("ink", "background"),
    ("ink", "accent_wash"),
    ("ink", "danger_wash"),
    ("mute", "panel"),
    ("mute", "background"),
    ("mute", "accent_wash"),
    ("mute", "danger_wash"),
    ("accent", "panel"),
    ("accent", "background"),
    ("accent", "accent_wash"),
    ("danger", "panel"),
    ("danger", "background"),
    ("danger", "accent_wash"),
    ("warning", "panel"),
    ("good", "panel"),
    ("on_accent", "accent"),
    ("on_accent", "accent_hover"),
    ("on_danger", "danger"),
    ("rail_text", "rail"),
    ("rail_text", "rail_pick"),
    ("rail_ink", "rail"),
    ("rail_ink", "rail_pick"),
    ("rail_faint", "rail"),
    ("rail_ink", "badge"),
)


def test_contrast_is_that_of_wcag() -> None:
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21)
    assert contrast("#777777", "#FFFFFF") == pytest.approx(4.48, abs=0.01)
    assert contrast("#FFFFFF", "#777777") == contrast("#777777", "#FFFFFF")


@pytest.mark.parametrize("palette", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize(("text", "ground"), TEXTS)
def test_text_can_be_read(palette: Palette, text: str, ground: str) -> None:
    assert contrast(palette.colour(text), palette.colour(ground)) >= LEAST


@pytest.mark.parametrize("palette", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize("tone", list(Tone))
def test_a_chip_can_be_read(palette: Palette, tone: Tone) -> None:
    assert contrast(*palette.tone(tone)) >= LEAST


@pytest.mark.parametrize("palette", [LIGHT, DARK], ids=["light", "dark"])
def test_a_focus_ring_and_a_box_to_tick_are_seen(palette: Palette) -> None:
    for ring in ("accent", "ink", "mute"):
        for ground in ("panel", "background"):
            assert contrast(palette.colour(ring), palette.colour(ground)) >= LEAST_SHAPE
    assert contrast(palette.rail_text, palette.rail) >= LEAST_SHAPE


def test_a_token_that_is_none_is_refused() -> None:
    with pytest.raises(AttributeError):
        LIGHT.colour("puce")
