# SPDX-License-Identifier: MIT
"""The error that every wrong input raises, the warnings, and the list of their codes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from meio.tables import Table

#: Every code, with its title. Codes are stable: a code keeps its meaning, or is retired.
CODES: dict[str, str] = {
    "E001": "missing table",
    "E002": "missing column",
    "E003": "misspelt column",
    "E004": "wrong type",
    "E005": "missing value",
    "E006": "infinite value",
    "E007": "unknown word",
    "E010": "duplicate row",
    "E012": "unknown name",
    "E031": "negative value",
    "E032": "zero capacity",
    "E033": "value out of range",
    "E034": "shares off",
    "E040": "invalid cut-off",
    "E041": "unknown time zone",
    "E042": "naive timestamp",
    "E050": "unknown unit",
    "E051": "missing unit",
    "E052": "units disagree",
    "E060": "cycle",
    "E061": "unreachable facility",
    "E062": "supplier misused",
    "E063": "region without service",
    "E064": "speed not offered",
    "E070": "incomplete series",
    "E090": "wrong input",
    "W001": "unused column",
    "W002": "no cut-off",
    "W004": "idle facility",
    "W005": "no shortage cost",
    "W006": "scale",
}

MAX_EXAMPLES = 5


@dataclass(frozen=True, slots=True)
class Issue:
    """One finding: what is wrong, where, and what would be right.

    Attributes
    ----------
    code : str
        A key of `CODES`; ``E`` is an error, ``W`` a warning.
    table, column : str
        Where; `column` is empty where the whole table is meant.
    count : int
        Rows concerned; 0 where no row is.
    examples : tuple of (str, str)
        At most five `(row, value)`; rows are positions in the caller's frame, counted from 0.
    why, fix : str
        What is wrong in words, and what would be right.
    """

    code: str
    table: str
    column: str = ""
    count: int = 0
    examples: tuple[tuple[str, str], ...] = ()
    why: str = ""
    fix: str = ""

    @property
    def title(self) -> str:
        """The code in words."""
        return CODES.get(self.code, "wrong input")

    @property
    def is_error(self) -> bool:
        """False for a warning."""
        return self.code.startswith("E")

    @property
    def place(self) -> str:
        """``table.column``, or the table alone."""
        return f"{self.table}.{self.column}" if self.column else self.table

    def examples_text(self) -> str:
        """Write the rows as text: ``3 rows (e.g. 17: 'RN01', 42: 'RN01')``."""
        if not self.count and not self.examples:
            return ""
        shown = ", ".join(f"{row}: {value}" if value else row for row, value in self.examples)
        rows = "" if not self.count else f"{self.count} row" + ("" if self.count == 1 else "s")
        if not shown:
            return rows
        if not rows:
            return f"({shown})"
        return f"{rows} ({'e.g. ' if self.count > len(self.examples) else ''}{shown})"

    def __str__(self) -> str:
        parts = [f"{self.code} {self.title}", self.place, self.examples_text(), self.why, self.fix]
        return "  ".join(part for part in parts if part)


def issue_table(issues: Iterable[Issue]) -> Table:
    """Lay findings out as a table: code, title, table, column, rows, examples, why, fix.

    Parameters
    ----------
    issues : iterable of Issue
        What was found.

    Returns
    -------
    Table
        One row a finding.
    """
    from meio.tables import Table

    found = list(issues)
    return Table(
        {
            "code": [i.code for i in found],
            "title": [i.title for i in found],
            "table": [i.table for i in found],
            "column": [i.column for i in found],
            "rows": [i.count for i in found],
            "examples": ["; ".join(f"{row}: {value}" for row, value in i.examples) for i in found],
            "why": [i.why for i in found],
            "fix": [i.fix for i in found],
        }
    )


class InputError(ValueError):
    """Wrong input; lists every problem found in one pass.

    Parameters
    ----------
    message : str
        The whole text, problems included.
    findings : sequence of (field, row, value, fix)
        What the compiled core reported; empty where the tables were checked in Python.
    issues : sequence of Issue
        What is wrong, structured.

    Attributes
    ----------
    issues : list of Issue
        One entry a problem.
    findings : list of tuple of str
        One `(field, row, value, fix)` a problem found by the compiled core.
    """

    def __init__(
        self,
        message: str,
        findings: Sequence[tuple[str, str, str, str]] = (),
        issues: Sequence[Issue] = (),
    ) -> None:
        super().__init__(message)
        self.findings = list(findings)
        self.issues = list(issues)

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (str(self), self.findings, self.issues)

    @property
    def frame(self) -> Table:
        """The issues as a table."""
        return issue_table(self.issues)

    @classmethod
    def from_issues(cls, issues: Iterable[Issue]) -> InputError:
        """Build the error from checked tables.

        Parameters
        ----------
        issues : iterable of Issue
            What was found; warnings are left out of the message.

        Returns
        -------
        InputError
            Not raised yet.
        """
        found = [issue for issue in issues if issue.is_error]
        tables = ", ".join(f"'{name}'" for name in dict.fromkeys(issue.table for issue in found))
        head = f"{len(found)} problem" + ("" if len(found) == 1 else "s") + (f" in {tables}" if tables else "")
        titles = max((len(issue.title) for issue in found), default=0)
        lines = [head]
        for issue in found:
            rest = "  ".join(part for part in (issue.place, issue.examples_text(), issue.why, issue.fix) if part)
            lines.append(f"  {issue.code} {issue.title:<{titles}}  {rest}")
        return cls("\n".join(lines), issues=found)

    @classmethod
    def from_core(cls, findings: Sequence[tuple[str, str, str, str]]) -> InputError:
        """Build the error from the findings of the compiled core.

        Parameters
        ----------
        findings : sequence of (field, row, value, fix)
            As `core::InputError` carries them.

        Returns
        -------
        InputError
            Not raised yet.
        """
        count = len(findings)
        lines = [f"{count} problem" + ("" if count == 1 else "s")]
        grouped: dict[tuple[str, str], list[tuple[str, str]]] = {}
        for field, row, value, fix in findings:
            place = f"{field}[{row}]" if row else field
            found = f" = {value}" if value else ""
            lines.append(f"  {place}{found}: {fix}")
            grouped.setdefault((field, fix), []).append((row, value))
        issues = []
        for (field, fix), rows in grouped.items():
            table, _, column = field.rpartition(".")
            shown = tuple((row, value) for row, value in rows[:MAX_EXAMPLES] if row or value)
            issues.append(Issue("E090", table or column, column if table else "", len(rows), shown, "", fix))
        return cls("\n".join(lines), findings, issues)


class MeioWarning(UserWarning):
    """What every warning of meio is."""


class UnusedColumnWarning(MeioWarning):
    """A table holds a column that meio does not read; warned once a table and column."""


class ScaleWarning(MeioWarning):
    """Numbers whose sizes do not fit together, as when units were mixed up."""


class SparsePathsWarning(MeioWarning):
    """Too few sample paths for the quantiles that the plan needs."""


def missing_extra(package: str, extra: str) -> ImportError:
    """Say which `pip install` brings a package that is not there.

    Parameters
    ----------
    package : str
        What could not be imported.
    extra : str
        The extra of meio that brings it.

    Returns
    -------
    ImportError
        Not raised yet.
    """
    return ImportError(f"this needs {package}; install it with: pip install 'meio[{extra}]'", name=package)
