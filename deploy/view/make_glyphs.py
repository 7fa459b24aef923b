"""Draws the glyph atlas the overlay writes with, from the B612 font (SIL Open Font License).

    python deploy/view/make_glyphs.py b612-latin-400-normal.woff b612-latin-700-normal.woff

The files come from the npm package @fontsource/b612. B612 was drawn for aircraft cockpit
screens: its figures and letters stay apart at small sizes and in bad light. The atlas is
committed, so that the running program needs neither Pillow nor FreeType.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

EM_PX = 64
PAD_PX = 6
COLUMNS = 16
CHARACTERS = [chr(c) for c in range(32, 127)] + list("°·±×−–—…’«»äöüÄÖÜßéèêàçµ")
STATIC = Path(__file__).resolve().parents[2] / "edge_pose" / "view" / "static"


def atlas(font_file: Path, name: str) -> None:
    """Writes NAME.png (coverage, 8 bit) and NAME.json (where each glyph lies, its advance)."""
    font = ImageFont.truetype(str(font_file), EM_PX)
    ascent, descent = font.getmetrics()
    cell_w, cell_h = EM_PX + 2 * PAD_PX, ascent + descent + 2 * PAD_PX
    rows = -(-len(CHARACTERS) // COLUMNS)
    sheet = Image.new("L", (cell_w * COLUMNS, cell_h * rows))
    pen = ImageDraw.Draw(sheet)
    glyphs = {}
    for i, char in enumerate(CHARACTERS):
        x, y = (i % COLUMNS) * cell_w, (i // COLUMNS) * cell_h
        pen.text((x + PAD_PX, y + PAD_PX), char, font=font, fill=255)
        glyphs[char] = [x, y, round(font.getlength(char), 3)]
    capital = font.getbbox("H")
    sheet.save(STATIC / f"{name}.png", optimize=True)
    metrics = {
        "em": EM_PX,
        "cell": [cell_w, cell_h],
        "pad": PAD_PX,
        "cap_top": capital[1] + PAD_PX,
        "cap_bottom": capital[3] + PAD_PX,
        "glyphs": glyphs,
    }
    text = json.dumps(metrics, ensure_ascii=False, separators=(",", ":"))
    (STATIC / f"{name}.json").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    regular, bold = map(Path, sys.argv[1:3])
    atlas(regular, "b612-regular")
    atlas(bold, "b612-bold")
