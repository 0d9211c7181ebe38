"""What the grammars of single sentences, cells of units and lines make of a short text."""

from __future__ import annotations

from typing import Any

from extractors.body.outline import read_outline
from extractors.body.scored_items import read_rubric
from extractors.body.sentences import split_sentences
from extractors.parsers import demands, general_rules, illegible_units, item_points, lead_rules, numerals, unit_kinds
from extractors.parsers import stated_amounts as amounts
from extractors.parsers.evidence.material_columns import is_material_list, names_material
from extractors.parsers.grades import find_grade_options
from extractors.parsers.quantities import compact_text, find_quantities, mask_names
from extractors.parsers.responsible_units import read_units
from extractors.parsers.table_words import VOCABULARY_WORDS
from extractors.parsers.unit_abbreviations import find_definitions, is_short_for
from extractors.parsers.unit_lexicon import collect_parties
from extractors.parsers.unit_names import has_unit_suffix, short_forms, strip_tail
from extractors.readers.text.line_tables import find_line_tables
from extractors.readers.text.lost_headers import find_lost_headers
from tests.extractors.body.letters import letter


def read_amounts(text: str) -> Any:
    """Read the figures of a rubric in a sentence: totals, results, numbers of tasks, grades, quantities, points."""
    return {
        "totals": amounts.find_totals(text),
        "bonus": amounts.find_bonus(text),
        "results": amounts.find_results(text),
        "counts": amounts.find_counts(text),
        "grades": find_grade_options(text),
        "quantities": find_quantities(mask_names(compact_text(text).text)),
        "points": [item_points.stated_points(text), item_points.unmarked_points(text), item_points.is_scored(text)],
        "heading": item_points.read_scored_heading(text),
        "integer": numerals.parse_integer(text),
    }


def read_general_sentences(text: str) -> Any:
    """Read what one sentence says of many tasks; `HEADING|SENTENCE` is a sentence below a heading."""
    heading, _, sentence = text.rpartition("|")
    return {
        "deadline": general_rules.read_deadline_rule(sentence, heading),
        "note": general_rules.read_deadline_rule(sentence, heading, is_note=True),
        "months": general_rules.read_month_limit(sentence),
        "formats": general_rules.read_format_rules(sentence),
        "consequences": general_rules.read_consequences(sentence),
        "lead": lead_rules.says_first_leads([sentence]),
        "says": [lead_rules.says_who_leads(text), lead_rules.says_parts_match(text), lead_rules.says_mark_leads(text)],
        "section": lead_rules.read_section_units(sentence),
        "title": [lead_rules.read_title_units([heading, sentence]), lead_rules.read_title_fields(sentence)],
        "asks": [demands.asks_action(sentence), demands.asks_something(sentence)],
        "material": [names_material(sentence), is_material_list(text.split("|"))],
        "sentences": [one.text for one in split_sentences(sentence, "句")],
    }


def read_unit_cells(text: str) -> Any:
    """Read cells of a column of units, one a line; a line `=TEXT` is running text."""
    lines = text.split("\n")
    body = "\n".join(line[1:] for line in lines if line.startswith("="))
    cells = [line for line in lines if not line.startswith("=")]
    lexicon = collect_parties(cells, body)
    lexicon.note_misread(body)
    names = [name for cell in cells for name in cell.split()]
    return {
        "units": [read_units(cell, lexicon) for cell in cells],
        "kinds": [unit_kinds.find_kind(cell) for cell in cells],
        "parents": [unit_kinds.find_parent(cell, names) for cell in cells],
        "debris": [illegible_units.find_debris(cell) for cell in cells],
        "forms": [[has_unit_suffix(cell), strip_tail(cell), short_forms(cell)] for cell in cells],
        "defined": [find_definitions(line, has_unit_suffix) for line in lines],
        "short": is_short_for(lines[0], lines[-1]),
    }


def read_line_tables(text: str) -> Any:
    """Read the tables of a text with every cell on a line of its own."""
    lines = text.split("\n")
    found = find_line_tables(lines, VOCABULARY_WORDS)
    tables = [
        [
            start,
            table.end,
            table.odd_rows,
            [["¦".join((cell.text, str(cell.line))) for cell in row] for row in table.rows],
        ]
        for start, table in found.items()
    ]
    return [*tables, next(iter(find_lost_headers(lines, VOCABULARY_WORDS)), None)]


def read_rubric_items(text: str) -> Any:
    """Read the rubrics in the running text of a letter."""
    found = read_rubric(read_outline(letter(text)))
    items = [[one.text, one.points, one.points_rows, one.criteria] for one in found.items]
    return [items, found.is_proven, [[one.full_heading[:40], count] for one, count in found.doubtful]]
