"""Sync: how this laptop stands with headquarters, what waits, what came, what needs a person."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QProgressBar, QVBoxLayout, QWidget

from casefield.errors import CasefieldError
from casefield.gui.desk import Desk
from casefield.gui.enrol_fields import EnrolFields
from casefield.gui.models import conflict as models_conflict
from casefield.gui.models.sync import (
    RefusedAct,
    RefusedRecord,
    SyncFound,
    WaitingGroup,
    came,
    look,
    progress,
    standing,
)
from casefield.gui.newest import Newest
from casefield.gui.pages.page import Page
from casefield.gui.rail import PHASE_ICONS
from casefield.gui.theme.theme import Theme, sized
from casefield.gui.widgets.asking import SurePanel
from casefield.gui.widgets.basics import column, hairline, label, row, scrolled
from casefield.gui.widgets.buttons import button
from casefield.gui.widgets.card import Card
from casefield.gui.widgets.icon import Icon
from casefield.gui.widgets.slot import Slot
from casefield.gui.widgets.turning import Turning
from casefield.sync.state import Phase, SyncState

if TYPE_CHECKING:
    from casefield.care.conflict_views import ConflictView
    from casefield.sync.core import Tally

PEOPLE_AT_ONCE, LINES_SHOWN = 8, 6  # more would hold up the window
ROOM = 720
NAME_WIDTH = 170
FORM_WIDTH = 460
PATIENCE_MS = 300  # what is through sooner needs no bar


class SyncPage(Page):
    """The page behind the sync card.

    Signals:
        conflict_wanted: decide about this conflict.
        enrolled: the worker's name at headquarters, which the laptop belongs to now.
    """

    conflict_wanted = Signal(str)
    enrolled = Signal(str)

    def __init__(self, desk: Desk, theme: Theme) -> None:
        super().__init__(desk, theme, self.tr("Sync"))
        self._newest = Newest(desk, self)
        self._found: SyncFound | None = None
        self._state: SyncState | None = None
        self._sure = ""
        self._refusal = ("", "")
        self._asked = self._stopping = False
        self.now = button(
            self.tr("&Sync now"), self._sync, role="primary", theme=theme, icon_name="refresh-cw"
        )
        self.bar.insertWidget(3, self.now)
        self._patience = QTimer(self)
        self._patience.setSingleShot(True)
        self._patience.setInterval(PATIENCE_MS)
        self._patience.timeout.connect(self._show_progress)
        self._needs, self._waits, self._came = Slot(), Slot(), Slot()
        self._needs_card = Card(self.tr("Needs a person"))
        self._needs_card.add(self._needs)
        self._waits_card = Card(self.tr("Waits on this laptop"))
        self._waits_card.add(self._waits)
        self._came_card = Card(self.tr("The last sync"))
        self._came_card.add(self._came)
        left, right = column(spacing=12), column(spacing=12)
        left.addWidget(self._needs_card)
        left.addWidget(self._waits_card)
        left.addStretch(1)
        right.addWidget(self._came_card)
        right.addStretch(1)
        content = QWidget()
        across = Turning(left, right, ROOM, shares=(5, 2), spacing=16)
        content.setLayout(column(self._head(), across, 1, spacing=12))
        self.body.addWidget(scrolled(content), 1)
        desk.changed.connect(lambda _: self.load() if self.isVisible() else None)
        desk.sync_told.connect(self._told)

    def load(self) -> None:
        """Ask how it stands."""
        session, now, zone = self.desk.session, self.desk.now(), self.desk.zone()

        def find(work: Any) -> tuple[SyncState, SyncFound]:
            return session.sync_state, look(session, work, now, zone)

        self._newest.ask("sync", find, self._show)

    def forget(self) -> None:
        """Show nobody any more."""
        self._found, self._sure, self._refusal = None, "", ("", "")
        self._patience.stop()
        for slot in (self._needs, self._waits, self._came):
            slot.clear()
        self.words.clear()
        self._fold()

    def take_focus(self) -> None:
        """Begin with what can be done."""
        if not self.enrolment.isHidden():
            self.enrolment.take_focus()
        else:
            (self.enrol if self.now.isHidden() else self.now).setFocus()

    # -- how it stands ------------------------------------------------------------------------

    def _head(self) -> Card:
        card = Card()
        self._icon = Icon(self.theme, "cloud", "ink", 22)
        self.head = label("", "section", wrap=True)
        self.words = label("", "mute", wrap=True)
        self.bar_of_sync = QProgressBar()
        self.bar_of_sync.setTextVisible(False)
        self.bar_of_sync.setAccessibleName(self.tr("Progress of the sync"))
        self.counts = label("", "small")
        self.cancel = button(self.tr("&Cancel"), self._cancel)
        self._under_way = QWidget()
        self._under_way.setLayout(
            column(self.bar_of_sync, row((self.counts, 1), self.cancel), spacing=6)
        )
        self._under_way.hide()
        self.enrolment = EnrolFields()
        self.enrolment.setMaximumWidth(sized(FORM_WIDTH))
        self.enrolment.hide()
        self.enrolment.entered.connect(self._enrol)
        self.complaint = label("", "complaint", wrap=True)
        self.complaint.hide()
        self.enrol = button(self.tr("&Enrol this laptop"), self._enrol, role="primary")
        self.enrol.hide()
        card.add(row(self._icon, (self.head, 1), spacing=10))
        card.add(self.words)
        card.add(self._under_way)
        card.add(self.enrolment)
        card.add(self.complaint)
        card.add(row(self.enrol, 1))
        return card

    def _told(self, state: SyncState) -> None:
        """Sync says how it stands; what it left behind is asked for once it rests."""
        if not self.isVisible():
            return
        self._show_state(state)
        if state.phase is not Phase.SYNCING:
            self.load()

    def _show_state(self, state: SyncState) -> None:
        self._state = state
        head, said = standing(state, self.desk.now(), self.desk.zone())
        self._icon.show_icon(PHASE_ICONS[state.phase])
        self.head.setText(head)
        self.words.setText(said)
        syncing = state.phase is Phase.SYNCING
        if not syncing:
            self._patience.stop()
            self._end_progress()
        elif self._under_way.isVisible():
            self._show_progress()
        elif not self._patience.isActive():
            self._patience.start()

    def _show_progress(self) -> None:
        state = self._state
        if state is None or state.phase is not Phase.SYNCING:
            return
        done, of, said = progress(state)
        self.bar_of_sync.setRange(0, of)
        self.bar_of_sync.setValue(done)
        if not self._stopping:
            self.counts.setText(said)
        self._under_way.show()

    def _end_progress(self) -> None:
        with_keyboard = self.cancel.hasFocus()
        self._stopping = False
        self._under_way.hide()
        if with_keyboard:
            self.take_focus()

    def _sync(self) -> None:
        """Sync once, however often it is pressed; how it goes is told by `sync_told`."""
        session = self.desk.session
        if self._asked or (self._state is not None and self._state.phase is Phase.SYNCING):
            return
        self._asked = True
        self.desk.work(lambda _: session.sync_now(), self._synced, self._synced, owner=self)

    def _synced(self, _: Tally | CasefieldError) -> None:
        self._asked = False
        self.load()

    def _cancel(self) -> None:
        self._stopping = True
        self.counts.setText(self.tr("Stopping after the part that is on its way …"))
        self.desk.session.cancel_sync()

    # -- what there is ------------------------------------------------------------------------

    def _show(self, answer: tuple[SyncState, SyncFound]) -> None:
        state, found = answer
        self._found = found
        alone = state.phase is Phase.ALONE
        self.aside.setText(found.organization)
        with_keyboard = self.now.hasFocus() or self.enrol.hasFocus()
        self.now.setVisible(not alone)
        self.enrol.setVisible(alone)
        if with_keyboard:
            self.take_focus()
        self._came_card.setVisible(not alone)
        self._show_state(state)
        self._show_needs(found)
        number = sum(group.number for group in found.waiting)
        self._waits_card.aside.setText(str(number) if number else "")
        self._waits.fill(found.waiting, partial(self._waiting, found.waiting))
        last = self.desk.session.last_sync
        lines = came(last) if last is not None else ()
        self._came.fill(lines, partial(self._came_lines, lines))

    def _show_needs(self, found: SyncFound) -> None:
        shown = (found.conflicts, found.refused, self._sure, self._refusal)
        self._needs.fill(shown, lambda: self._needing(found.conflicts, found.refused))

    def _needing(
        self, open_ones: tuple[ConflictView, ...], acts: tuple[RefusedAct, ...]
    ) -> QVBoxLayout:
        pile = column(spacing=10)
        for view in open_ones:
            pile.addLayout(self._conflict(view))
        for number, act in enumerate(acts):
            if number or open_ones:
                pile.addWidget(hairline())
            pile.addLayout(self._refused(act))
        if not open_ones and not acts:
            quiet = self.tr(
                "Nothing. Where you and a colleague write the same field differently, or "
                "headquarters refuses something, it stands here until somebody decides."
            )
            pile.addWidget(label(quiet, "mute", wrap=True))
        return pile

    def _conflict(self, view: ConflictView) -> QVBoxLayout:
        person, what = models_conflict.about(view)
        decide = button(
            self.tr("Decide"),
            lambda: self.conflict_wanted.emit(view.conflict_id),
            name=self.tr("Decide: {person}, {what}").format(person=person, what=what),
        )
        said = column(
            label(person, "strong", wrap=True),
            label(self.tr("Two versions: {what}").format(what=what), wrap=True),
            spacing=1,
        )
        mark = Icon(self.theme, "git-merge", "warning")
        line = row(mark, spacing=10)
        line.addLayout(said, 1)
        line.addWidget(decide)
        return column(line)

    def _refused(self, act: RefusedAct) -> QVBoxLayout:
        said = column(
            row((label(act.who, "strong", wrap=True), 1), label(act.when, "small")), spacing=4
        )
        for reason in act.reasons:
            text = self.tr("Refused: {reason}").format(reason=reason)
            said.addWidget(label(text, "danger", wrap=True))
        for record in act.records:
            said.addLayout(self._record(record))
        if not act.here:
            away = self.tr(
                "The person is not on this laptop; headquarters has kept what you wrote."
            )
            said.addWidget(label(away, "small", wrap=True))
        if act.op_id == self._refusal[0]:
            said.addWidget(label(self._refusal[1], "complaint", wrap=True))
        said.addSpacing(2)
        if act.op_id == self._sure:
            said.addWidget(self._sure_panel(act))
        else:
            said.addLayout(self._refused_buttons(act))
        line = row(spacing=10)
        line.addWidget(Icon(self.theme, "circle-alert", "danger"), 0, Qt.AlignmentFlag.AlignTop)
        line.addLayout(said, 1)
        return column(line)

    def _record(self, record: RefusedRecord) -> QVBoxLayout:
        pile = column(label(f"{record.what}: {record.deed}", wrap=True), spacing=2)
        for name, text in record.fields:
            head = label(name, "small", wrap=True)
            head.setFixedWidth(sized(NAME_WIDTH))
            pile.addLayout(row(head, (label(text, wrap=True, select=True), 1), spacing=10))
        return pile

    def _refused_buttons(self, act: RefusedAct) -> QVBoxLayout:
        buttons = row()
        if act.here:
            again = self.tr("Offer again: {person}").format(person=act.who)
            deed = partial(self._deal_with, act.op_id, "offer_again")
            buttons.addWidget(button(self.tr("Offer again"), deed, name=again))
        aside = self.tr("Set aside: {person}").format(person=act.who)
        buttons.addWidget(
            button(self.tr("Set aside …"), partial(self._ask_sure, act.op_id), name=aside)
        )
        buttons.addStretch(1)
        return column(buttons)

    def _sure_panel(self, act: RefusedAct) -> SurePanel:
        question = self.tr("It leaves this list. Headquarters has kept what you wrote.")
        panel = SurePanel(question, self.tr("Set aside"))
        panel.cancelled.connect(partial(self._ask_sure, ""))
        panel.sure.connect(partial(self._deal_with, act.op_id, "set_aside"))
        QTimer.singleShot(0, panel, panel.take_focus)
        return panel

    def _ask_sure(self, op_id: str) -> None:
        self._sure = op_id
        if self._found is not None:
            self._show_needs(self._found)

    def _deal_with(self, op_id: str, deed: str) -> None:
        session = self.desk.session
        act = session.offer_again if deed == "offer_again" else session.set_aside
        self._refusal = ("", "")

        def failed(error: CasefieldError) -> None:
            self._refusal = (op_id, str(error))
            self._ask_sure("")

        def done(_: int) -> None:
            self._sure = ""
            self.load()

        self.desk.jobs.run(lambda _: act(op_id), done, failed, owner=self, writing=True)

    def _waiting(self, groups: tuple[WaitingGroup, ...]) -> QVBoxLayout:
        pile = column(spacing=12)
        self._add_people(pile, groups)
        if not groups:
            quiet = self.tr(
                "Nothing. What you write is saved here first, encrypted, and stands in this list "
                "until headquarters has it."
            )
            pile.addWidget(label(quiet, "mute", wrap=True))
        return pile

    def _add_people(self, pile: QVBoxLayout, groups: tuple[WaitingGroup, ...]) -> None:
        """Show the first of them, and the way to the next."""
        for group in groups[:PEOPLE_AT_ONCE]:
            pile.addLayout(self._waiting_of(group))
        left = groups[PEOPLE_AT_ONCE:]
        if not left:
            return
        text = self.tr("Show {n} more people").format(n=len(left))
        more = button(text, role="link")

        def go_on() -> None:
            more.hide()
            more.deleteLater()
            self._add_people(pile, left)

        more.clicked.connect(go_on)
        pile.addWidget(more)

    def _waiting_of(self, group: WaitingGroup) -> QVBoxLayout:
        """Return a person's lines in one label: a label for each would hold up the window."""
        lines = [f"{line.what}: {line.deed} · {line.when}" for line in group.lines[:LINES_SHOWN]]
        left = len(group.lines) - LINES_SHOWN
        if left > 0:
            lines.append(self.tr("and {n} more").format(n=left))
        return column(
            label(group.who, "strong", wrap=True), label("\n".join(lines), wrap=True), spacing=2
        )

    def _came_lines(self, lines: tuple[str, ...]) -> QVBoxLayout:
        if not lines:
            return column(label(self.tr("None since this laptop was unlocked."), "mute", wrap=True))
        *others, last = lines
        pile = column(*(label(line, wrap=True) for line in others), spacing=4)
        pile.addWidget(label(last, "small", wrap=True))
        return pile

    # -- enrolment ----------------------------------------------------------------------------

    def _fold(self) -> None:
        self.enrolment.hide()
        self.enrolment.code.line.clear()
        self.complaint.hide()

    def _enrol(self) -> None:
        """Ask for what enrolling needs, then enrol; what was done alone is kept and sent."""
        if self.enrolment.isHidden():
            self.enrolment.show()
            self.enrolment.take_focus()
            return
        values = self.enrolment.values()
        if values is None:
            return
        session = self.desk.session
        self.enrol.setEnabled(False)
        self.desk.work(
            lambda _: session.enrol(*values),
            lambda _: self._enrolled(),
            self._not_enrolled,
            owner=self,
        )

    def _enrolled(self) -> None:
        session = self.desk.session
        self.enrol.setEnabled(True)
        self._fold()
        self.enrolled.emit(session.actor.name)
        self.load()
        self.desk.work(lambda _: session.start_sync(), owner=self)

    def _not_enrolled(self, error: CasefieldError) -> None:
        self.enrol.setEnabled(True)
        self.complaint.setText(str(error))
        self.complaint.show()
