"""Puts the laptop's parts together: clock, keyring, paths, vault, care's work and sync.

The one place that knows everybody. The window and the command line get an `Application` for a
profile and, once unlocked, a `Session`; neither ever sees the database or the network.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from casefield import __version__
from casefield.clock import Clock, SystemClock
from casefield.errors import (
    CasefieldError,
    LockedOrNotEnrolled,
    NoKeyring,
    NotAllowed,
    NotFound,
    UnusableInput,
)
from casefield.sync.state import Phase, SyncState

if TYPE_CHECKING:
    from casefield.care.refused import RefusedView
    from casefield.care.views import AttachmentView
    from casefield.records.outbox import Refused, Waiting
    from casefield.records.work import Actor, Work
    from casefield.sync.core import Tally
    from casefield.sync.headquarters import Headquarters
    from casefield.sync.identity import Identity
    from casefield.sync.runner import Runner
    from casefield.vault.check import CheckFinding
    from casefield.vault.journal import Journal
    from casefield.vault.unit_of_work import VaultWork
    from casefield.vault.vault import Vault

T = TypeVar("T")
Touched = frozenset[tuple[str, str, str | None]]
LAST_SYNCED = "last_synced"
PROFILE_MARK = "keyslots.json"
NEEDED_TO_UNLOCK = (
    "argon2.low_level",
    "cryptography.hazmat.primitives.ciphers.aead",
    "sqlcipher3.dbapi2",
    "casefield.vault.vault",
    "casefield.sync.identity",
    "casefield.care.caseload",
    "casefield.care.worklist",
)


def default_profile() -> Path:
    """Return the platform's own folder for casefield's data."""
    import platformdirs

    return Path(platformdirs.user_data_dir("casefield", appauthor=False))


@dataclass(frozen=True)
class ProfileInfo:
    """What may be known of a profile before it is unlocked: nothing about people in care."""

    folder: Path
    exists: bool
    demo: bool


class Application:
    """One profile on this laptop.

    Args:
        profile: the data folder; need not exist yet.
        clock: where the time comes from.
        keyring: finds the system's keyring, or says why there is none to be used.
    """

    def __init__(
        self,
        profile: Path,
        *,
        clock: Clock | None = None,
        keyring: Callable[[], Any] | None = None,
    ) -> None:
        self.profile = profile
        self.clock: Clock = clock or SystemClock()
        self._keyring = keyring or _system_keyring

    def info(self) -> ProfileInfo:
        """Tell what kind of profile this is, without a passphrase."""
        return ProfileInfo(
            folder=self.profile,
            exists=(self.profile / PROFILE_MARK).is_file(),
            demo=(self.profile / "demo").is_file(),
        )

    def create(self, passphrase: str, *, name: str = "") -> Session:
        """Make an encrypted profile that works alone until it is enrolled, and open it.

        Raises:
            UnusableInput: the passphrase is too weak, or the folder already holds a profile.
            StorageFull: no room.
        """
        from casefield.vault.vault import Vault

        vault = Vault.create(self.profile, passphrase, clock=self.clock)
        if name:
            vault.set_fact("worker_name", name)
        return Session(vault, self.clock, self._keyring)

    def unlock(self, passphrase: str) -> Session:
        """Open the profile.

        Raises:
            WrongPassphrase: the passphrase opens nothing.
            LockedOrNotEnrolled: there is no profile here.
            Damaged, UnusableInput: the profile is not whole, or of another version.
        """
        vault = self._locked_vault()
        vault.unlock(passphrase)
        return Session(vault, self.clock, self._keyring)

    def unlock_by_keyring(self) -> Session:
        """Open the profile with the secret that the system's keyring holds, asking nobody.

        Raises:
            WrongPassphrase: the keyring holds nothing that opens it.
            NoKeyring: the system has none that may be used, or it does not answer.
            LockedOrNotEnrolled, Damaged, UnusableInput: as `unlock`.
        """
        vault = self._locked_vault()
        vault.unlock_by_keyring(self._keyring())
        return Session(vault, self.clock, self._keyring)

    def opens_by_keyring(self) -> bool:
        """Tell whether the system's keyring was let in, without a passphrase.

        Raises:
            LockedOrNotEnrolled: there is no profile here.
            Damaged: the key file is not whole.
        """
        return self._locked_vault().opens_by_keyring()

    def keyring_complaint(self) -> str:
        """Return why this system has no keyring to be used; nothing where it has one."""
        try:
            self._keyring()
        except NoKeyring as error:
            return error.message
        return ""

    def _locked_vault(self) -> Vault:
        from casefield.vault.vault import Vault

        if not self.info().exists:
            raise LockedOrNotEnrolled(
                f"There is no casefield profile in {self.profile}.",
                way_out="Make one with casefield init, or enrol this laptop with casefield enrol.",
            )
        return Vault.open(self.profile, clock=self.clock)


class Session:
    """An unlocked profile: questions, acts, and how sync stands.

    Args:
        vault: the unlocked vault.
        clock: where the time comes from.
        keyring: finds the system's keyring.
    """

    def __init__(
        self, vault: Vault, clock: Clock, keyring: Callable[[], Any] | None = None
    ) -> None:
        self._vault = vault
        self._clock = clock
        self._keyring = keyring or _system_keyring
        self._runner: Runner | None = None
        self._line: Headquarters | None = None
        self._one_runner = threading.Lock()
        self._last_synced_kept: datetime | None = None
        self._late_drafts = 0
        self._told_phase: Phase | None = None
        self.changed: list[Callable[[Touched], None]] = []
        self.sync_told: list[Callable[[SyncState], None]] = []
        self._read_identity()

    @property
    def actor(self) -> Actor:
        """Who works here."""
        return self._actor

    @property
    def identity(self) -> Identity | None:
        """What this laptop is to headquarters; None while it works alone."""
        return self._known_identity

    @property
    def clock(self) -> Clock:
        """Where the time comes from."""
        return self._clock

    def read(self, question: Callable[[Work], T]) -> T:
        """Ask care something, on a snapshot; what was opened is audited."""
        with self._vault.read(self._actor) as work:
            return question(work)

    def act(self, act: Callable[[Work], T], reason: str) -> T:
        """Let care change something: row, operation and audit in one transaction.

        Announces what changed to everyone in `changed`, and wakes sync.
        """
        with self.working(reason) as work:
            result = act(work)
        return result

    @contextlib.contextmanager
    def working(self, reason: str) -> Iterator[Work]:
        """Give one unit of work to an import that reads while it writes; else as `act`."""
        with self._working(reason) as work:
            yield work

    @contextlib.contextmanager
    def _working(self, reason: str) -> Iterator[VaultWork]:
        with self._vault.work(self._actor, reason) as work:
            yield work
        touched: Touched = frozenset((c.kind, c.id, c.case_id) for c in work.changed)
        if touched:
            self._announce(touched)
            if self._runner is not None:
                self._runner.count_again()
                self._runner.nudge()

    def confirm_passphrase(self, passphrase: str) -> bool:
        """Tell whether this is the profile's passphrase: asked again before signing."""
        return self._vault.confirms(passphrase)

    def change_passphrase(self, old: str, new: str) -> None:
        """Change the profile's passphrase; see `Vault.change_passphrase`."""
        self._vault.change_passphrase(old, new)

    def keyring_on(self) -> None:
        """Let the system's keyring open the profile, beside the passphrase.

        Raises:
            NoKeyring: the system has none that may be used, or it refused.
            StorageFull: no room; nothing is changed.
        """
        self._vault.add_keyring(self._keyring())

    def keyring_off(self) -> bool:
        """Let only the passphrase open the profile; return whether the keyring forgot its secret.

        Raises:
            StorageFull: no room; nothing is changed.
        """
        try:
            backend = self._keyring()
        except NoKeyring:
            backend = None
        return self._vault.remove_keyring(backend)

    def check(self) -> tuple[CheckFinding, ...]:
        """Check database, outbox, audit chain and attachments; see `casefield.vault.check`."""
        from casefield.vault.check import check

        return check(self._vault)

    # -- attachments ----------------------------------------------------------------------

    def attach(
        self,
        case_id: str,
        path: Path,
        *,
        title: str = "",
        note_id: str | None = None,
        visit_id: str | None = None,
    ) -> str:
        """Attach a file to a person's record; return the attachment's id.

        Its content is encrypted and on the disk before the record names it; the file itself stays
        where it is.

        Raises:
            UnusableInput: the file can't be read, is too large or of a kind that isn't taken.
            NotFound: nobody, or no such note or visit of this person.
            StorageFull: no room; nothing is left of it.
        """
        from casefield.care import attachments

        self.read(
            lambda work: attachments.must_be_here(work, case_id, note_id=note_id, visit_id=visit_id)
        )
        with attachments.opened(path) as content:
            media_type, file_name = content.media_type or "", content.file_name
            place = self._vault.blobs.keep(case_id, content.pieces())
        try:
            return self.act(
                lambda work: attachments.attach(
                    work,
                    place,
                    media_type=media_type,
                    file_name=file_name,
                    title=title,
                    note_id=note_id,
                    visit_id=visit_id,
                ),
                "attach a file",
            )
        except BaseException:
            with contextlib.suppress(CasefieldError):  # else the sweep after the next start
                self._vault.blobs.let_go(place)
            raise

    def attachment(
        self,
        attachment_id: str,
        progress: Callable[[Tally], None] | None = None,
        cancelled: Callable[[], bool] = lambda: False,
    ) -> Iterator[bytes] | None:
        """Give an attachment's content, a piece at a time, fetched first if it isn't here.

        Args:
            attachment_id: of the record.
            progress: hears how many bytes came, while it is fetched.
            cancelled: asked then. A cancelled fetch gives None, and goes on next time.

        Raises:
            NotFound: no such attachment, or headquarters has not got its content yet.
            LockedOrNotEnrolled: it isn't here, and this laptop works alone.
            Offline: it isn't here, and headquarters can't be reached.
            Damaged: the file here, or what came, isn't what was attached.
        """
        from casefield.care import attachments

        view = self.read(lambda work: attachments.attachment(work, attachment_id))
        place = attachments.place_of(view)
        if not self._vault.blobs.has(place) and not self._only_line().fetch(
            place, progress, cancelled
        ):
            return None
        return self._vault.blobs.read(place)

    def attachment_states(self, views: Iterable[AttachmentView]) -> dict[str, str]:
        """Return where the content of each attachment is, by the attachment's id.

        One of: here (and at headquarters), waiting (here, not all at headquarters yet), refused
        (here, and headquarters doesn't take it), damaged, coming, away.
        """
        from casefield.care.attachments import place_of

        places = {view.attachment_id: place_of(view) for view in views}
        known = self._vault.blobs.standing(places.values())
        found = {}
        for attachment_id, place in places.items():
            state = known[place].state if place in known else "away"
            found[attachment_id] = "here" if state == "safe" else state
        return found

    def lock(self) -> None:
        """Stop sync, close the connections, drop the key."""
        self._stop_sync()
        self._vault.lock()

    # -- headquarters ---------------------------------------------------------------------

    @property
    def sync_state(self) -> SyncState:
        """How this laptop stands with headquarters."""
        if self._runner is not None:
            return self._runner.state
        waiting, refused = self._counts()
        phase = Phase.ALONE if self._known_identity is None else Phase.WAITING
        return SyncState(phase, waiting, refused, self._last_synced())

    def waiting(self) -> tuple[Waiting, ...]:
        """Return what has not reached headquarters yet, in order."""
        return tuple(self._journal().waiting())

    # -- what headquarters refused ----------------------------------------------------------

    def refused(self) -> tuple[RefusedView, ...]:
        """Return what headquarters refused and nobody has dealt with, in order."""
        from casefield.care.refused import refused_views

        found = self._journal().refused()
        return self.read(lambda work: refused_views(work, found)) if found else ()

    def set_aside(self, op_id: str) -> int:
        """Take a refused act out of the queue: it was seen; headquarters has kept it.

        Returns:
            How many operations that was: all that were refused of the same act.

        Raises:
            NotFound: no such operation was refused, or it was dealt with.
        """
        from casefield.vault.outbox import SET_ASIDE

        with self._working("set aside what was refused") as work:
            act = _act_of(work, op_id)
            work.put_away(act, SET_ASIDE, "set_aside")
        self._count_again()
        return len(act)

    def offer_again(self, op_id: str) -> int:
        """Say a refused act again, as a change of what stands today.

        Returns:
            How many operations that was: all that were refused of the same act.

        Raises:
            NotFound: no such operation was refused, or its record is not here.
            NotAllowed: the person is not here, or the record is signed.
        """
        from casefield.vault.again import say_again
        from casefield.vault.outbox import HANDLED

        with self._working("offer again what was refused") as work:
            act = _act_of(work, op_id)
            _must_be_here(work, act)
            for one in act:
                say_again(work, one.operation)
            work.put_away(act, HANDLED, "offer_again")
        self._count_again()
        return len(act)

    def settle_late(self) -> int:
        """Make addendum drafts of what was written into records that were signed meanwhile.

        Called after each sync. What was done together with it goes out again where that
        overwrites nobody. A draft and the mark that it was made are one transaction.

        Returns:
            How many drafts were made.
        """
        from casefield.care.late import is_late

        groups: dict[str, list[Refused]] = {}
        for one in self._journal().refused():
            if is_late(one):
                groups.setdefault(one.operation.id, []).append(one)
        made = 0
        for record_id in groups:
            with contextlib.suppress(CasefieldError):  # it stays in the queue, for a person
                made += self._settle_late_of(record_id)
        self._late_drafts += made
        if groups:
            self._count_again()
        return made

    def _settle_late_of(self, record_id: str) -> bool:
        from casefield.care.late import TOGETHER, add_late, is_late
        from casefield.records.operation import OperationKind
        from casefield.vault.again import overwrites_nobody, say_again, says_nothing_new
        from casefield.vault.outbox import HANDLED

        with self._working("late edit") as work:
            refused = work.refused()
            late = [o for o in refused if is_late(o) and o.operation.id == record_id]
            if not late:
                return False
            made = add_late(work, [one.operation for one in late])
            acts = {one.operation.tx: one.operation.kind for one in late}
            for one in refused:
                operation = one.operation
                if one.reason != TOGETHER or operation.tx not in acts:
                    continue
                # what follows from a signature followed from the one that came first, too
                signs = acts[operation.tx] is OperationKind.SIGN
                if (says_nothing_new if signs else overwrites_nobody)(work, operation):
                    say_again(work, operation)
                    late.append(one)
            work.put_away(late, HANDLED, "late_edit")
        return made is not None

    @property
    def late_drafts(self) -> int:
        """How many drafts were made of late edits since the profile was unlocked."""
        return self._late_drafts

    # -- enrolment and sync -----------------------------------------------------------------

    def enrol(
        self,
        server: str,
        code: str,
        user: str,
        *,
        password: str | None = None,
        device_name: str = "",
        again: bool = False,
    ) -> Identity:
        """Make this laptop one of headquarters'. Work done alone before is kept and sent.

        Args:
            again: the laptop is enrolled, and headquarters stopped it, forgot it or took it for a
                copy: it becomes a new device of the same user and keeps everything. Sync that ran
                is stopped; start it again afterwards.

        Raises:
            Offline, UnusableInput: the server isn't reachable or isn't casefield, or this laptop
                is enrolled for somebody else.
            LockedOrNotEnrolled: `again`, and it was never enrolled.
            Refused: the code is wrong, used or expired, or a password is needed.
        """
        from casefield.sync.identity import FACT, Identity, new_device_key
        from casefield.sync.messages import Enrol
        from casefield.sync.transport import Transport

        before = self._known_identity
        _must_fit(before, user, again=again)
        private, public = new_device_key()
        asked = Enrol(
            code=code.strip(),
            user=user.strip(),
            device_name=device_name or _machine_name(),
            public_key=public,
            app=__version__,
            password=password,
        )
        transport = Transport(server)
        with contextlib.closing(transport):
            transport.hello()
            reply = transport.enrol(asked)
        identity = Identity(
            server=transport.server,
            org_id=reply.org_id,
            organization=reply.organization,
            user_id=reply.user_id,
            user_name=reply.user_name,
            login=user.strip(),
            role=reply.role,
            device_id=reply.device_id,
            fingerprint=reply.fingerprint,
            device_key=private,
            refresh_token=reply.refresh_token,
        )
        facts = {FACT: asdict(identity)}
        if before is None:
            self._vault.adopt(
                org_id=reply.org_id,
                user_id=reply.user_id,
                device_id=reply.device_id,
                facts=facts,
            )
        else:
            _must_be_the_same(before, identity)
            self._stop_sync()
            self._journal().begin_as(reply.device_id, facts)
        self._read_identity()
        return identity

    def sync_now(self, progress: Callable[[Tally], None] | None = None) -> Tally:
        """Run one whole sync in the calling thread.

        Raises:
            LockedOrNotEnrolled: this laptop is not enrolled.
            Offline: headquarters can't be reached; everything stays here.
        """
        return self._only_runner().sync_once(progress)

    def cancel_sync(self) -> None:
        """End the sync under way after its round; it goes on with the next one."""
        if self._runner is not None:
            self._runner.cancel()

    @property
    def last_sync(self) -> Tally | None:
        """What the newest sync since the profile was unlocked did; None before the first."""
        return self._runner.last if self._runner is not None else None

    def start_sync(self) -> None:
        """Keep this laptop in step in the background; does nothing while it works alone."""
        if self._known_identity is not None:
            self._only_runner().start()

    def connectivity_returned(self) -> None:
        """The system says there is a network again: a hint, tried soon."""
        if self._runner is not None:
            self._runner.hint()

    # -- inside ---------------------------------------------------------------------------

    def _only_runner(self) -> Runner:
        """Two lines at once would spend each other's tokens, so there is one for the session."""
        with self._one_runner:
            if self._runner is None:
                self._runner = self._new_runner()
            return self._runner

    def _stop_sync(self) -> None:
        if self._runner is not None:
            self._runner.stop()
            self._runner = None
            self._line = None

    def _only_line(self) -> Headquarters:
        self._only_runner()
        assert self._line is not None
        return self._line

    def _new_runner(self) -> Runner:
        from casefield.sync.headquarters import Headquarters
        from casefield.sync.runner import Runner
        from casefield.sync.transport import Transport

        identity = self._known_identity
        if identity is None:
            raise LockedOrNotEnrolled(
                "This laptop is not enrolled, so there is no headquarters to sync with.",
                way_out="Enrol it with casefield enrol.",
            )
        self._line = Headquarters(
            self._journal(),
            self._vault,
            Transport(identity.server),
            self._clock,
            self._vault.blobs,
        )
        return Runner(
            self._line,
            self._counts,
            self._clock,
            tell=self._sync_told,
            changed=self._announce,
            last_synced=self._last_synced(),
        )

    def _sync_told(self, state: SyncState) -> None:
        if state.phase is Phase.ONLINE and state.last_synced != self._last_synced_kept:
            self._keep_last_synced(state.last_synced)
        before, self._told_phase = self._told_phase, state.phase
        if (before, state.phase) == (Phase.SYNCING, Phase.ONLINE) and state.refused:
            self.settle_late()
            state = self.sync_state  # fewer are refused now, and listeners heard so
        for listener in list(self.sync_told):
            listener(state)

    def _announce(self, touched: Touched) -> None:
        for listener in list(self.changed):
            listener(touched)

    def _count_again(self) -> None:
        if self._runner is not None:
            self._runner.count_again()

    def _counts(self) -> tuple[int, int]:
        return self._journal().counts()

    def _journal(self) -> Journal:
        return self._vault.journal

    def _last_synced(self) -> datetime | None:
        kept = self._vault.fact(LAST_SYNCED)
        return datetime.fromisoformat(kept) if kept else None

    def _keep_last_synced(self, moment: datetime | None) -> None:
        if moment is not None:
            with contextlib.suppress(CasefieldError):  # a full disk undoes no sync
                self._vault.set_fact(LAST_SYNCED, moment.isoformat())
        self._last_synced_kept = moment

    def _read_identity(self) -> None:
        from casefield.records.work import Actor
        from casefield.sync.identity import load_identity

        self._known_identity = load_identity(self._vault)
        local = self._vault.local_identity()
        known = self._known_identity
        self._actor = Actor(
            org_id=known.org_id if known else local.org_id,
            user_id=known.user_id if known else local.user_id,
            name=known.user_name if known else (self._vault.fact("worker_name") or "This laptop"),
            role=known.role if known else "case_manager",
            device_id=known.device_id if known else None,
        )


def _act_of(work: VaultWork, op_id: str) -> list[Refused]:
    """Return what was refused of the act that an operation belongs to."""
    refused = work.refused()
    acts = {one.operation.tx for one in refused if one.operation.op_id == op_id}
    if not acts:
        raise NotFound(
            "No refused work of this id is left.", way_out="See casefield waiting for what is."
        )
    return [one for one in refused if one.operation.tx in acts]


def _must_be_here(work: VaultWork, act: list[Refused]) -> None:
    """Whether the people of an act are on this laptop, or come into being by it.

    Raises:
        NotAllowed: they are not.
    """
    from casefield.records.people import Patient

    born = {one.operation.id for one in act if one.operation.type == "Patient"}
    cases = {one.operation.case_id for one in act if one.operation.case_id} - born
    if len(work.find(Patient, id=sorted(cases))) < len(cases):
        raise NotAllowed(
            "This person is not on this laptop, so nothing can be offered again.",
            way_out="Headquarters has kept what you wrote. Ask there, or set it aside.",
        )


def _must_fit(known: Identity | None, user: str, *, again: bool) -> None:
    """Whether a laptop that is this already may be enrolled.

    Raises:
        UnusableInput, LockedOrNotEnrolled: it may not.
    """
    if known is None:
        if again:
            raise LockedOrNotEnrolled(
                "This laptop was never enrolled, so it can't be enrolled again.",
                way_out="Enrol it with casefield enrol, without --again.",
            )
        return
    if not again:
        raise UnusableInput(
            f"This laptop is already enrolled at {known.server}.",
            way_out="Use another profile (--profile) for another organisation. If headquarters "
            "stopped this laptop: casefield enrol --again.",
        )
    if user.strip().casefold() != known.login.casefold():
        raise UnusableInput(
            f"This laptop is {known.login}'s, and “{user.strip()}” is somebody else.",
            way_out="Use another profile (--profile) for another person.",
        )


def _must_be_the_same(before: Identity, now: Identity) -> None:
    """Whether headquarters knows the worker of this laptop as it did.

    Raises:
        UnusableInput: it is another organisation, or another user of that login.
    """
    if (now.org_id, now.user_id) != (before.org_id, before.user_id):
        whose = "organisation" if now.org_id != before.org_id else "user"
        raise UnusableInput(
            f"The code belongs to another {whose} than this laptop's, {before.user_name} at "
            f"{before.organization}. Nothing here was changed.",
            way_out="Ask the administrator there for a code, or use another profile (--profile).",
        )


def _machine_name() -> str:
    import platform

    return platform.node() or "laptop"


def passphrase_strength(passphrase: str) -> tuple[int, str]:
    """Return how hard a passphrase is to guess, 0 to 4, and advice in a sentence or nothing."""
    from casefield.vault.keys import strength

    found = strength(passphrase)
    return found.score, found.hint


def _system_keyring() -> Any:
    from casefield.vault.os_keyring import system_keyring

    return system_keyring()


def warm_up() -> None:
    """Load what unlocking needs; called beside a person who still types the passphrase."""
    import gc
    import importlib

    for name in NEEDED_TO_UNLOCK:
        importlib.import_module(name)
    from sqlalchemy import select
    from sqlalchemy.dialects import sqlite
    from sqlalchemy.orm import configure_mappers

    from casefield.care import tables
    from casefield.records.laptop import LaptopFact

    configure_mappers()
    select(LaptopFact).compile(dialect=sqlite.dialect())  # the first statement loads the compiler
    for table in (tables.boundary, tables.lace, tables.social):
        table()
    gc.freeze()  # what is loaded stays: no collection, which stops the window, looks at it again
