"""The grammar of materials: a text → the materials to submit, of which kind and how much."""

from extractors.parsers.evidence.material_columns import is_material_list, names_material, read_material_row
from extractors.parsers.evidence.model import EvidenceItem
from extractors.parsers.evidence.parser import find_evidence, read_evidence
from extractors.parsers.evidence.requests import is_complete_statement

__all__ = [
    "EvidenceItem",
    "find_evidence",
    "is_complete_statement",
    "is_material_list",
    "names_material",
    "read_evidence",
    "read_material_row",
]
