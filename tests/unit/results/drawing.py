"""Reading a drawn SVG back: where each text and symbol lies. Used by the tests of figures."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from dataclasses import dataclass

SVG = "{http://www.w3.org/2000/svg}"


@dataclass(frozen=True, slots=True)
class Drawn:
    """A text or symbol at its place in the picture."""

    kind: str
    x: float
    y: float
    text: str = ""
    anchor: str = "start"
    size: float = 11.0
    bold: bool = False


def size_of(svg: str) -> tuple[float, float]:
    """Width and height of the picture."""
    root = ET.fromstring(svg)
    return float(root.attrib["width"]), float(root.attrib["height"])


def drawn(svg: str) -> list[Drawn]:
    """Every text and path of the picture, with the translations above it added up."""
    found: list[Drawn] = []
    _walk(ET.fromstring(svg), 0.0, 0.0, 11.0, found)
    return found


def _walk(node: ET.Element, x: float, y: float, size: float, found: list[Drawn]) -> None:
    moved = re.match(r"translate\(([-\d.e]+)(?:,\s*([-\d.e]+))?\)", node.get("transform", ""))
    if moved:
        x, y = x + float(moved[1]), y + float(moved[2] or 0)
    size = float(node.get("font-size", str(size)).removesuffix("px"))
    tag = node.tag.removeprefix(SVG)
    if tag == "text" and (node.text or "").strip():
        found.append(
            Drawn(
                kind="text",
                x=x + float(node.get("x", "0")),
                y=y + float(node.get("y", "0")),
                text=node.text or "",
                anchor=node.get("text-anchor", "start"),
                size=size,
                bold=node.get("font-weight") == "bold",
            )
        )
    elif tag == "path":
        found.append(Drawn(kind="path", x=x, y=y, text=node.get("stroke", "")))
    for child in node:
        _walk(child, x, y, size, found)
