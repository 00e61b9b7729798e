"""casefield: care coordination and case management that works where there is no network."""

__version__ = "0.1.0"
