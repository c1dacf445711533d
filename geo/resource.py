"""Where the files that come with the program lie."""

from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent / "resources"


def path(name: str) -> Path:
    """Return the path of a file under `resources/`, for example ``sheets/route.typ``."""
    return ROOT / name


def fonts() -> Path:
    """Return the folder of the Chinese font that is installed with the program."""
    import noto_cjk_sans_otc

    return Path(noto_cjk_sans_otc.__file__).parent
