"""What stands before the camera: each page of the window in each state that is worth a look."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from casefield.application import Application
from casefield.clock import FixedClock
from casefield.demo.history import StageClock
from casefield.demo.stage import ANA, PASSPHRASE, Laptop, Stage
from casefield.sync.state import Phase, SyncState

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from casefield.gui.shell import Shell
    from casefield.gui.window import MainWindow

FULL, BARE = "full", "bare"
SETTLE_MS = 90  # longer than anything the window puts off until it is laid out
NOTE = (
    "Home visit with Rosa and her daughter. Weight 75.8 kg, no swelling, lungs clear. "
    "She walks to the mailbox and back without stopping.\n\n"
    "Three bottles on the table are not on the discharge list:"
)


def prepare(folder: Path, moment: datetime, zone: str) -> None:
    """Make the profiles that all variants are drawn from: the demo's people, and nobody."""
    from casefield.vault import vault
    from casefield.vault.keys import LEAST_MEMORY_KIB, Derivation

    vault.Derivation = lambda: Derivation(LEAST_MEMORY_KIB, 2, 1)  # type: ignore[assignment]
    clock = FixedClock(moment, zone)
    stage = Stage(folder, clock)
    told = StageClock(clock)
    application = Application(folder / FULL, clock=told)
    session = application.create(PASSPHRASE, name=ANA[1])
    stage.fill(Laptop(application, session, told))
    session.lock()
    Application(folder / BARE, clock=clock).create(PASSPHRASE, name=ANA[1]).lock()
    (folder / "cases.json").write_text(
        json.dumps({"moment": moment.isoformat(), "zone": zone, "cases": stage.cases}),
        encoding="utf-8",
    )


def draw(variant: Any, profiles: Path, target: Path, only: str) -> None:
    """Draw every scene of a variant."""
    with tempfile.TemporaryDirectory(prefix="casefield-picture-") as folder:
        shutil.copytree(profiles, folder, dirs_exist_ok=True)
        camera = Camera(variant, Path(folder), target)
        for scene in SCENES:
            if scene.__name__.startswith(only):
                scene(camera)


@dataclass(frozen=True)
class Opened:
    """A window with somebody at work in it."""

    window: MainWindow
    shell: Shell


class Camera:
    """Opens windows, waits until nothing moves, takes pictures.

    Args:
        variant: how the window looks.
        folder: with the profiles.
        target: where pictures go.
    """

    def __init__(self, variant: Any, folder: Path, target: Path) -> None:
        from PySide6.QtCore import QSettings
        from PySide6.QtWidgets import QApplication

        from casefield.gui.main import make_application
        from casefield.gui.theme.theme import Theme

        QSettings.setPath(QSettings.Format.IniFormat, QSettings.Scope.UserScope, str(folder))
        kept = json.loads((folder / "cases.json").read_text(encoding="utf-8"))
        self.cases: dict[str, str] = kept["cases"]
        self.clock = FixedClock(datetime.fromisoformat(kept["moment"]), kept["zone"])
        self.application = make_application()
        QApplication.setCursorFlashTime(0)
        self.theme = Theme(self.application, variant.theme, variant.text / 100)
        self._size, self._folder, self._target = variant.logical, folder, target
        self._in_field = False

    @contextmanager
    def window(self, profile: str) -> Iterator[MainWindow]:
        """Give a window at its lock screen, or at the first run for a profile that is none."""
        from casefield.gui.window import MainWindow

        made = MainWindow(Application(self._folder / profile, clock=self.clock), self.theme)
        made.resize(*self._size)
        made.open()
        made.resize(*self._size)
        try:
            yield made
        finally:
            self.settle(made)
            made.close()
            made.deleteLater()

    @contextmanager
    def at_work(self, profile: str = FULL) -> Iterator[Opened]:
        """Give a window with Ana at work, offline since a while."""
        with self.window(profile) as window:
            assert window.lock_page is not None
            window.lock_page.field.setText(PASSPHRASE)
            window.lock_page.button.click()
            self.settle(window)
            shell = window.shell
            assert shell is not None
            self._in_field = profile == FULL
            yield Opened(window, shell)
            self._in_field = False

    def settle(self, window: MainWindow) -> None:
        """Wait until nothing is under way."""
        from PySide6.QtTest import QTest

        jobs = [window.jobs]
        if window.desk is not None:
            jobs.append(window.desk.jobs)
        QTest.qWait(SETTLE_MS)
        while not all(j.idle for j in jobs):
            QTest.qWait(5)
        QTest.qWait(SETTLE_MS)

    def shoot(self, scene: str, window: MainWindow) -> None:
        """Take a picture; the sync card says what it says on most days in the field."""
        if not window.isActiveWindow():
            window.windowHandle().requestActivate()  # or nothing would show where the keyboard is
        self.settle(window)
        if self._in_field and window.shell is not None:
            last = self.clock.now() + timedelta(hours=-3, minutes=12)
            state = SyncState(Phase.OFFLINE, 12, 0, last)
            window.shell.rail.sync.tell(state, self.clock.now(), self.clock.zone())
        picture = window.grab()
        picture.save(str(self._target / f"{scene}.png"))


def find(parent: QWidget, text: str) -> Any:
    """Return the visible button that says `text`."""
    from PySide6.QtWidgets import QApplication, QPushButton

    QApplication.processEvents()  # what was just laid out is shown by then
    for button in parent.findChildren(QPushButton):
        said = (button.accessibleName() or button.text()).replace("&", "").strip()
        if button.isVisible() and said.startswith(text):
            return button
    raise LookupError(f"no button “{text}” is shown")


def person(camera: Camera, opened: Opened, who: str, tab: str, what: Any = None) -> None:
    """Show a person's record."""
    opened.shell.open_person(camera.cases[who], tab, what)
    camera.settle(opened.window)


# -- scenes -----------------------------------------------------------------------------------


def lock(camera: Camera) -> None:
    """The lock screen, and a passphrase that opens nothing."""
    with camera.window(FULL) as window:
        page = window.lock_page
        assert page is not None
        camera.shoot("lock", window)
        page.field.setText("no such words")
        page.button.click()
        camera.shoot("lock-wrong", window)
    with camera.at_work() as opened:
        opened.window.lock()
        page = opened.window.lock_page
        assert page is not None
        page.field.setText(PASSPHRASE)
        camera.shoot("lock-again", opened.window)


def first_run(camera: Camera) -> None:
    """Welcome, the two forms, and what they say when something is missing."""
    from casefield.gui.first_run import FirstRunPage

    with camera.window("none") as window:
        camera.shoot("first-run", window)
        page = window.centralWidget().currentWidget()  # type: ignore[attr-defined]
        assert isinstance(page, FirstRunPage)
        find(page, "Work alone").click()
        form = page._form
        form.person.line.setText("Ana Alvarez, RN")
        form.passphrase.line.setText("bayside2026")
        form._ask_strength()
        camera.settle(window)
        form.go.click()
        camera.shoot("first-run-alone", window)
        find(page, "Back").click()
        find(page, "Enrol").click()
        form.go.click()
        camera.shoot("first-run-enrol", window)


def my_day(camera: Camera) -> None:
    """The list, a call being logged, a task being closed."""
    with camera.at_work() as opened:
        page = opened.shell.my_day
        camera.shoot("my-day", opened.window)
        call = next(r for r in page.model.rows if r.item.kind == "call")
        page._do_row(call)
        camera.shoot("my-day-call", opened.window)
        task = next(r for r in page.model.rows if r.item.kind not in ("call", "contact", "visit"))
        page._do_row(next((r for r in page.model.rows if r.item.kind == "reconcile"), task))
        camera.shoot("my-day-task", opened.window)


def caseload(camera: Camera) -> None:
    """Everybody, some, nobody who fits."""
    with camera.at_work() as opened:
        opened.shell.rail.buttons["caseload"].click()
        camera.settle(opened.window)
        page = opened.shell.caseload
        camera.shoot("caseload", opened.window)
        page._chips["transition"].click()
        camera.shoot("caseload-filtered", opened.window)
        page.typed.setText("nobody of this name")
        camera.shoot("caseload-none-fit", opened.window)


def summary(camera: Camera) -> None:
    """A full record, one with scores, one of whom little is known, one who died."""
    with camera.at_work() as opened:
        for who in ("rosa-medina", "dana-whitfield", "carlos-benitez", "grace-lindqvist"):
            person(camera, opened, who, "summary")
            camera.shoot(f"summary-{who.split('-')[0]}", opened.window)
        person(camera, opened, "rosa-medina", "summary")
        area = opened.shell.workspace.tabs["summary"].findChildren(_scroll_area())[0]
        area.verticalScrollBar().setValue(area.verticalScrollBar().maximum())
        camera.shoot("summary-rosa-below", opened.window)
        opened.shell.workspace.header.discharge_wanted.emit()
        camera.shoot("discharge", opened.window)
        opened.shell.workspace.header.call_wanted.emit()
        camera.settle(opened.window)
        camera.shoot("call", opened.window)


def assessments(camera: Camera) -> None:
    """What was asked; a PHQ-9 from the first answer to the signature."""
    from casefield.care.assess import start_assessment

    with camera.at_work() as opened:
        person(camera, opened, "carlos-benitez", "assessments")
        camera.shoot("assessments-empty", opened.window)
        person(camera, opened, "dana-whitfield", "assessments")
        camera.shoot("assessments", opened.window)
        case_id, desk = camera.cases["dana-whitfield"], opened.shell.desk
        asked = desk.session.act(lambda work: start_assessment(work, case_id, "phq9"), "pictures")
        tab: Any = opened.shell.workspace.tabs["assessments"]
        tab.open_at(asked)
        camera.settle(opened.window)
        for bar, points in zip(tab.page.bars.values(), (1, 2, 3, 1), strict=False):
            bar._take(bar._by_number(points))
            camera.settle(opened.window)
        camera.shoot("assessment-half", opened.window)
        for bar, points in zip(list(tab.page.bars.values())[4:], (1, 1, 2, 0, 1), strict=False):
            bar._take(bar._by_number(points))
            camera.settle(opened.window)
        camera.shoot("assessment-safety", opened.window)
        find(tab, "Review and sign").click()
        camera.shoot("assessment-not-yet", opened.window)
        find(tab, "Write why not").click()
        camera.shoot("assessment-why-not", opened.window)
        tab.page.panel.field.setText("Dr. Chen came on the line at once and stays with Dana today.")
        find(tab, "Keep this").click()
        camera.settle(opened.window)
        last = list(tab.page.bars.values())[9:]
        for bar in last:
            bar._take(bar._choices[0].code)
            camera.settle(opened.window)
        find(tab, "Review and sign").click()
        camera.shoot("assessment-sign", opened.window)
        tab.page.panel.field.setText("wrong")
        find(tab, "Sign now").click()
        camera.shoot("assessment-sign-wrong", opened.window)
        tab.page.panel.field.setText(PASSPHRASE)
        find(tab, "Sign now").click()
        camera.shoot("assessment-signed", opened.window)


def care_plan(camera: Camera) -> None:
    """A plan, its forms, and one that begins."""
    with camera.at_work() as opened:
        person(camera, opened, "carlos-benitez", "care_plan")
        camera.shoot("plan-empty", opened.window)
        person(camera, opened, "rosa-medina", "care_plan")
        camera.shoot("plan", opened.window)
        tab: Any = opened.shell.workspace.tabs["care_plan"]
        find(tab, "Edit: I want").click()
        camera.shoot("plan-goal", opened.window)
        tab.editor.target.line.setText("far")
        tab.editor.save()
        camera.shoot("plan-goal-wrong", opened.window)
        tab.editor.closed.emit()
        find(tab, "Add activity: I want").click()
        camera.shoot("plan-activity", opened.window)
        tab.editor.closed.emit()
        find(tab, "Close goal").click()
        camera.shoot("plan-close", opened.window)
        tab.editor.closed.emit()
        find(tab, "Add problem").click()
        camera.shoot("plan-problem", opened.window)


def notes(camera: Camera) -> None:
    """No note, a note being written, signed, and added to."""
    with camera.at_work() as opened:
        person(camera, opened, "carlos-benitez", "notes")
        camera.shoot("notes-empty", opened.window)
        person(camera, opened, "rosa-medina", "notes", ("visit", None))
        camera.settle(opened.window)
        tab: Any = opened.shell.workspace.tabs["notes"]
        tab.editor.body.setPlainText(NOTE)
        tab.editor.title.setText("First home visit")
        camera.settle(opened.window)
        tab.editor.flush()
        camera.shoot("note-writing", opened.window)
        find(tab, "Review and sign").click()
        camera.shoot("note-sign", opened.window)
        tab.editor.panel.field.setText(PASSPHRASE)
        find(tab, "Sign now").click()
        camera.shoot("note-signed", opened.window)
        find(tab, "Add an addendum").click()
        camera.settle(opened.window)
        tab.editor.body.setPlainText("The third bottle was ibuprofen; she has stopped it.")
        camera.settle(opened.window)
        camera.shoot("note-addendum", opened.window)


def overlays(camera: Camera) -> None:
    """The finder, and a sentence on top."""
    from casefield.errors import StorageFull

    with camera.at_work() as opened:
        shell = opened.shell
        shell.finder.open()
        camera.shoot("finder", opened.window)
        shell.finder.field.setText("ro")
        camera.shoot("finder-hits", opened.window)
        shell.finder.field.setText("zzz")
        camera.shoot("finder-nobody", opened.window)
        shell.finder.close_over()
        shell.desk.complained.emit(
            StorageFull("The disk is full.", way_out="Free some room; nothing typed is lost.")
        )
        camera.shoot("complaint", opened.window)


def sync(camera: Camera) -> None:
    """The sync page with everything on it, a sync under way, two versions, and nothing left."""
    from casefield.sync.core import Tally

    with camera.at_work() as opened:
        window, shell = opened.window, opened.shell
        shell.rail.sync.click()
        camera.shoot("sync-alone", window)
        runner = _online(camera, opened)
        runner.last = Tally(
            pushed=12, pulled=31, entered=1, conflicts=2, bytes_up=18_400, bytes_down=96_200,
            seconds=1.8,
        )  # fmt: skip
        case_id = camera.cases["rosa-medina"]
        with_ben = _disagree(shell, case_id)
        camera.settle(window)
        shell.sync.load()
        camera.shoot("sync", window)
        find(shell.sync, "Set aside").click()
        camera.shoot("sync-set-aside", window)
        runner.state = SyncState(Phase.SYNCING, 38, 1, camera.clock.now(), done=214)
        shell.sync._told(runner.state)
        shell.sync._show_progress()
        camera.shoot("sync-under-way", window)
        runner.state = SyncState(Phase.ONLINE, 2, 1, camera.clock.now())
        shell.open_person(case_id)
        camera.shoot("summary-disputed", window)
        shell.decide(with_ben)
        camera.shoot("conflict", window)
        find(shell.conflict, "Take mine").click()
        camera.shoot("conflict-next", window)
        find(shell.conflict, "Take mine").click()
        camera.shoot("conflict-none", window)


class _Still:
    """A runner that stands still, for a picture."""

    def __init__(self, state: SyncState) -> None:
        self.state = state
        self.last: Any = None

    def count_again(self) -> None:
        """Count nothing."""

    def nudge(self) -> None:
        """Do nothing."""

    def cancel(self) -> None:
        """Stop nothing."""

    def stop(self) -> None:
        """Stop nothing."""


def _online(camera: Camera, opened: Opened) -> Any:
    """Let the laptop look like one that is enrolled and was synced lately."""
    session: Any = opened.shell.desk.session
    session._runner = _Still(
        SyncState(Phase.ONLINE, 2, 1, camera.clock.now() + timedelta(minutes=-4))
    )
    camera._in_field = False
    return session._runner


def _disagree(shell: Shell, case_id: str) -> str:
    """Let two fields of a goal be disputed and an act be refused; return the first conflict."""
    from casefield.care.conflict_views import FieldValue
    from casefield.care.refused import RefusedView
    from casefield.records.conflict import Conflict
    from casefield.records.planning import Goal

    desk = shell.desk
    session: Any = desk.session
    mine = "Walk to the mailbox twice a day, rest when short of breath. Daughter walks along."
    theirs = "Walk to the mailbox once a day, rest when short of breath. Stop above 110 beats."
    before = "Walk to the mailbox once a day, rest when short of breath."

    def make(work: Any) -> str:
        goal = work.find(Goal, case_id=case_id)[0]
        work.change(goal, barrier=theirs, status="on_hold")
        at = desk.now() + timedelta(days=-2)
        ids = []
        for field, base, current, proposed in (
            ("barrier", before, theirs, mine),
            ("status", "active", "on_hold", "in_progress"),
        ):
            made = Conflict(
                case_id=case_id, record_type="Goal", record_id=goal.id, field=field,
                base={field: base}, current={field: current}, proposed={field: proposed},
                current_by="T. Brandt, MSW", current_at=at + timedelta(hours=7),
                proposed_by=session.actor.name, proposed_at=at,
            )  # fmt: skip
            ids.append(work.add(made).id)
        return ids[0]

    refused = RefusedView(
        op_id="o1", act="t1", case_id=case_id, person="Rosa Medina", here=True,
        record_type="Activity", record_id="a1", title="Daughter weighs her each morning",
        kind="change",
        fields=(
            FieldValue("description", "Daughter weighs her each morning and writes it down"),
            FieldValue("due_on", "2026-11-20"),
        ),
        reason="This person was not in your care when it arrived.",
        said_at=desk.now() + timedelta(hours=-3), zone=desk.zone(),
    )  # fmt: skip
    session.refused = lambda: (refused,)
    return str(session.act(make, "pictures"))


def taking_in(camera: Camera) -> None:
    """An import that took something and left something."""
    with camera.at_work(BARE) as opened:
        opened.shell.rail.buttons["caseload"].click()
        camera.settle(opened.window)
        camera.shoot("nobody-caseload", opened.window)
        opened.shell.rail.buttons["my_day"].click()
        camera.shoot("nobody-my-day", opened.window)
        opened.shell.rail.sync.click()
        camera.shoot("nobody-sync", opened.window)
        find(opened.shell.sync, "Enrol this laptop").click()
        camera.shoot("nobody-sync-enrol", opened.window)
        opened.shell.rail.buttons["caseload"].click()
        opened.shell.caseload.take_in([_files(camera)[0], _files(camera)[1]])
        camera.settle(opened.window)
        camera.shoot("import", opened.window)


def _files(camera: Camera) -> tuple[Path, Path]:
    good = camera._folder / "st-brigid-november.json"
    patient = {
        "resourceType": "Patient",
        "id": "p1",
        "name": [{"given": ["Inés"], "family": "Quintana"}],
        "birthDate": "1949-02-11",
    }
    stray = {"resourceType": "Condition", "id": "c1", "subject": {"reference": "Patient/none"}}
    entries = [{"fullUrl": f"urn:uuid:{r['id']}", "resource": r} for r in (patient, stray)]
    content = {"resourceType": "Bundle", "type": "collection", "entry": entries}
    good.write_text(json.dumps(content), encoding="utf-8")
    bad = camera._folder / "readings.json"
    bad.write_text('{"resourceType": "Bun', encoding="utf-8")
    return good, bad


def _scroll_area() -> type[Any]:
    from PySide6.QtWidgets import QScrollArea

    return QScrollArea


SCENES: tuple[Callable[[Camera], None], ...] = (
    lock,
    first_run,
    my_day,
    caseload,
    summary,
    assessments,
    care_plan,
    notes,
    overlays,
    sync,
    taking_in,
)
