"""Codes, days and moments in the reader's language."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta

from PySide6.QtCore import QCoreApplication, QDate, QLocale, QTime

from casefield.care.days import day_of, place
from casefield.care.views import Due
from casefield.gui.theme.tokens import Tone


def tier(code: str) -> str:
    """Return a tier's name."""
    return {
        "case_management": QCoreApplication.translate("words", "Case management"),
        "care_coordination": QCoreApplication.translate("words", "Care coordination"),
        "review": QCoreApplication.translate("words", "Review"),
        "insufficient_data": QCoreApplication.translate("words", "Not enough known"),
    }.get(code, code)


TIER_TONES = {
    "case_management": Tone.ACCENT,
    "care_coordination": Tone.GOOD,
    "review": Tone.WARNING,
    "insufficient_data": Tone.NEUTRAL,
}


def work_kind(code: str) -> str:
    """Return the chip of a kind of work."""
    return {
        "call": QCoreApplication.translate("words", "Call"),
        "contact": QCoreApplication.translate("words", "Contact"),
        "visit": QCoreApplication.translate("words", "Visit"),
        "reconcile": QCoreApplication.translate("words", "Reconcile"),
        "reassess": QCoreApplication.translate("words", "Reassess"),
        "review": QCoreApplication.translate("words", "Review"),
        "safety": QCoreApplication.translate("words", "Safety"),
        "general": QCoreApplication.translate("words", "Task"),
    }.get(code, code)


WORK_ICONS = {
    "call": "phone",
    "contact": "phone",
    "visit": "map-pin",
    "reconcile": "pill",
    "reassess": "refresh-cw",
    "review": "clipboard-check",
    "safety": "shield-alert",
    "general": "circle-check",
}


def work_button(code: str) -> str:
    """Return the words on the button that does a kind of work."""
    return {
        "call": QCoreApplication.translate("words", "Log call"),
        "contact": QCoreApplication.translate("words", "Log call"),
        "visit": QCoreApplication.translate("words", "Open visit"),
        "reconcile": QCoreApplication.translate("words", "Reconcile"),
        "review": QCoreApplication.translate("words", "Review"),
        "safety": QCoreApplication.translate("words", "Continue"),
    }.get(code, QCoreApplication.translate("words", "Done"))


def note_kind(code: str) -> str:
    """Return a kind of note or visit."""
    return {
        "home_visit": QCoreApplication.translate("words", "Home visit"),
        "phone": QCoreApplication.translate("words", "Phone call"),
        "clinic": QCoreApplication.translate("words", "Clinic visit"),
        "video": QCoreApplication.translate("words", "Video visit"),
        "team_conference": QCoreApplication.translate("words", "Team conference"),
        "other": QCoreApplication.translate("words", "Note"),
    }.get(code, code)


def clock_name(code: str) -> str:
    """Return a discharge clock's name."""
    return {
        "call_72h": QCoreApplication.translate("words", "Call within 72 hours"),
        "tcm_contact": QCoreApplication.translate("words", "Contact in 2 business days"),
        "face_to_face_7": QCoreApplication.translate("words", "Visit in 7 days"),
        "face_to_face_14": QCoreApplication.translate("words", "Visit in 14 days"),
        "reconciliation": QCoreApplication.translate("words", "Medicines reconciled"),
        "readmission_watch": QCoreApplication.translate("words", "Readmission watch"),
    }.get(code, code)


def task_title(task_kind: str) -> str:
    """Return what a task of a discharge asks for."""
    return {
        "call_72h": QCoreApplication.translate("words", "72-hour call"),
        "tcm_contact": QCoreApplication.translate("words", "Contact within 2 business days"),
        "face_to_face": QCoreApplication.translate("words", "Visit face to face"),
        "reconciliation": QCoreApplication.translate("words", "Reconcile medicines"),
        "plan_review": QCoreApplication.translate("words", "Care plan review"),
    }.get(task_kind, "")


def criterion(code: str) -> str:
    """Return a criterion of the decision boundary."""
    return {
        "CM1": QCoreApplication.translate("words", "4 or more active chronic conditions"),
        "CM2": QCoreApplication.translate("words", "2 or more hospital stays in 12 months"),
        "CM3": QCoreApplication.translate("words", "Social barrier open"),
        "CM4": QCoreApplication.translate("words", "Substance use or serious mental illness"),
        "CM5": QCoreApplication.translate("words", "Decision on long-term care open"),
        "CC1": QCoreApplication.translate("words", "Conditions stable"),
        "CC2": QCoreApplication.translate("words", "2 specialists or fewer"),
        "CC3": QCoreApplication.translate("words", "Reliable social support"),
        "CC4": QCoreApplication.translate("words", "Health literacy adequate"),
        "CC5": QCoreApplication.translate("words", "Needs information only"),
    }.get(code, "")


def fact(name: str, value: str) -> str:
    """Return an answered fact of the decision boundary, empty for one that has no words here."""
    yes, no = {
        "interpreter_needed": (
            QCoreApplication.translate("words", "needs an interpreter"),
            QCoreApplication.translate("words", "needs no interpreter"),
        ),
        "housing_barrier": (
            QCoreApplication.translate("words", "housing is a problem"),
            QCoreApplication.translate("words", "housing is safe"),
        ),
        "food_barrier": (
            QCoreApplication.translate("words", "food is short"),
            QCoreApplication.translate("words", "enough food"),
        ),
        "substance_use_active": (
            QCoreApplication.translate("words", "active substance use"),
            QCoreApplication.translate("words", "no active substance use"),
        ),
        "serious_mental_illness": (
            QCoreApplication.translate("words", "serious mental illness"),
            QCoreApplication.translate("words", "no serious mental illness"),
        ),
        "long_term_care_decision_open": (
            QCoreApplication.translate("words", "home or facility is to be decided"),
            QCoreApplication.translate("words", "no such decision open"),
        ),
    }.get(name, ("", ""))
    return {"yes": yes, "no": no}.get(value, "")


def language(code: str | None) -> str:
    """Return a language by its own reader's name for it."""
    if not code:
        return ""
    found = QLocale(code.replace("-", "_"))
    if found.language() in (QLocale.Language.C, QLocale.Language.AnyLanguage):
        return code
    return str(QLocale.languageToString(found.language()))


_today: Callable[[], date] = date.today


def see_from(today: Callable[[], date]) -> None:
    """Tell days as they are said on this day: this year's without their year."""
    global _today
    _today = today


def day(value: date, *, weekday: bool = False) -> str:
    """Return a day, with its year where it isn't this one."""
    shape = "d MMM" if value.year == _today().year else "d MMM yyyy"
    words = QLocale().toString(QDate(value.year, value.month, value.day), shape)
    if not weekday:
        return words
    name = QLocale().toString(QDate(value.year, value.month, value.day), "ddd")
    return f"{name} {words}"


def long_day(value: date) -> str:
    """Return a day with its weekday in full."""
    return QLocale().toString(QDate(value.year, value.month, value.day), "dddd d MMMM")


def clock_time(value: datetime, zone: str) -> str:
    """Return a time of day where it happened."""
    there = value.astimezone(place(zone))
    return QLocale().toString(QTime(there.hour, there.minute), QLocale.FormatType.ShortFormat)


def moment(value: datetime, zone: str, *, weekday: bool = False) -> str:
    """Return day and time where it happened."""
    there = value.astimezone(place(zone))
    return f"{day(there.date(), weekday=weekday)} {clock_time(value, zone)}"


def said_day(text: str | None) -> str:
    """Return a FHIR date, however much of it was said."""
    known = day_of(text)
    return day(known) if known is not None else text or ""


def since(text: str | None) -> str:
    """Return when something began: a day of this year, else the year, as people remember it."""
    known = day_of(text)
    if known is not None and known.year == _today().year:
        return day(known)
    return (text or "")[:4]


def born(text: str | None) -> str:
    """Return a birth date with its year."""
    known = day_of(text)
    if known is None:
        return text or ""
    return QLocale().toString(QDate(known.year, known.month, known.day), "d MMM yyyy")


def due_words(due: Due, now: datetime) -> tuple[str, str]:
    """Return a due value as (how urgent, exactly when)."""
    there = place(due.zone)
    today = now.astimezone(there).date()
    when = due.at.astimezone(there).date() if due.at else due.on
    if when is None:
        return QCoreApplication.translate("words", "No date"), ""
    exact = day(when, weekday=True)
    if due.at is not None:
        exact = f"{exact} {clock_time(due.at, due.zone)}"
    if due.state == "overdue":
        return _late(due, now, today, when), QCoreApplication.translate(
            "words", "was due {when}"
        ).format(when=exact)
    if due.at is not None and due.at - now < timedelta(hours=24):
        left = _hours(due.at - now)
        return QCoreApplication.translate("words", "in {hours}").format(hours=left), exact
    days = (when - today).days
    if days == 0:
        return QCoreApplication.translate("words", "Today"), exact
    if days == 1:
        return QCoreApplication.translate("words", "Tomorrow"), exact
    return QCoreApplication.translate("words", "in {days} days").format(days=days), exact


def long_dues() -> list[str]:
    """Return what `due_words` may say of an exact moment, each weekday of each month, to make room.

    The day has two figures and so has the hour; all figures are of one width.
    """
    shape = QCoreApplication.translate("words", "was due {when}")
    moments = (
        datetime(_today().year, month, number, 22, 44, tzinfo=place("UTC"))
        for month in range(1, 13)
        for number in range(20, 27)
    )
    return [shape.format(when=moment(value, "UTC", weekday=True)) for value in moments]


def _late(due: Due, now: datetime, today: date, when: date) -> str:
    if due.at is not None and now - due.at < timedelta(hours=24):
        return QCoreApplication.translate("words", "Overdue {hours}").format(
            hours=_hours(now - due.at)
        )
    days = (today - when).days
    if days <= 1:
        return QCoreApplication.translate("words", "Overdue 1 day")
    return QCoreApplication.translate("words", "Overdue {days} days").format(days=days)


def _hours(span: timedelta) -> str:
    minutes = max(0, int(span.total_seconds() // 60))
    return f"{minutes // 60}:{minutes % 60:02d}"


def ago(value: datetime, now: datetime, zone: str) -> str:
    """Return a past moment as one says it: today's time, else the day."""
    there = place(zone)
    if value.astimezone(there).date() == now.astimezone(there).date():
        return QCoreApplication.translate("words", "today {time}").format(
            time=clock_time(value, zone)
        )
    return moment(value, zone)


def stay_of(text: str | None) -> str:
    """Return a stay by the day it began."""
    return QCoreApplication.translate("words", "stay of {day}").format(day=said_day(text))


def number(value: float) -> str:
    """Return a measured number with one decimal, or none where it is whole."""
    shown = round(float(value), 1)
    return QLocale().toString(shown, "f", 0 if shown.is_integer() else 1)


def record_kind(code: str) -> str:
    """Return a kind of record, in words."""
    return {
        "Patient": QCoreApplication.translate("words", "person"),
        "Coverage": QCoreApplication.translate("words", "coverage"),
        "Condition": QCoreApplication.translate("words", "condition"),
        "AllergyIntolerance": QCoreApplication.translate("words", "allergy"),
        "MedicationStatement": QCoreApplication.translate("words", "medicine"),
        "Observation": QCoreApplication.translate("words", "measurement"),
        "Encounter": QCoreApplication.translate("words", "stay or contact"),
        "QuestionnaireResponse": QCoreApplication.translate("words", "assessment"),
        "CarePlan": QCoreApplication.translate("words", "care plan"),
        "Goal": QCoreApplication.translate("words", "goal"),
        "Activity": QCoreApplication.translate("words", "activity"),
        "Visit": QCoreApplication.translate("words", "visit"),
        "Note": QCoreApplication.translate("words", "note"),
        "Task": QCoreApplication.translate("words", "task"),
        "EpisodeOfCare": QCoreApplication.translate("words", "case"),
        "Assignment": QCoreApplication.translate("words", "assignment"),
        "Attachment": QCoreApplication.translate("words", "attachment"),
        "CareTeamMember": QCoreApplication.translate("words", "care team member"),
        "Conflict": QCoreApplication.translate("words", "two versions"),
        "Device": QCoreApplication.translate("words", "laptop"),
        "Organization": QCoreApplication.translate("words", "organization"),
        "User": QCoreApplication.translate("words", "worker"),
    }.get(code, code)
