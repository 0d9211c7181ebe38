"""The conclusion of each question: one or two sentences with figures, taken from the rows that the answer shows.

All surfaces show the same sentence, and none counts anything that is not in the rows.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from warehouse.questions.conclusions import audit, responsibility, weights, work
from warehouse.questions.conclusions.sentences import Conclude

CONCLUSIONS: Final[Mapping[int, Conclude]] = MappingProxyType(
    {
        1: weights.conclude_weights,
        2: weights.conclude_unique,
        3: weights.conclude_missing_topics,
        4: weights.conclude_differences,
        5: weights.conclude_similarity,
        6: work.conclude_changes,
        7: audit.conclude_points,
        8: audit.conclude_totals,
        9: weights.conclude_scoring,
        10: weights.conclude_exchange,
        11: responsibility.conclude_load,
        12: responsibility.conclude_concentration,
        13: responsibility.conclude_orphans,
        14: responsibility.conclude_unstated_lead,
        15: responsibility.conclude_expansion,
        16: responsibility.conclude_functions,
        17: work.conclude_calendar,
        18: work.conclude_due,
        19: work.conclude_vague_deadlines,
        20: work.conclude_materials,
        21: work.conclude_reuse,
        22: work.conclude_cost,
        23: weights.conclude_methods,
        24: work.conclude_thresholds,
        25: audit.conclude_trust,
        26: work.conclude_burden,
        27: responsibility.conclude_repeated,
        28: work.conclude_shared_files,
        29: work.conclude_merging,
    }
)
"""By the number of the question; called with at least one row."""
