"""What `bitext flag --list` says of a check, and options of `bitext flag` that are given empty."""

from __future__ import annotations

import pytest
from typer.testing import CliRunner

from bitext.cli import app
from bitext.flag import checks, described, measured


@pytest.mark.parametrize("check", checks(), ids=lambda c: c.name)
def test_each_check_is_described(check):
    text = "\n".join(described(check))
    assert check.name in text and check.title in text and check.category in text
    assert f"severity: {check.severity}" in text
    assert "needs: " in text
    for row in measured().get(check.name, {}).values():
        assert f"{row['right']} of {row['flags']} flags right" in text
        if row.get("faults"):
            assert f"found {row['found']} of the {row['faults']} {check.category} faults" in text


def test_the_list_is_printed():
    result = CliRunner().invoke(app, ["flag", "--list"])
    assert result.exit_code == 0
    assert all(f"\n{c.name} " in "\n" + result.output for c in checks())


@pytest.mark.parametrize("check", checks(), ids=lambda c: c.name)
def test_each_check_is_measured(check):
    rows = measured().get(check.name, {})
    assert rows, "run bench/flag.py --gold DIR --models --write"
    assert any(row.get("faults") for row in rows.values()), "its recall is not known"
