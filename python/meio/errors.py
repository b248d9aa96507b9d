# SPDX-License-Identifier: MIT
"""The error that every wrong input raises."""

from __future__ import annotations

from collections.abc import Sequence


class InputError(ValueError):
    """Wrong input; lists every problem found in one pass.

    Attributes
    ----------
    findings : list of tuple of str
        One `(field, row, value, fix)` a problem.
    """

    def __init__(self, message: str, findings: Sequence[tuple[str, str, str, str]] = ()) -> None:
        super().__init__(message)
        self.findings = list(findings)

    @classmethod
    def from_core(cls, findings: Sequence[tuple[str, str, str, str]]) -> InputError:
        """Build the error from the findings of the compiled core."""
        count = len(findings)
        lines = [f"{count} problem" + ("" if count == 1 else "s")]
        for field, row, value, fix in findings:
            place = f"{field}[{row}]" if row else field
            found = f" = {value}" if value else ""
            lines.append(f"  {place}{found}: {fix}")
        return cls("\n".join(lines), findings)
