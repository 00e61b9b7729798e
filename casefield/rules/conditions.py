"""Which chronic condition group a coded condition belongs to.

Source: the table's own (`condition_groups.json`). A code in no table is unclassified: counted and
listed, never guessed from its text. Social findings among the conditions are told apart.
"""

from __future__ import annotations

from collections.abc import Iterable, Set
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from functools import lru_cache
from pathlib import Path

import msgspec

from casefield.rules.findings import Evidence
from casefield.rules.tables import Table, read_table

ICD10 = "icd10"
SNOMED = "snomed"
ACTIVE = frozenset({"active", "recurrence", "relapse"})
REFUTED = frozenset({"refuted", "entered-in-error"})
MOST_KNOWN = 8192  # a caseload has few codes, each in many people's lists: looked up once


class Codes(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Codes that count for some days only (a heart attack is acute for a year)."""

    days: int
    icd10: tuple[str, ...] = ()
    snomed: frozenset[str] = frozenset()


class Group(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One chronic condition group. `counts`: it counts towards CM1."""

    id: str
    label: str
    icd10: tuple[str, ...] = ()
    snomed: frozenset[str] = frozenset()
    counts: bool = True
    counts_for_days: Codes | None = None


class Social(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A social finding; `barrier` names the one it opens, if any."""

    id: str
    label: str
    icd10: tuple[str, ...] = ()
    snomed: frozenset[str] = frozenset()
    barrier: str | None = None


class NotCounted(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Known, and not a chronic condition."""

    id: str
    label: str
    icd10: tuple[str, ...] = ()
    snomed: frozenset[str] = frozenset()


class ConditionTable(Table, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The shape of `condition_groups.json`."""

    groups: list[Group]
    sud_groups: list[str]
    smi_groups: list[str]
    smi_icd10: tuple[str, ...]
    smi_snomed: frozenset[str]
    remission_icd10: tuple[str, ...]
    social: list[Social]
    not_counted: list[NotCounted]


class CodedCondition(msgspec.Struct, frozen=True, gc=False):
    """A condition as a record has it.

    `codes` are (system, code) with system ``icd10`` or ``snomed``; other systems may stand there
    and classify nothing. `record` is a reference that a reader can find.
    """

    record: str
    codes: tuple[tuple[str, str], ...]
    display: str = ""
    clinical_status: str = "active"
    verification_status: str | None = None
    onset: date | None = None
    onset_said: str | None = None

    @property
    def active(self) -> bool:
        """Whether it is active now and not refuted."""
        return self.clinical_status in ACTIVE and (self.verification_status or "") not in REFUTED

    def evidence(self) -> Evidence:
        """Return it as evidence."""
        code = next((f"{system} {code}" for system, code in self.codes), self.display)
        return Evidence(self.record, "code", code, self.onset_said, self.display)


class Kind(StrEnum):
    """What a condition was found to be."""

    CHRONIC = "chronic"
    SOCIAL = "social"
    NOT_COUNTED = "not_counted"
    UNCLASSIFIED = "unclassified"


@dataclass(frozen=True)
class Classified:
    """The person's conditions, sorted out."""

    groups: dict[str, tuple[CodedCondition, ...]] = field(default_factory=dict)
    labels: dict[str, str] = field(default_factory=dict)
    counted: tuple[str, ...] = ()
    social: dict[str, tuple[CodedCondition, ...]] = field(default_factory=dict)
    barriers: dict[str, tuple[CodedCondition, ...]] = field(default_factory=dict)
    unclassified: tuple[CodedCondition, ...] = ()
    not_counted: tuple[CodedCondition, ...] = ()
    remission: tuple[CodedCondition, ...] = ()
    smi: tuple[CodedCondition, ...] = ()
    sud: tuple[CodedCondition, ...] = ()


class Classifier:
    """Knows the table. Pure: the same conditions always give the same answer.

    Args:
        path: `condition_groups.json`.
    """

    def __init__(self, path: Path) -> None:
        self.table = read_table(path, ConditionTable)
        self._snomed: dict[str, list[Group]] = {}
        self._icd10: dict[str, list[Group]] = {}
        self._labels = {group.id: group.label for group in self.table.groups}
        self._looked_up = lru_cache(maxsize=MOST_KNOWN)(self._look_up)
        for group in self.table.groups:
            for code in group.snomed:
                self._snomed.setdefault(code, []).append(group)
            for prefix in group.icd10:
                self._icd10.setdefault(prefix, []).append(group)

    def groups_of(self, condition: CodedCondition) -> tuple[Group, ...]:
        """Return the groups a condition belongs to, whatever its status."""
        return self._looked_up(condition.codes)[1]

    def kind_of(self, condition: CodedCondition) -> Kind:
        """Return what a condition is, whatever its status."""
        return self._looked_up(condition.codes)[0]

    def _look_up(self, codes: tuple[tuple[str, str], ...]) -> tuple[Kind, tuple[Group, ...]]:
        found: dict[str, Group] = {}
        for system, code in codes:
            if system == SNOMED:
                found |= {g.id: g for g in self._snomed.get(code, ())}
            elif system == ICD10:
                dotless = dotless_icd10(code)
                for length in range(2, len(dotless) + 1):
                    found |= {g.id: g for g in self._icd10.get(dotless[:length], ())}
        groups, bare = tuple(found.values()), CodedCondition("", codes)
        if groups:
            return Kind.CHRONIC, groups
        if any(has_code(bare, s.icd10, s.snomed) for s in self.table.social):
            return Kind.SOCIAL, groups
        if any(has_code(bare, n.icd10, n.snomed) for n in self.table.not_counted):
            return Kind.NOT_COUNTED, groups
        return Kind.UNCLASSIFIED, groups

    def classify(self, conditions: Iterable[CodedCondition], as_of: date) -> Classified:
        """Sort a person's conditions out: active ones by group, each group once."""
        groups: dict[str, list[CodedCondition]] = {}
        social: dict[str, list[CodedCondition]] = {}
        barriers: dict[str, list[CodedCondition]] = {}
        lists: dict[str, list[CodedCondition]] = {
            "unclassified": [], "not_counted": [], "remission": [], "smi": [], "sud": []
        }  # fmt: skip
        for condition in conditions:
            if not condition.active:
                continue
            self._place(condition, as_of, groups, social, barriers, lists)
        counted = tuple(g.id for g in self.table.groups if g.counts and g.id in groups)
        return Classified(
            groups={k: tuple(v) for k, v in groups.items()},
            labels=self._labels,
            counted=counted,
            social={k: tuple(v) for k, v in social.items()},
            barriers={k: tuple(v) for k, v in barriers.items()},
            **{k: tuple(v) for k, v in lists.items()},  # type: ignore[arg-type]
        )

    def _place(
        self,
        condition: CodedCondition,
        as_of: date,
        groups: dict[str, list[CodedCondition]],
        social: dict[str, list[CodedCondition]],
        barriers: dict[str, list[CodedCondition]],
        lists: dict[str, list[CodedCondition]],
    ) -> None:
        table = self.table
        kind = self.kind_of(condition)
        if kind is Kind.CHRONIC:
            if has_code(condition, table.remission_icd10, frozenset()):
                lists["remission"].append(condition)
                return
            for group in self.groups_of(condition):
                if not _lapsed(group, condition, as_of):
                    groups.setdefault(group.id, []).append(condition)
                    if group.id in table.sud_groups:
                        lists["sud"].append(condition)
                    if group.id in table.smi_groups:
                        lists["smi"].append(condition)
            if has_code(condition, table.smi_icd10, table.smi_snomed):
                lists["smi"].append(condition)
        elif kind is Kind.SOCIAL:
            for entry in table.social:
                if has_code(condition, entry.icd10, entry.snomed):
                    social.setdefault(entry.id, []).append(condition)
                    if entry.barrier:
                        barriers.setdefault(entry.barrier, []).append(condition)
        elif kind is Kind.NOT_COUNTED:
            lists["not_counted"].append(condition)
        else:
            lists["unclassified"].append(condition)


@lru_cache(maxsize=MOST_KNOWN)
def dotless_icd10(code: str) -> str:
    """Return an ICD-10 code without its dot, upper case: ``I21.4`` becomes ``I214``."""
    return code.replace(".", "").strip().upper()


def has_code(condition: CodedCondition, icd10: tuple[str, ...], snomed: Set[str]) -> bool:
    """Whether one of a condition's codes is listed (ICD-10 by prefix, SNOMED CT exactly)."""
    for system, code in condition.codes:
        if system == SNOMED and code in snomed:
            return True
        if system == ICD10 and dotless_icd10(code).startswith(icd10):
            return True
    return False


def _lapsed(group: Group, condition: CodedCondition, as_of: date) -> bool:
    """An acute event stops counting after its days; an old or unknown onset is judged so too."""
    acute = group.counts_for_days
    if acute is None or not has_code(condition, acute.icd10, acute.snomed):
        return False
    if condition.onset is None:
        return False
    chronic_too = [c for c in condition.codes if not _listed(c, acute)]
    if any(_in_group(c, group) for c in chronic_too):
        return False
    return as_of - condition.onset > timedelta(days=acute.days)


def _listed(code: tuple[str, str], codes: Codes) -> bool:
    return has_code(CodedCondition("", (code,)), codes.icd10, codes.snomed)


def _in_group(code: tuple[str, str], group: Group) -> bool:
    return has_code(CodedCondition("", (code,)), group.icd10, group.snomed)
