"""Fixtures of the format tests."""

from __future__ import annotations

import pytest
from format_samples import small_article

from bitext.document import Bitext


@pytest.fixture
def article() -> Bitext:
    return small_article()
