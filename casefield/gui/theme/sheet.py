"""The one style sheet, generated from a palette. Sizes are points, so text scaling is kept."""

from __future__ import annotations

from casefield.gui.theme.tokens import Palette, Tone

FAMILY = "Inter"
BODY = 10.5
SMALL = 9.4
TITLE = 9.75
SECTION = 12.0
PAGE = 14.5
MARK = 13.5
HUGE = 21.0
KEY = 8.25


def style_sheet(p: Palette, text: float = 1.0) -> str:
    """Return the style sheet of a palette, with text so many times as large as usual."""

    def pt(points: float) -> str:
        return f"{points * text:g}pt"

    def px(pixels: int, less: int = 0) -> str:
        return f"{round(pixels * text) - less}px"

    chips = "\n".join(_chip(p, tone, pt(SMALL)) for tone in Tone)
    return f"""
* {{ font-family: "{FAMILY}"; font-size: {pt(BODY)}; }}
QWidget {{ color: {p.ink}; }}
QMainWindow, QDialog, #page, #scrolled {{ background: {p.background}; }}
#scrolledcard {{ background: {p.panel}; }}
#cover {{ background: transparent; }}
QScrollArea {{ background: transparent; border: none; }}
QToolTip {{ background: {p.panel}; color: {p.ink}; border: 1px solid {p.line}; padding: 4px 6px; }}

QLabel[role="page"] {{ font-size: {pt(PAGE)}; font-weight: 700; }}
QLabel[role="section"] {{ font-size: {pt(SECTION)}; font-weight: 700; }}
QLabel[role="title"] {{ font-size: {pt(TITLE)}; font-weight: 600; }}
QLabel[role="strong"] {{ font-weight: 600; }}
QLabel[role="mute"] {{ color: {p.mute}; }}
QLabel[role="small"] {{ color: {p.mute}; font-size: {pt(SMALL)}; }}
QLabel[role="quote"] {{ font-size: {pt(SECTION)}; }}
QLabel[role="mark"] {{ font-size: {pt(MARK)}; font-weight: 700; }}
QLabel[role="score"] {{ font-size: {pt(HUGE)}; font-weight: 700; }}
QLabel[role="danger"] {{ color: {p.danger}; font-weight: 600; }}
QLabel[role="warning"] {{ color: {p.warning}; font-weight: 600; }}
QLabel[role="good"] {{ color: {p.good}; font-weight: 600; }}
QLabel[role="complaint"] {{ color: {p.danger}; font-size: {pt(SMALL)}; }}

QFrame#card {{ background: {p.panel}; border: 1px solid {p.line}; border-radius: 10px; }}
QFrame#bar {{ background: {p.panel}; border: none; border-bottom: 1px solid {p.line}; }}
QFrame#hairline {{ background: {p.line}; border: none; max-height: 1px; min-height: 1px; }}
QFrame#alert {{ background: {p.panel}; border: 1px solid {p.danger}; border-radius: 10px; }}
QFrame#footbar {{ background: {p.panel}; border: none; border-top: 1px solid {p.line}; }}
QFrame#formrow {{ background: transparent; border: none; border-bottom: 1px solid {p.line}; }}
QFrame#lastrow {{
  background: transparent; border: none;
  border-bottom-left-radius: 9px; border-bottom-right-radius: 9px;
}}
QFrame#formrow[state="alarm"], QFrame#lastrow[state="alarm"] {{ background: {p.danger_wash}; }}
QFrame#formrow[state="declined"], QFrame#lastrow[state="declined"] {{
  background: {p.background};
}}
QPushButton#more {{
  border: none; background: transparent; padding: 0; min-height: {px(24)};
  min-width: {px(28)}; max-width: {px(28)};
}}
QPushButton#more:hover {{ background: {p.background}; border-radius: 6px; }}
QFrame#demo {{ background: {p.warning_wash}; border: none; border-bottom: 1px solid {p.line}; }}
QFrame#disputed {{ background: {p.warning_wash}; border: 1px solid {p.line}; border-radius: 10px; }}
QFrame#demo QLabel {{ color: {p.warning}; font-size: {pt(SMALL)}; font-weight: 600; }}

QPushButton {{
  background: {p.panel}; color: {p.ink}; border: 1px solid {p.line}; border-radius: 8px;
  padding: 0 12px; min-height: {px(30)}; font-size: {pt(TITLE)}; font-weight: 500;
}}
QPushButton:hover {{ border-color: {p.faint}; }}
QPushButton:pressed {{ background: {p.background}; }}
QPushButton:focus {{ border: 2px solid {p.accent}; padding: 0 11px; min-height: {px(30, 2)}; }}
QPushButton:disabled {{ color: {p.faint}; background: {p.background}; }}
QPushButton[role="primary"] {{
  background: {p.accent}; color: {p.on_accent}; border: 1px solid {p.accent}; font-weight: 600;
}}
QPushButton[role="primary"]:hover {{ background: {p.accent_hover}; }}
QPushButton[role="primary"]:focus {{ border: 2px solid {p.ink}; }}
QPushButton[role="primary"]:disabled {{
  background: {p.track}; color: {p.mute}; border-color: {p.line};
}}
QPushButton[role="alarm"] {{
  background: {p.danger}; color: {p.on_danger}; border: 1px solid {p.danger}; font-weight: 600;
}}
QPushButton[role="alarm"]:focus {{ border: 2px solid {p.ink}; }}
QPushButton[role="destructive"] {{ color: {p.danger}; border: 1px solid {p.danger}; }}
QPushButton[role="link"] {{
  background: transparent; border: none; color: {p.accent}; padding: 0; min-height: {px(20)};
  text-align: left; font-weight: 500;
}}
QPushButton[role="link"]:hover {{ text-decoration: underline; }}
QPushButton[role="link"]:focus {{
  border: 2px solid {p.accent}; border-radius: 4px; padding: 0; min-height: {px(20, 4)};
}}
QPushButton[role="icon"] {{ padding: 0; min-width: {px(30)}; max-width: {px(30)}; }}
QPushButton[role="icon"]:focus {{ padding: 0; min-width: {px(30, 2)}; max-width: {px(30, 2)}; }}
QPushButton[role="answer"] {{ min-height: {px(26)}; padding: 0 8px; font-size: {pt(SMALL)}; }}
QPushButton[role="answer"]:checked {{
  background: {p.accent}; color: {p.on_accent}; border-color: {p.accent}; font-weight: 600;
}}
QPushButton[role="answer"]:focus, QPushButton[role="answer"][ring="true"] {{
  border: 2px solid {p.ink}; padding: 0 7px; min-height: {px(26, 2)};
}}
QPushButton[role="answer"][fixed="true"] {{
  background: transparent; color: {p.mute}; border-color: transparent;
}}
QPushButton[role="answer"][fixed="true"]:checked {{
  background: {p.accent_wash}; color: {p.accent}; border-color: {p.accent_wash};
}}
QPushButton[role="filter"] {{ min-height: {px(24)}; border-radius: 12px; font-size: {pt(SMALL)}; }}
QPushButton[role="filter"]:checked {{
  background: {p.accent_wash}; color: {p.accent}; border-color: {p.accent}; font-weight: 600;
}}
QPushButton[role="filter"]:focus {{ min-height: {px(24, 2)}; }}

QLineEdit, QPlainTextEdit, QComboBox, QDateEdit, QDateTimeEdit {{
  background: {p.panel}; color: {p.ink}; border: 1px solid {p.line}; border-radius: 8px;
  padding: 4px 10px; min-height: {px(22)}; selection-background-color: {p.accent};
  selection-color: {p.on_accent}; placeholder-text-color: {p.mute};
}}
QComboBox {{ padding: 4px 12px; }}
QComboBox:focus {{ padding: 3px 11px; }}
QDateEdit, QDateTimeEdit {{ min-height: {px(20)}; }}
QLineEdit {{ lineedit-password-character: 8226; }}
QPlainTextEdit {{ padding: 8px 10px; }}
QLineEdit:focus, QPlainTextEdit:focus, QComboBox:focus, QDateEdit:focus, QDateTimeEdit:focus {{
  border: 2px solid {p.accent}; padding: 3px 9px;
}}
QPlainTextEdit:focus {{ padding: 7px 9px; }}
QLineEdit[wrong="true"], QPlainTextEdit[wrong="true"] {{ border: 1px solid {p.danger}; }}
QLineEdit[wrong="true"]:focus {{ border: 2px solid {p.danger}; }}
QComboBox QAbstractItemView {{
  background: {p.panel}; border: 1px solid {p.line}; selection-background-color: {p.accent_wash};
  selection-color: {p.ink}; outline: none;
}}
QComboBox::drop-down, QDateEdit::drop-down, QDateTimeEdit::drop-down {{
  border: none; background: transparent; width: 28px;
  subcontrol-origin: border; subcontrol-position: center right;
}}
QComboBox::down-arrow, QDateEdit::down-arrow, QDateTimeEdit::down-arrow {{
  image: none; width: 0; height: 0;
}}
QCalendarWidget QWidget#qt_calendar_navigationbar {{ background: {p.panel}; }}
QCalendarWidget QToolButton {{
  background: transparent; color: {p.ink}; border: none; border-radius: 6px; padding: 4px 8px;
  font-weight: 600;
}}
QCalendarWidget QToolButton:hover, QCalendarWidget QToolButton:focus {{
  background: {p.accent_wash};
}}
QCalendarWidget QToolButton::menu-indicator {{ image: none; }}
QCalendarWidget QSpinBox {{
  background: {p.panel}; color: {p.ink}; border: 1px solid {p.line}; border-radius: 6px;
}}
QCalendarWidget QAbstractItemView {{
  background: {p.panel}; color: {p.ink}; selection-background-color: {p.accent};
  selection-color: {p.on_accent}; alternate-background-color: {p.background}; outline: none;
}}
QCalendarWidget QAbstractItemView:disabled {{ color: {p.faint}; }}
QCheckBox {{ spacing: 8px; }}
QCheckBox::indicator {{
  width: 16px; height: 16px; background: {p.panel}; border: 1px solid {p.mute};
  border-radius: 4px;
}}
QCheckBox::indicator:checked {{ background: {p.accent}; border-color: {p.accent}; }}
QCheckBox::indicator:focus {{ border: 2px solid {p.accent}; width: 14px; height: 14px; }}
QCheckBox::indicator:checked:focus {{ border: 2px solid {p.ink}; }}
QMenu {{ background: {p.panel}; border: 1px solid {p.line}; padding: 4px; }}
QMenu::item {{ padding: 6px 16px; border-radius: 6px; }}
QMenu::item:selected {{ background: {p.accent_wash}; color: {p.ink}; }}

QFrame#rail {{ background: {p.rail}; border: none; }}
QFrame#rail QLabel {{ color: {p.rail_text}; }}
QFrame#rail QLabel[role="mark"] {{
  color: {p.rail_ink}; font-size: {pt(SECTION)}; font-weight: 700;
}}
QFrame#rail QPushButton {{
  background: transparent; border: none; color: {p.rail_text}; text-align: left;
  padding: 0 10px; min-height: {px(36)}; border-radius: 8px; font-size: {pt(BODY)};
  font-weight: 500;
}}
QFrame#rail QPushButton:hover {{ background: {p.rail_pick}; }}
QFrame#rail QPushButton:checked {{
  background: {p.rail_pick}; color: {p.rail_ink}; font-weight: 600;
}}
QFrame#rail QPushButton:focus {{ border: 2px solid {p.rail_text}; padding: 0 8px; }}
QFrame#rail QLabel#badge {{
  background: {p.badge}; color: {p.rail_ink}; border-radius: 9px; font-size: {pt(SMALL)};
  font-weight: 600; padding: 1px 6px; min-width: {px(10)};
}}
QFrame#rail QPushButton#synccard {{
  background: {p.rail_pick}; border: 1px solid {p.rail_pick}; border-radius: 8px; padding: 0;
  min-height: 0;
}}
QFrame#rail QPushButton#synccard:checked {{ border: 1px solid {p.rail_text}; font-weight: 500; }}
QFrame#rail QPushButton#synccard:hover {{ border: 1px solid {p.rail_faint}; }}
QFrame#rail QPushButton#synccard:focus {{ border: 2px solid {p.rail_text}; padding: 0; }}
QPushButton#synccard QLabel {{ color: {p.rail_text}; font-size: {pt(SMALL)}; font-weight: 400; }}
QPushButton#synccard QLabel[role="strong"] {{ color: {p.rail_ink}; font-weight: 600; }}
QLabel#key {{
  color: {p.mute}; border: 1px solid {p.line}; border-radius: 4px; padding: 0 5px;
  font-size: {pt(KEY)}; font-weight: 500;
}}
QFrame#rail QLabel#key {{ color: {p.rail_faint}; border-color: {p.rail_faint}; }}
QPushButton#findfield {{
  background: {p.background}; border: 1px solid {p.line}; border-radius: 8px; padding: 0;
  min-height: 0; text-align: left; font-weight: 400;
}}
QPushButton#findfield:hover {{ border-color: {p.faint}; }}
QPushButton#findfield:focus {{ border: 2px solid {p.accent}; }}
QPushButton#findfield QLabel#key {{ background: {p.panel}; }}

QTabBar {{ background: transparent; }}
QTabBar::tab {{
  background: transparent; color: {p.mute}; padding: 8px 0 9px 0; margin-right: 22px;
  border: none; border-bottom: 2px solid transparent; font-weight: 500;
}}
QTabBar::tab:selected {{ color: {p.accent}; border-bottom: 2px solid {p.accent}; }}
QTabBar::tab:hover {{ color: {p.ink}; }}
QTabBar:focus {{ border: none; }}
QTabBar::tab:selected:focus {{ color: {p.ink}; background: {p.accent_wash}; }}

QTableView, QListView {{
  background: {p.panel}; border: none; outline: none; gridline-color: {p.line};
  selection-background-color: {p.accent_wash}; selection-color: {p.ink};
  alternate-background-color: {p.panel};
}}
QTableView::item {{ border-bottom: 1px solid {p.line}; padding: 0 8px; }}
QHeaderView {{ background: {p.panel}; }}
QHeaderView::section {{
  background: {p.panel}; color: {p.mute}; border: none; border-bottom: 1px solid {p.line};
  padding: 8px 8px 8px 12px; font-size: {pt(SMALL)}; font-weight: 500; text-align: left;
}}
QProgressBar {{
  background: {p.track}; border: none; border-radius: 4px; max-height: 8px; min-height: 8px;
}}
QProgressBar::chunk {{ background: {p.accent}; border-radius: 4px; }}
QScrollBar:vertical {{ background: transparent; width: 10px; margin: 2px; }}
QScrollBar:horizontal {{ background: transparent; height: 10px; margin: 2px; }}
QScrollBar::handle {{ background: {p.line}; border-radius: 3px; }}
QScrollBar::handle:vertical {{ min-height: {px(32)}; }}
QScrollBar::handle:horizontal {{ min-width: {px(32)}; }}
QScrollBar::handle:hover {{ background: {p.faint}; }}
QScrollBar::add-line, QScrollBar::sub-line {{ width: 0; height: 0; }}
QScrollBar::add-page, QScrollBar::sub-page {{ background: transparent; }}

{chips}
"""


def _chip(p: Palette, tone: Tone, size: str) -> str:
    text, wash = p.tone(tone)
    border = p.line if tone is Tone.NEUTRAL else wash
    return (
        f'QFrame#chip[tone="{tone.value}"] {{ background: {wash}; border: 1px solid {border};'
        f" border-radius: 6px; }}\n"
        f'QFrame#chip[tone="{tone.value}"] QLabel {{ color: {text}; font-size: {size};'
        f" font-weight: 500; }}"
    )
