"""A client that is let in and says what the page says."""

import re

from starlette.testclient import TestClient

from bitext.review.app import build
from bitext.review.guard import HEADER, Door


class Client:
    """Talks to the app as the page does."""

    base = "http://127.0.0.1:8123"

    def __init__(self, review):
        self.review, self.door = review, Door("the-key", 8123)
        self.app = build(review, self.door)
        self.http = TestClient(self.app, base_url=self.base)
        self.page = self.http.get("/?token=the-key").text
        word = re.search(r'name="review-token" content="([^"]+)"', self.page)[1]
        self.headers = {"origin": self.base, HEADER: word}

    def post(self, path, **values):
        return self.http.post(path, json={"base": self.review.head, **values}, headers=self.headers)

    def do(self, what, **values):
        return self.post("/do", do=what, **values)
