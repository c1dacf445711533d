"""Tests of the user's settings and their place on disk."""

from pathlib import Path

from PySide6.QtCore import QSettings

from gui import settings
from gui.settings import Settings


def store(path: Path) -> QSettings:
    """Return a store in a file of its own."""
    return QSettings(str(path / "settings.ini"), QSettings.Format.IniFormat)


def test_settings_come_back_as_they_were(tmp_path: Path) -> None:
    """What is saved is loaded, lists of one or more included."""
    for recent in ([], ["/a.gpkg"], ["/a.gpkg", "/b, c.gpkg"]):
        kept = Settings("zh", recent, 42, "en", "Zm9v", "YmFy")
        settings.save(kept, store(tmp_path))
        assert settings.load(store(tmp_path)) == kept


def test_spoilt_settings_stand_at_their_default(tmp_path: Path) -> None:
    """A store that holds nonsense gives settings that work."""
    spoilt = store(tmp_path)
    spoilt.setValue("effort_s", "soon")
    spoilt.setValue("recent", 7)
    assert settings.load(spoilt) == Settings()
    spoilt.setValue("effort_s", "100000")
    assert settings.load(spoilt).effort_s == 600


def test_recent_projects_are_few_and_the_last_is_first(tmp_path: Path) -> None:
    """A project opened again moves to the front; of many the oldest go."""
    kept = Settings()
    for number in range(settings.RECENT + 3):
        kept.remember(tmp_path / f"{number}.gpkg")
    kept.remember(tmp_path / "5.gpkg")
    assert len(kept.recent) == settings.RECENT
    assert kept.recent[0] == str(tmp_path / "5.gpkg")
    assert kept.existing() == []
