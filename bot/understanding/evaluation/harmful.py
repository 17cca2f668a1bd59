"""Confusions that lead somebody astray: such a reading may be asked about, but never be sure."""

from collections.abc import Sequence

from .judged import Judged

HARMFUL = frozenset(
    {
        ("scam_victim", "scam_suspected"),
        ("scam_victim", "out_of_scope"),
        ("crime_report", "out_of_scope"),
        ("eid_level_1", "eid_level_2"),
        ("eid_level_2", "eid_level_1"),
        ("eid_password", "eid_passcode"),
        ("eid_passcode", "eid_password"),
        ("eid_locked", "eid_activate"),
        ("eid_activate", "eid_locked"),
        ("id_card_lost", "id_card_renew"),
        ("permanent_residence", "temporary_residence"),
        ("temporary_residence", "permanent_residence"),
        ("birth_registration", "death_registration"),
        ("death_registration", "birth_registration"),
        ("talk_to_human", "stop"),
        ("stop", "step_done"),
        ("deny", "affirm"),
        ("affirm", "deny"),
        ("step_stuck", "step_done"),
    }
)
"""(meant, read)."""


def harmful(judged: Sequence[Judged], sure: float) -> list[Judged]:
    """The lines on which such a reading would be acted on."""
    return [row for row in judged if (row.example.intent, row.top) in HARMFUL and row.confidence >= sure]
