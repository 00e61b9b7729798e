"""What the sync page says, as plain values: how it stands, what waits, what came, what is open."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QLocale

from casefield.care import caseload, conflicts, titles
from casefield.gui import values, words
from casefield.sync.state import Phase, SyncState

if TYPE_CHECKING:
    from casefield.application import Session
    from casefield.care.conflict_views import ConflictView
    from casefield.care.refused import RefusedView
    from casefield.records.outbox import Waiting
    from casefield.records.work import Work
    from casefield.sync.core import Tally

Names = Mapping[str, str]
Titles = Mapping[tuple[str, str], str]
REFUSED = "refused"


@dataclass(frozen=True)
class WaitingLine:
    """A record of which something waits: what it is, what was done, when last."""

    what: str
    deed: str
    when: str


@dataclass(frozen=True)
class WaitingGroup:
    """What waits about one person; nobody's name for what is about nobody."""

    who: str
    number: int
    lines: tuple[WaitingLine, ...]


@dataclass(frozen=True)
class RefusedRecord:
    """A record of a refused act: what it is, what was done, every field that was typed."""

    what: str
    deed: str
    fields: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class RefusedAct:
    """What headquarters refused of one act, which is dealt with as one.

    Attributes:
        op_id: what it is dealt with by.
        who: whose record.
        here: the person is on this laptop, so it can be offered again.
        when: it was said.
        reasons: why not, in headquarters' words.
    """

    op_id: str
    who: str
    here: bool
    when: str
    reasons: tuple[str, ...]
    records: tuple[RefusedRecord, ...]


@dataclass(frozen=True)
class SyncFound:
    """All that the page shows, as it was found.

    Attributes:
        organization: headquarters' name; empty while this laptop works alone.
    """

    organization: str
    waiting: tuple[WaitingGroup, ...]
    conflicts: tuple[ConflictView, ...]
    refused: tuple[RefusedAct, ...]


def look(session: Session, work: Work, now: datetime, zone: str) -> SyncFound:
    """Find what the page shows, in words already; not on the GUI thread."""
    identity = session.identity
    waiting = tuple(one for one in session.waiting() if one.state != REFUSED)
    return SyncFound(
        organization=identity.organization if identity is not None else "",
        waiting=waiting_groups(
            waiting,
            caseload.names(work, {one.case_id for one in waiting if one.case_id}),
            titles.titles_of(work, ((w.record_type, w.record_id) for w in waiting)),
            now,
            zone,
        ),
        conflicts=conflicts.open_conflicts(work),
        refused=tuple(refused_acts(session.refused(), now, zone)),
    )


def standing(state: SyncState, now: datetime, zone: str) -> tuple[str, str]:
    """Return how sync stands: a head, and sentences beneath."""
    tr = QCoreApplication.translate
    head = {
        Phase.ALONE: tr("sync", "This laptop works alone"),
        Phase.WAITING: tr("sync", "Not in step yet"),
        Phase.SYNCING: tr("sync", "Syncing …"),
        Phase.ONLINE: (
            tr("sync", "Online") if state.waiting else tr("sync", "In step with headquarters")
        ),
        Phase.OFFLINE: tr("sync", "Offline"),
        Phase.STOPPED: tr("sync", "Sync stopped"),
    }[state.phase]
    said = []
    if state.waiting == 1:
        said.append(tr("sync", "1 change waits on this laptop."))
    elif state.waiting:
        said.append(tr("sync", "{n} changes wait on this laptop.").format(n=state.waiting))
    elif state.phase is not Phase.ALONE:
        said.append(tr("sync", "Nothing waits on this laptop."))
    if state.phase is Phase.ALONE:
        said.append(
            tr(
                "sync",
                "Everything is saved here, encrypted, and nothing leaves this laptop. Enrol it to "
                "send your work to headquarters; what you did alone is kept and goes along.",
            )
        )
    elif state.last_synced is not None:
        when = words.ago(state.last_synced, now, zone)
        said.append(tr("sync", "Last synced {when}.").format(when=when))
    else:
        said.append(tr("sync", "It was never synced."))
    if state.message:
        said.append(state.message)
    return head, " ".join(said)


def progress(state: SyncState) -> tuple[int, int, str]:
    """Return (done, of, words) of a sync under way; of is 0 where nobody knows how much comes."""
    tr = QCoreApplication.translate
    done = QLocale().toString(state.done)
    if state.waiting:
        left = QLocale().toString(state.waiting)
        text = tr("sync", "{done} changes moved, {left} still to send").format(done=done, left=left)
        return state.done, state.done + state.waiting, text
    return 0, 0, tr("sync", "{done} changes moved").format(done=done)


def waiting_groups(
    waiting: Iterable[Waiting], names: Names, known: Titles, now: datetime, zone: str
) -> tuple[WaitingGroup, ...]:
    """Return what waits by person and record, newest person first; like lines stand in one."""
    people: dict[str, dict[tuple[str, str], list[Waiting]]] = {}
    for one in waiting:
        records = people.setdefault(one.case_id or "", {})
        records.setdefault((one.record_type, one.record_id), []).append(one)
    newest = sorted(people.items(), key=lambda p: _newest(p[1].values()), reverse=True)
    return tuple(
        WaitingGroup(
            names.get(case_id) or _nobody(),
            sum(len(said) for said in records.values()),
            _lines(records, known, now, zone),
        )
        for case_id, records in newest
    )


def refused_acts(refused: Iterable[RefusedView], now: datetime, zone: str) -> list[RefusedAct]:
    """Return what was refused, one entry for each act."""
    acts: dict[str, list[RefusedView]] = {}
    for one in refused:
        acts.setdefault(one.act, []).append(one)
    return [_act(views, now, zone) for views in acts.values()]


def came(tally: Tally) -> tuple[str, ...]:
    """Return what a sync did, in lines."""
    tr = QCoreApplication.translate
    lines = [
        _counted(
            tally.pushed,
            tr("sync", "1 change sent"),
            tr("sync", "{n} changes sent"),
            tr("sync", "Nothing was sent"),
        ),
        _counted(
            tally.pulled,
            tr("sync", "1 change came"),
            tr("sync", "{n} changes came"),
            tr("sync", "Nothing new came"),
        ),
        _counted(
            tally.entered, tr("sync", "1 person came to you"), tr("sync", "{n} people came to you")
        ),
        _counted(
            tally.left,
            tr("sync", "1 person left this laptop"),
            tr("sync", "{n} people left this laptop"),
        ),
        _counted(
            tally.conflicts,
            tr("sync", "1 field was written differently by a colleague"),
            tr("sync", "{n} fields were written differently by colleagues"),
        ),
        _counted(
            tally.refused,
            tr("sync", "1 change was refused"),
            tr("sync", "{n} changes were refused"),
        ),
        tr("sync", "{up} up, {down} down, {seconds} s").format(
            up=size(tally.bytes_up), down=size(tally.bytes_down), seconds=f"{tally.seconds:.1f}"
        ),
    ]
    return tuple(line for line in lines if line)


def size(number: int) -> str:
    """Return a number of bytes as one says it."""
    return str(QLocale().formattedDataSize(number, 1, QLocale.DataSizeFormat.DataSizeSIFormat))


def deed(kind: str) -> str:
    """Return what was done, in a word."""
    return {
        "create": QCoreApplication.translate("sync", "new"),
        "change": QCoreApplication.translate("sync", "changed"),
        "sign": QCoreApplication.translate("sync", "signed"),
        "delete": QCoreApplication.translate("sync", "taken back"),
        "witness": QCoreApplication.translate("sync", "seen"),
    }.get(kind, kind)


# -- inside -----------------------------------------------------------------------------------


def _nobody() -> str:
    return QCoreApplication.translate("sync", "Not about one person")


def _newest(records: Iterable[list[Waiting]]) -> datetime:
    return max(one.said_at for said in records for one in said)


def _lines(
    records: Mapping[tuple[str, str], list[Waiting]], known: Titles, now: datetime, zone: str
) -> tuple[WaitingLine, ...]:
    alike: dict[tuple[str, str], list[datetime]] = {}
    for (kind, record_id), said in records.items():
        what = values.about(kind, known.get((kind, record_id), ""))
        deeds = ", ".join(dict.fromkeys(deed(one.kind) for one in said))
        alike.setdefault((what, deeds), []).append(max(one.said_at for one in said))
    newest = sorted(alike.items(), key=lambda line: max(line[1]), reverse=True)
    return tuple(
        WaitingLine(
            f"{what} × {len(moments)}" if len(moments) > 1 else what,
            deeds,
            words.ago(max(moments), now, zone),
        )
        for (what, deeds), moments in newest
    )


def _act(views: list[RefusedView], now: datetime, zone: str) -> RefusedAct:
    first = views[0]
    records = tuple(
        RefusedRecord(
            values.about(view.record_type, view.title),
            deed(view.kind),
            tuple((values.field_name(f.name), values.said(f.value, zone)) for f in view.fields),
        )
        for view in views
    )
    return RefusedAct(
        first.op_id,
        next((view.person for view in views if view.person), _not_here()),
        all(view.here for view in views),
        words.ago(first.said_at, now, zone),
        tuple(dict.fromkeys(view.reason for view in views if view.reason)),
        records,
    )


def _not_here() -> str:
    return QCoreApplication.translate("sync", "A person who is not on this laptop")


def _counted(number: int, one: str, many: str, none: str = "") -> str:
    if not number:
        return none
    return one if number == 1 else many.format(n=QLocale().toString(number))
