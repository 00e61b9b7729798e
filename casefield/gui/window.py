"""The main window: first run, lock screen or the shell; locks on idle, sleep and Ctrl+L."""

from __future__ import annotations

from typing import TYPE_CHECKING

import shiboken6
from PySide6.QtGui import QCloseEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QApplication, QMainWindow, QStackedWidget, QToolTip, QWidget

from casefield.gui import settings
from casefield.gui.idle import IdleWatch
from casefield.gui.jobs import Jobs
from casefield.gui.lock import LockPage
from casefield.gui.theme.theme import Theme

if TYPE_CHECKING:
    from casefield.application import Application, Session
    from casefield.gui.demo import DemoPage
    from casefield.gui.desk import Desk
    from casefield.gui.shell import Shell

SIZE = (1366, 768)
LEAST = (800, 480)


class MainWindow(QMainWindow):
    """One profile's window.

    Args:
        application: the profile; None when only the demo is wanted.
        theme: the theme in force.
    """

    def __init__(self, application: Application | None, theme: Theme) -> None:
        super().__init__()
        self._application = application
        self._theme = theme
        self.jobs = Jobs(self)
        self._stack = QStackedWidget()
        self.setCentralWidget(self._stack)
        self.setWindowTitle("casefield")
        self.setMinimumSize(*LEAST)
        self.resize(*SIZE)
        self.desk: Desk | None = None
        self.shell: Shell | None = None
        self.lock_page: LockPage | None = None
        self._demo: DemoPage | None = None
        self._keyboard_was: QWidget | None = None
        self._idle = IdleWatch(self)
        self._idle.passed.connect(self.lock)
        for keys, act in (("Ctrl+L", self.lock), ("Ctrl+Shift+D", theme.toggle)):
            QShortcut(QKeySequence(keys), self, act)
        theme.changed.connect(self._keep_theme)

    def open(self) -> None:
        """Show the lock screen, or the first run where there is no profile."""
        kept = settings.geometry()
        if not kept.isEmpty():
            self.restoreGeometry(kept)
        if self._application is not None:
            if self._application.info().exists:
                self._show_lock()
            else:
                self._show_first_run()
        self.show()

    def explore(self) -> None:
        """Prepare the demo, then show it."""
        from casefield.gui.demo import DemoPage

        self._demo = DemoPage(self._theme, self.jobs)
        self._demo.ready.connect(self._demo_ready)
        self._demo.gone_back.connect(self._demo_failed)
        self._show(self._demo)
        self._demo.prepare()

    def lock(self) -> None:
        """Hide everything at once, save what is typed, then drop the key."""
        desk, shell = self.desk, self.shell
        if desk is None or shell is None or desk.resting:
            return
        self._idle.stop()
        _close_what_floats()
        self._keyboard_was = self.focusWidget()
        page = self._show_lock()
        page.wait()
        shell.save()
        desk.begin_rest()
        self.jobs.run(
            lambda _: desk.finish_rest(),
            lambda _: self._locked(page),
            lambda _: self._locked(page),
            owner=self,
        )

    # -- inside -------------------------------------------------------------------------------

    def _locked(self, page: LockPage) -> None:
        """Forget who was shown: every answer that was on its way has arrived before this."""
        from casefield.care.days import place

        assert self.desk is not None  # only who works can lock
        assert self.shell is not None
        self.shell.forget()
        page.locked_at(self.desk.now().astimezone(place(self.desk.zone())))

    def _show_first_run(self) -> None:
        assert self._application is not None  # the demo has no first run
        from casefield.gui.first_run import FirstRunPage

        page = FirstRunPage(self._theme, self._application, self.jobs)
        page.ready.connect(self._enter)
        page.demo_wanted.connect(self.explore)
        self._show(page)

    def _show_lock(self) -> LockPage:
        assert self._application is not None  # who locks has a profile
        hint = self._demo.hint if self._demo is not None else ""
        page = LockPage(self._theme, self._application, self.jobs, hint)
        page.unlocked.connect(self._enter)
        self.lock_page = page
        self._show(page)
        return page

    def _demo_ready(self, application: Application, session: Session) -> None:
        self._application = application
        self.setWindowTitle(self.tr("casefield DEMO: invented people"))
        self._enter(session)

    def _demo_failed(self) -> None:
        self._demo = None
        if self._application is None:
            self.close()
        else:
            self._show_first_run()

    def _enter(self, session: Session) -> None:
        """Go on where the worker was, or begin."""
        from casefield.gui import words
        from casefield.gui.desk import Desk
        from casefield.gui.shell import Shell

        if self.desk is not None and self.shell is not None:
            self.desk.resume(session)
            self._show(self.shell)
            self.shell.back()
            self._give_keyboard_back()
        else:
            self.desk = Desk(session, Jobs(self), self)
            words.see_from(self.desk.today)
            self.shell = Shell(self.desk, self._theme, self._demo)
            self.shell.lock_wanted.connect(self.lock)
            self._show(self.shell)
            self.shell.begin()
        self.lock_page = None
        self._idle.start()
        self.desk.work(lambda _: session.start_sync())

    def _give_keyboard_back(self) -> None:
        assert self.shell is not None  # somebody was at work
        before, self._keyboard_was = self._keyboard_was, None
        if before is not None and shiboken6.isValid(before) and self.shell.isAncestorOf(before):
            before.setFocus()
        else:
            self.shell.take_focus()

    def _keep_theme(self) -> None:
        settings.keep_theme(self._theme.choice)

    def _show(self, page: QWidget) -> None:
        before = self._stack.currentWidget()
        if self._stack.indexOf(page) < 0:
            self._stack.addWidget(page)
        self._stack.setCurrentWidget(page)
        if before is not None and before is not page and before is not self.shell:
            self._stack.removeWidget(before)
            if before is not self._demo:
                before.deleteLater()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Save what is typed, stop sync, drop the key."""
        settings.keep_geometry(self.saveGeometry())
        self._idle.stop()
        self.hide()
        desk, shell = self.desk, self.shell
        if desk is not None and shell is not None and not desk.resting:
            shell.save()
            desk.begin_rest()
            desk.finish_rest()
        self.jobs.finish()  # a lock under way still needs the desk
        if desk is not None:
            desk.jobs.finish()
        if self._demo is not None:
            self._demo.close_stage()
        super().closeEvent(event)


def _close_what_floats() -> None:
    """Menus, calendars, tips and dialogs lie above the lock screen: close them."""
    QToolTip.hideText()
    while (popup := QApplication.activePopupWidget()) is not None:
        popup.close()
    dialog = QApplication.activeModalWidget()
    if dialog is not None:
        dialog.close()
