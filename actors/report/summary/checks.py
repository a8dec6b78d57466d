"""The part of the summary that decides: thresholds and the audit, failures first."""

from __future__ import annotations

from textwrap import wrap
from typing import TYPE_CHECKING, Final

from actors.report.layout import Section
from actors.report.tables import aligned

if TYPE_CHECKING:
    from collections.abc import Sequence

    from actors.measure.result import AuditReport, Result, ThresholdResult
    from actors.report.style import Look

__all__ = ["checks", "checks_of", "verdict"]

_WORD: Final = 6
_INDENT: Final = _WORD + 6  # a margin, a sign, a space, the word, a gap
_DETAIL_LENGTH: Final = 400


def checks(result: Result, look: Look, width: int, *, everything: bool) -> Section:
    """Broken laws, failed thresholds, the thresholds that were kept, and what the audit proved."""
    table = [_threshold(item, look) for item in sorted(result.thresholds, key=lambda item: item.ok)]
    return checks_of(table, result.audit, look, width, everything=everything)


def checks_of(
    thresholds: Sequence[Sequence[str]],
    audit: AuditReport,
    look: Look,
    width: int,
    *,
    everything: bool,
) -> Section:
    """The same of thresholds that are rows of three cells already: verdict, expression, actual."""
    prove = _proofs if everything else _kept_laws
    table = list(thresholds)
    if not table:
        table = [
            [
                f"  - {'none':{_WORD}}",
                "no thresholds set: nothing but the audit can fail this run",
                "",
            ]
        ]
    return Section(
        head=[look.paint("strong", "CHECKS")],
        rows=[*_broken_laws(audit, look, width), *aligned("lll", table)],
        foot=prove(audit, look, width),
        noun="checks",
    )


def _threshold(item: ThresholdResult, look: Look) -> list[str]:
    actual = "no sample" if item.actual is None else item.actual
    return [
        verdict(look, ok=item.ok),
        look.foreign(item.expression),
        look.paint("good" if item.ok else "bad", actual),
    ]


def verdict(look: Look, *, ok: bool) -> str:
    """The sign and the word of a threshold that was kept or failed."""
    return _mark(look, "ok" if ok else "FAILED")


def _mark(look: Look, word: str) -> str:
    good = word == "ok"
    sign = look.sign("good" if good else "bad")
    return "  " + look.paint("good" if good else "bad", f"{sign} {word:{_WORD}}")


def _broken_laws(audit: AuditReport, look: Look, width: int) -> list[str]:
    return _laws(audit, look, width, "BROKEN")


def _proofs(audit: AuditReport, look: Look, width: int) -> list[str]:
    return _laws(audit, look, width, "ok")


def _laws(audit: AuditReport, look: Look, width: int, word: str) -> list[str]:
    """The laws that hold or are broken, each with its figures, over as many lines as it takes."""
    lines: list[str] = []
    for check in audit.checks:
        if check.ok == (word == "ok"):
            text = look.foreign(f"audit: {check.name}: {check.detail}", _DETAIL_LENGTH)
            first, *rest = wrap(text, width - _INDENT)
            lines += [f"{_mark(look, word)}  {first}", *(f"{'':{_INDENT}}{line}" for line in rest)]
    return lines


def _kept_laws(audit: AuditReport, look: Look, width: int) -> list[str]:
    kept = [check.name for check in audit.checks if check.ok]
    if not audit.ok:
        held = f"{'':{_INDENT}}audit: {len(kept)} of {len(audit.checks)} laws hold"
        return [look.paint("quiet", held)]
    text = look.foreign(f"audit: all {len(kept)} laws hold: {', '.join(kept)}", width)
    return [f"{_mark(look, 'ok')}  {look.cut(text, width - _INDENT)}"]
