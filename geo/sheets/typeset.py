"""Paper from data: Typst reads plain JSON, so that a site's name is never taken for markup."""

import json
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import typst

from geo import resource
from geo.errors import XunluError
from geo.language import tr


def to_pdf(template: str, data: Mapping[str, Any], pictures: Mapping[str, bytes]) -> bytes:
    """Return the PDF of a template under ``resources/sheets`` filled with data.

    Parameters
    ----------
    template
        Name of the template, which reads ``data.json`` beside it.
    data
        What JSON can hold.
    pictures
        PNG or SVG by the file name that the data call it.

    Raises
    ------
    XunluError
        If the font for Chinese is missing.
    """
    if not any(resource.fonts().glob("*.tt[cf]")) and not any(resource.fonts().glob("*.ot[cf]")):
        raise XunluError(
            tr("The font of the program is missing, so Chinese cannot be shown."), tr("Install the program again.")
        )
    with tempfile.TemporaryDirectory(prefix="xunlu-sheets-") as name:
        folder = Path(name)
        for file in resource.path("sheets").glob("*.typ"):
            shutil.copy(file, folder)
        for picture, content in pictures.items():
            (folder / picture).write_bytes(content)
        (folder / "data.json").write_text(json.dumps(data, ensure_ascii=False), "utf-8")
        return bytes(
            typst.compile(
                folder / template, root=folder, font_paths=[resource.fonts()], ignore_system_fonts=True, pdf_tags=False
            )
        )
