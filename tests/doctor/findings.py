"""How tests read findings."""

from collections.abc import Iterable

from bot.doctor.finding import Finding, State
from bot.doctor.report import TITLES


def states(findings: Iterable[Finding]) -> dict[str, str]:
    """Each check with what became of it; what is not well has a remedy, and every check a title."""
    found = {}
    for one in findings:
        assert one.check in TITLES, one
        assert bool(one.remedy) == (one.state is not State.WELL), one
        found[one.check] = one.state.value
    return found


def the(check: str, findings: Iterable[Finding]) -> Finding:
    return next(one for one in findings if one.check == check)
