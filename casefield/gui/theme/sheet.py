"""The one style sheet, generated from a palette. Sizes are points, so text scaling is kept."""

from __future__ import annotations

from casefield.gui.theme.tokens import Palette, Tone

FAMILY = "Inter"
BODY = 10.5
SMALL = 9.4
TITLE = 9.75
SECTION = 12.0
PAGE = 14.0
HUGE = 21.0


def style_sheet(p: Palette) -> str:
    """Return the style sheet of a palette."""
    chips = "\n".join(_chip(p, tone) for tone in Tone)
    return f"""
* {{ font-family: "{FAMILY}"; font-size: {BODY}pt; }}
QWidget {{ color: {p.ink}; }}
QMainWindow, QDialog, #page, #scrolled {{ background: {p.background}; }}
#scrolledcard {{ background: {p.panel}; }}
QScrollArea {{ background: transparent; border: none; }}
QToolTip {{ background: {p.panel}; color: {p.ink}; border: 1px solid {p.line}; padding: 4px 6px; }}

QLabel[role="page"] {{ font-size: {PAGE}pt; font-weight: 700; }}
QLabel[role="section"] {{ font-size: {SECTION}pt; font-weight: 700; }}
QLabel[role="title"] {{ font-size: {TITLE}pt; font-weight: 600; }}
QLabel[role="strong"] {{ font-weight: 600; }}
QLabel[role="mute"] {{ color: {p.mute}; }}
QLabel[role="small"] {{ color: {p.mute}; font-size: {SMALL}pt; }}
QLabel[role="quote"] {{ font-size: {SECTION}pt; }}
QLabel[role="score"] {{ font-size: {HUGE}pt; font-weight: 700; }}
QLabel[role="danger"] {{ color: {p.danger}; font-weight: 600; }}
QLabel[role="warning"] {{ color: {p.warning}; font-weight: 600; }}
QLabel[role="good"] {{ color: {p.good}; font-weight: 600; }}
QLabel[role="complaint"] {{ color: {p.danger}; font-size: {SMALL}pt; }}

QFrame#card {{ background: {p.panel}; border: 1px solid {p.line}; border-radius: 10px; }}
QFrame#bar {{ background: {p.panel}; border: none; border-bottom: 1px solid {p.line}; }}
QFrame#hairline {{ background: {p.line}; border: none; max-height: 1px; min-height: 1px; }}
QFrame#alert {{ background: {p.panel}; border: 1px solid {p.danger}; border-radius: 10px; }}
QFrame#formrow {{ background: transparent; border: none; border-bottom: 1px solid {p.line}; }}
QFrame#formrow[state="alarm"] {{ background: {p.danger_wash}; }}
QFrame#formrow[state="declined"] {{ background: {p.background}; }}
QPushButton#more {{ border: none; background: transparent; padding: 0 4px; min-height: 24px; }}
QPushButton#more::menu-indicator {{ image: none; width: 0; }}
QFrame#demo {{ background: {p.warning_wash}; border: none; border-bottom: 1px solid {p.line}; }}
QFrame#demo QLabel {{ color: {p.warning}; font-size: {SMALL}pt; font-weight: 600; }}

QPushButton {{
  background: {p.panel}; color: {p.ink}; border: 1px solid {p.line}; border-radius: 8px;
  padding: 0 12px; min-height: 30px; font-size: {TITLE}pt; font-weight: 500;
}}
QPushButton:hover {{ border-color: {p.faint}; }}
QPushButton:pressed {{ background: {p.background}; }}
QPushButton:focus {{ border: 2px solid {p.accent}; padding: 0 11px; min-height: 28px; }}
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
  background: transparent; border: none; color: {p.accent}; padding: 0; min-height: 20px;
  text-align: left; font-weight: 500;
}}
QPushButton[role="link"]:hover {{ text-decoration: underline; }}
QPushButton[role="link"]:focus {{ border: 1px dashed {p.accent}; padding: 0; min-height: 18px; }}
QPushButton[role="answer"] {{ min-height: 26px; padding: 0 6px; font-size: {SMALL}pt; }}
QPushButton[role="answer"]:checked {{
  background: {p.accent}; color: {p.on_accent}; border-color: {p.accent}; font-weight: 600;
}}
QPushButton[role="answer"]:focus {{ border: 2px solid {p.ink}; padding: 0 5px; min-height: 24px; }}
QPushButton[role="filter"] {{ min-height: 24px; border-radius: 12px; font-size: {SMALL}pt; }}
QPushButton[role="filter"]:checked {{
  background: {p.accent_wash}; color: {p.accent}; border-color: {p.accent}; font-weight: 600;
}}
QPushButton[role="filter"]:focus {{ min-height: 22px; }}

QLineEdit, QPlainTextEdit, QTextEdit, QComboBox, QDateEdit, QDateTimeEdit, QDoubleSpinBox {{
  background: {p.panel}; color: {p.ink}; border: 1px solid {p.line}; border-radius: 8px;
  padding: 4px 10px; min-height: 22px; selection-background-color: {p.accent};
  selection-color: {p.on_accent}; placeholder-text-color: {p.faint};
}}
QPlainTextEdit, QTextEdit {{ padding: 8px 10px; }}
QLineEdit:focus, QPlainTextEdit:focus, QTextEdit:focus, QComboBox:focus, QDateEdit:focus,
QDateTimeEdit:focus, QDoubleSpinBox:focus {{
  border: 2px solid {p.accent}; padding: 3px 9px;
}}
QPlainTextEdit:focus, QTextEdit:focus {{ padding: 7px 9px; }}
QLineEdit[wrong="true"], QPlainTextEdit[wrong="true"] {{ border: 1px solid {p.danger}; }}
QComboBox QAbstractItemView {{
  background: {p.panel}; border: 1px solid {p.line}; selection-background-color: {p.accent_wash};
  selection-color: {p.ink}; outline: none;
}}
QComboBox::drop-down {{ border: none; width: 24px; }}
QCheckBox:focus, QRadioButton:focus {{ color: {p.accent}; }}
QMenu {{ background: {p.panel}; border: 1px solid {p.line}; padding: 4px; }}
QMenu::item {{ padding: 6px 16px; border-radius: 6px; }}
QMenu::item:selected {{ background: {p.accent_wash}; color: {p.ink}; }}

QFrame#rail {{ background: {p.rail}; border: none; }}
QFrame#rail QLabel {{ color: {p.rail_text}; }}
QFrame#rail QLabel[role="mark"] {{ color: #FFFFFF; font-size: {SECTION}pt; font-weight: 700; }}
QFrame#rail QPushButton {{
  background: transparent; border: none; color: {p.rail_text}; text-align: left;
  padding: 0 10px; min-height: 36px; border-radius: 8px; font-size: {BODY}pt; font-weight: 500;
}}
QFrame#rail QPushButton:hover {{ background: {p.rail_pick}; }}
QFrame#rail QPushButton:checked {{ background: {p.rail_pick}; color: #FFFFFF; font-weight: 600; }}
QFrame#rail QPushButton:focus {{ border: 2px solid {p.rail_text}; padding: 0 8px; }}
QLabel#badge {{
  background: {p.badge}; color: #FFFFFF; border-radius: 9px; font-size: {SMALL}pt;
  font-weight: 600; padding: 1px 6px; min-width: 10px;
}}
QFrame#synccard {{ background: {p.rail_pick}; border: none; border-radius: 8px; }}
QFrame#synccard:hover {{ border: 1px solid {p.rail_faint}; }}
QFrame#synccard:focus {{ border: 2px solid {p.rail_text}; }}
QFrame#synccard QLabel {{ color: {p.rail_text}; font-size: {SMALL}pt; }}
QFrame#synccard QLabel[role="strong"] {{ color: #FFFFFF; font-weight: 600; }}
QLabel#key {{
  color: {p.mute}; border: 1px solid {p.line}; border-radius: 4px; padding: 0 4px;
  font-size: 8pt;
}}
QFrame#rail QLabel#key {{ color: {p.rail_faint}; border-color: {p.rail_faint}; }}

QTabBar {{ background: transparent; }}
QTabBar::tab {{
  background: transparent; color: {p.mute}; padding: 8px 2px 9px 2px; margin-right: 20px;
  border: none; border-bottom: 2px solid transparent; font-weight: 500;
}}
QTabBar::tab:selected {{ color: {p.accent}; border-bottom: 2px solid {p.accent}; }}
QTabBar::tab:hover {{ color: {p.ink}; }}
QTabBar::tab:focus {{ color: {p.accent}; border-bottom: 2px dashed {p.accent}; }}

QTableView, QListView {{
  background: {p.panel}; border: none; outline: none; gridline-color: {p.line};
  selection-background-color: {p.accent_wash}; selection-color: {p.ink};
  alternate-background-color: {p.panel};
}}
QTableView::item {{ border-bottom: 1px solid {p.line}; padding: 0 8px; }}
QHeaderView {{ background: {p.panel}; }}
QHeaderView::section {{
  background: {p.panel}; color: {p.mute}; border: none; border-bottom: 1px solid {p.line};
  padding: 8px; font-size: {SMALL}pt; font-weight: 500; text-align: left;
}}
QProgressBar {{
  background: {p.track}; border: none; border-radius: 4px; max-height: 8px; min-height: 8px;
}}
QProgressBar::chunk {{ background: {p.accent}; border-radius: 4px; }}
QScrollBar:vertical {{ background: transparent; width: 10px; margin: 2px; }}
QScrollBar:horizontal {{ background: transparent; height: 10px; margin: 2px; }}
QScrollBar::handle {{ background: {p.line}; border-radius: 3px; }}
QScrollBar::handle:vertical {{ min-height: 32px; }}
QScrollBar::handle:horizontal {{ min-width: 32px; }}
QScrollBar::handle:hover {{ background: {p.faint}; }}
QScrollBar::add-line, QScrollBar::sub-line {{ width: 0; height: 0; }}
QScrollBar::add-page, QScrollBar::sub-page {{ background: transparent; }}

{chips}
"""


def _chip(p: Palette, tone: Tone) -> str:
    text, wash = p.tone(tone)
    border = p.line if tone is Tone.NEUTRAL else wash
    return (
        f'QFrame#chip[tone="{tone.value}"] {{ background: {wash}; border: 1px solid {border};'
        f" border-radius: 6px; }}\n"
        f'QFrame#chip[tone="{tone.value}"] QLabel {{ color: {text}; font-size: {SMALL}pt;'
        f" font-weight: 500; }}"
    )
