"""One cold case in a process of its own: a window until its first paint, or a server until told.

Called by path with the case, the moment (monotonic clock) at which the parent started it, and what
the case needs; says what it found as one line of JSON behind an ``@``. Nothing is imported that the
case itself doesn't need: imports are part of what is measured.
"""

from __future__ import annotations

import json
import os
import sys
import time
from typing import Any


def say(**found: Any) -> None:
    """Tell the parent."""
    print("@" + json.dumps(found), flush=True)


def empty(begun: float) -> None:
    """The reference: a window of PySide6 with nothing in it."""
    import empty_window

    application, window = empty_window.shown()
    _until_painted(window)
    say(seconds=time.monotonic() - begun, peak=peak_mb())
    _leave(application)


def lock(begun: float, profile: str) -> None:
    """The lock screen of a profile, as `casefield` opens it."""
    application, window = _window(profile)
    _until_painted(window.lock_page)
    say(seconds=time.monotonic() - begun, peak=peak_mb())
    _leave(application)


def unlock(begun: float, profile: str, passphrase: str, page: str) -> None:
    """From the passphrase entered to a page painted with everybody on it."""
    application, window = _window(profile)
    _until_painted(window.lock_page)
    _while_typing()
    entered = _enter(window, passphrase, page)
    say(seconds=time.monotonic() - entered, peak=peak_mb())
    _leave(application)


def at_work(begun: float, profile: str, passphrase: str, case_id: str, steps: str) -> None:
    """A pair of hands: scroll the caseload, open a person, answer a questionnaire by keys."""
    import hands

    application, window = _window(profile)
    _until_painted(window.lock_page)
    _while_typing()
    _enter(window, passphrase, "caseload")
    found = {"scroll": hands.scroll(window.shell, int(steps))}
    if case_id:
        found["open"] = hands.open_person(window.shell, case_id, int(steps) // 5)
        found["answer"] = hands.answer(window.shell, case_id, int(steps))
    say(**found)
    _leave(application)


def take(begun: float, profile: str, passphrase: str, file: str) -> None:
    """Take a file in; how much memory that needed beyond what was there before."""
    from pathlib import Path

    from casefield.application import Application
    from casefield.care.intake import take_file

    session = Application(Path(profile)).unlock(passphrase)
    before = peak_mb()
    report = take_file(session.working, Path(file), source_system="bench")
    say(seconds=report.seconds, before=before, peak=peak_mb(), records=sum(report.added.values()))
    session.lock()


def parse(begun: float, file: str) -> None:
    """The reference of taking a file in: its JSON parsed, nothing more."""
    from pathlib import Path

    started = time.perf_counter()
    json.loads(Path(file).read_bytes())
    say(seconds=time.perf_counter() - started)


def headquarters(begun: float, database: str) -> None:
    """A server until its standard input closes."""
    from casefield.server.embedded import EmbeddedServer

    with EmbeddedServer(database) as server:
        say(url=server.url)
        sys.stdin.read()


def prototype(begun: float, database: str) -> None:
    """The reference server of sync until its standard input closes."""
    from prototype import serve

    serve(database, say, sys.stdin.read)


def bare_headquarters(begun: float, database: str) -> None:
    """The least that could take a push, until its standard input closes."""
    import threading

    import bare_server

    def end_with_input() -> None:
        sys.stdin.read()
        os._exit(0)

    threading.Thread(target=end_with_input, daemon=True).start()
    bare_server.main(database)


def first_sync(begun: float, profile: str, url: str, code: str) -> None:
    """A new laptop gets everybody; how much memory that needs beyond an unlocked profile."""
    from pathlib import Path

    import people

    from casefield.application import Application

    session = Application(Path(profile)).create(people.PASSPHRASE, name="ben")
    session.enrol(url, code, "ben")
    before = peak_mb()
    started = time.perf_counter()
    found = session.sync_now()
    say(
        seconds=time.perf_counter() - started,
        grown=peak_mb() - before,
        records=found.pulled,
    )
    session.lock()


def peak_mb() -> float:
    """Return the most memory this process ever held, in MiB."""
    status = "/proc/self/status"
    if os.path.exists(status):  # what rusage says there is at least what the parent held
        with open(status, encoding="ascii") as lines:
            peak = next(line for line in lines if line.startswith("VmHWM"))
        return int(peak.split()[1]) / 1024
    import resource

    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most / (1024 * 1024 if sys.platform == "darwin" else 1024)


def _window(profile: str) -> tuple[Any, Any]:
    from pathlib import Path

    from casefield.application import Application
    from casefield.gui.main import make_application, make_theme
    from casefield.gui.window import MainWindow

    application = make_application()
    window = MainWindow(Application(Path(profile)), make_theme(application))
    window.open()
    return application, window


def _until_painted(widget: Any, ready: Any = None) -> None:
    """Run the event loop until a widget was painted while it was ready."""
    from PySide6.QtCore import QEvent, QEventLoop, QObject

    loop = QEventLoop()

    class Watch(QObject):
        def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
            if event.type() is QEvent.Type.Paint and (ready is None or ready()):
                loop.quit()  # takes effect when this paint is through
            return False

    watch = Watch()
    widget.installEventFilter(watch)
    loop.exec()
    widget.removeEventFilter(watch)


def _while_typing() -> None:
    """A person takes two seconds for a passphrase; what loads beside that is not waited for."""
    from PySide6.QtCore import QEventLoop, QTimer

    loop = QEventLoop()
    QTimer.singleShot(2000, loop.quit)
    loop.exec()


def _enter(window: Any, passphrase: str, page: str) -> float:
    """Enter the passphrase, go to a page at once, and return when Enter was pressed."""
    from PySide6.QtCore import QEventLoop

    loop = QEventLoop()

    def inside() -> None:
        if page != "my_day":
            from casefield.gui.shell import Place

            window.shell.go(Place(page))
        loop.quit()

    window.lock_page.unlocked.connect(inside)
    window.lock_page.field.setText(passphrase)
    entered = time.monotonic()
    window.lock_page.field.returnPressed.emit()
    loop.exec()
    shell = window.shell
    if page == "my_day":
        _until_painted(shell.my_day.list.viewport(), lambda: shell.my_day.model.rowCount() > 0)
    else:
        _until_painted(shell.caseload.table.viewport(), lambda: bool(shell.caseload.model.people))
    return entered


def _leave(application: Any) -> None:
    """End without taking the window apart: that isn't measured."""
    sys.stdout.flush()
    os._exit(0)


SERVERS = (headquarters, prototype, bare_headquarters)
LAPTOPS = (empty, lock, unlock, at_work, take, parse, first_sync)
CASES = {case.__name__: case for case in (*LAPTOPS, *SERVERS)}

if __name__ == "__main__":
    CASES[sys.argv[1]](float(sys.argv[2]), *sys.argv[3:])
