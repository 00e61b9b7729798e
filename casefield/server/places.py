"""Where headquarters keeps its data when nobody says otherwise."""

from __future__ import annotations

from pathlib import Path


def default_data() -> Path:
    """Return the platform's own folder for headquarters' data."""
    import platformdirs

    return Path(platformdirs.user_data_dir("casefield-server", appauthor=False))
