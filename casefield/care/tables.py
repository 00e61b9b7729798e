"""The rules with casefield's own tables: made once, on first use."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from functools import cache

from casefield.forms.catalogue import Catalogue
from casefield.resources import resource_path
from casefield.rules.boundary import Boundary
from casefield.rules.clocks import DischargeClocks
from casefield.rules.conditions import Classifier
from casefield.rules.lace import Lace
from casefield.rules.social import SocialScreens


@cache
def classifier() -> Classifier:
    """Return the condition groups."""
    return Classifier(resource_path("clinical", "condition_groups.json"))


@cache
def boundary() -> Boundary:
    """Return the decision boundary."""
    return Boundary(resource_path("clinical", "boundary.json"), classifier())


@cache
def lace() -> Lace:
    """Return LACE."""
    return Lace(resource_path("clinical", "lace.json"))


def clocks(own_holidays: Iterable[date] = ()) -> DischargeClocks:
    """Return the discharge clocks with an organisation's own holidays."""
    return DischargeClocks(resource_path("clinical", "discharge_clocks.json"), own_holidays)


@cache
def social() -> SocialScreens:
    """Return the social screens."""
    return SocialScreens(resource_path("clinical", "social_screens.json"))


@cache
def catalogue() -> Catalogue:
    """Return the instruments shipped."""
    return Catalogue(resource_path("questionnaires"))
