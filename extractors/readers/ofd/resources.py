"""What the pages of a document share: draw parameters, composite graphics, template pages."""

from __future__ import annotations

from dataclasses import dataclass, field

from extractors.readers.ofd.parts import Element, Parts, child, children, content, local
from extractors.readers.ofd.text import Widths

_LONGEST_CHAIN = 8


@dataclass(slots=True)
class Resources:
    """Shared things by their id."""

    draw_params: dict[str, Element] = field(default_factory=dict)
    composites: dict[str, Element] = field(default_factory=dict)
    templates: dict[str, str] = field(default_factory=dict)
    """Member names of template pages."""
    widths: Widths = field(default_factory=Widths)

    media: dict[str, tuple[str, str, str]] = field(default_factory=dict)
    """Files of pictures: their location below the base of their resource part, without the base, and that part."""

    def take(self, root: Element, part: str) -> None:
        """Add the contents of the resource part named `part`."""
        for group in root:
            if local(group) == "MultiMedias":
                base = root.get("BaseLoc", "").strip()
                for item in group:
                    place = content(child(item, "MediaFile"))
                    self.media[item.get("ID", "")] = (f"{base.rstrip('/')}/{place}" if base else place, place, part)
            wanted = {"DrawParams": self.draw_params, "CompositeGraphicUnits": self.composites}.get(local(group))
            if wanted is not None:
                wanted.update((item.get("ID", ""), item) for item in group)

    def colour(self, item: Element, layer: str, name: str) -> Element | None:
        """`FillColor` or `StrokeColor` of an object: its own, that of its draw parameters, or of its layer's."""
        own = child(item, name)
        if own is not None:
            return own
        at = item.get("DrawParam") or layer
        for _ in range(_LONGEST_CHAIN):
            params = self.draw_params.get(at)
            if params is None:
                return None
            found = child(params, name)
            if found is not None:
                return found
            at = params.get("Relative", "")
        return None


def read_resources(parts: Parts, main: str, common: Element | None) -> tuple[Resources, list[str]]:
    """The resources of the document in part `main`, and the locations it names in vain."""
    out, lost = Resources(), list[str]()
    if common is None:
        return out, lost
    for entry in common:
        if local(entry) in ("PublicRes", "DocumentRes"):
            name = parts.locate(content(entry), main)
            if name is None:
                lost.append(content(entry))
            else:
                out.take(parts.tree(name), name)
    for entry in children(common, "TemplatePage"):
        name = parts.locate(entry.get("BaseLoc", ""), main)
        if name is None:
            lost.append(entry.get("BaseLoc", ""))
        else:
            out.templates[entry.get("ID", "")] = name
    return out, lost
