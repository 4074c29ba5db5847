"""A bitext file to review, the review of it, and a client that is let in."""

import pytest
from review_samples import sample

from bitext.formats import jsonl
from bitext.review.session import open_review


@pytest.fixture
def path(tmp_path):
    jsonl.dump(sample(), tmp_path / "bitext.jsonl")
    return tmp_path / "bitext.jsonl"


@pytest.fixture
def review(path):
    found = open_review(path)
    yield found
    found.close()


@pytest.fixture
def client(review):
    pytest.importorskip("starlette", reason="needs starlette")
    from review_client import Client

    return Client(review)


@pytest.fixture
def desk(browser, tmp_path):
    """A running review of the sample; nothing may go wrong in its pages."""
    from review_desk import Desk

    found = Desk(browser, sample(), tmp_path)
    yield found
    found.close()
    assert found.wrong == []
