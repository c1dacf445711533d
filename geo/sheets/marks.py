"""How a sheet is told apart: a short mark that people can read, and the same as a QR code for each page."""

import io

import segno


def mark(plan_id: str, version: int, team_code: str) -> str:
    """Return the mark of a team's sheet: the plan's first eight letters, its version, the team."""
    return f"{plan_id[:8].upper()}-V{version}-{team_code}"


def codes(of: str, pages: int) -> list[bytes]:
    """Return the QR codes of a sheet's pages as SVG: ``XL:MARK:PAGE``."""
    # A fixed mask is a valid code too; trying all eight for looks takes two seconds for a plan of 18 teams.
    made = []
    for page in range(1, pages + 1):
        out = io.BytesIO()
        segno.make(f"XL:{of}:{page}", micro=False, error="m", mask=2).save(out, kind="svg", border=0)
        made.append(out.getvalue())
    return made
