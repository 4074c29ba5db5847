"""kill -9 while decisions come in: what was acknowledged is there afterwards, and the file opens."""

import http.client
import json
import os
import random
import re
import signal
import subprocess
import sys
import threading

import pytest
from review_samples import FRENCH

from bitext.review.guard import HEADER
from bitext.review.session import open_review

pytest.importorskip("uvicorn", reason="needs uvicorn")
pytestmark = pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="needs SIGKILL")

SERVE = "import sys; from bitext.review import serve; sys.exit(serve(sys.argv[1], open_browser=False))"


class Server:
    """A real server in a process of its own, and a client of it."""

    def __init__(self, path):
        self.process = subprocess.Popen(
            [sys.executable, "-c", SERVE, str(path)], stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True
        )
        line = self.process.stderr.readline()
        self.address, self.token = re.search(r"http://([\d.:]+)/\?token=(\S+)", line).groups()
        self.http = http.client.HTTPConnection(self.address, timeout=20)
        self.http.request("GET", f"/?token={self.token}")
        answer = self.http.getresponse()
        page = answer.read().decode()
        self.headers = {
            "origin": f"http://{self.address}",
            "cookie": answer.headers["set-cookie"].partition(";")[0],
            "content-type": "application/json",
            HEADER: re.search(r'name="review-token" content="([^"]+)"', page)[1],
        }
        self.head = int(re.search(r'data-head="(\d+)"', page)[1])

    def post(self, path, **values):
        self.http.request("POST", path, json.dumps({"base": self.head, **values}), self.headers)
        answer = self.http.getresponse()
        found = json.loads(answer.read())
        self.head = found.get("head", self.head)
        return answer.status, found

    def kill(self):
        os.kill(self.process.pid, signal.SIGKILL)
        self.process.wait(20)
        self.process.stderr.close()


def edits(server, draw, n, acknowledged):
    """Random decisions until the server dies; each acknowledged change is noted: its number, kind, and a text in it."""
    for k in range(n):
        what = draw.choice(["correct", "correct", "accept", "reject", "check", "merge", "split", "undo", "redo"])
        values = {"segment": draw.randrange(len(FRENCH)), "text": f"Phrase {k} {draw.random()}."}
        values |= {"flag": draw.randrange(5), "bead": draw.choice(["bead:s0-1t0-1", "bead:s3-4t2-3"])}
        try:
            if what in ("undo", "redo"):
                status, found = server.post(f"/{what}")
            else:
                status, found = server.post("/do", do=what, **values)
        except (OSError, http.client.HTTPException, ValueError):
            return
        if status == 200 and found["cells"]:
            kind = what if what in ("undo", "redo") else "do"
            acknowledged[found["head"]] = (kind, values["text"] if what == "correct" else None)


def rounds(path, times, n, seed):
    draw = random.Random(seed)
    acknowledged = {}
    for _ in range(times):
        server = Server(path)
        timer = threading.Timer(draw.uniform(0.1, 2.0), server.kill)
        timer.start()
        edits(server, draw, n, acknowledged)
        timer.join()
        review = open_review(path)
        events = {e.seq: e for e in review.log.after(0)}
        assert sorted(events) == list(range(1, review.head + 1))
        for number, (kind, text) in acknowledged.items():
            assert events[number].kind == kind
            assert events[number].patch
            if text is not None:
                assert [after["text"] for _, after in events[number].patch.values()] == [text]
        assert review.state.bitext().target.text
        assert review.log._db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        review.close()
    return acknowledged


def test_what_was_acknowledged_survives_a_kill(path):
    assert rounds(path, 1, 200, 1)


@pytest.mark.slow
def test_what_was_acknowledged_survives_ten_kills(path):
    found = rounds(path, 10, 200, 2)
    assert len(found) > 100


def test_a_correction_is_there_after_a_kill(path):
    server = Server(path)
    assert server.post("/do", do="correct", segment=2, text="Gardé.")[0] == 200
    server.kill()
    again = Server(path)
    assert again.head == 1
    again.http.request("GET", "/segment/2", headers=again.headers)
    assert json.loads(again.http.getresponse().read())["text"] == "Gardé."
    again.kill()


def test_a_body_of_fifty_megabytes_is_refused_while_it_has_not_been_sent(path):
    server = Server(path)
    server.http.putrequest("POST", "/do")
    for name, value in {**server.headers, "content-length": str(50 * 2**20)}.items():
        server.http.putheader(name, value)
    server.http.endheaders()
    assert server.http.getresponse().status == 413
    server.kill()


def test_only_the_address_that_was_said_is_served(path):
    server = Server(path)
    for host in ("evil.example", f"evil.example:{server.address.rpartition(':')[2]}"):
        stranger = http.client.HTTPConnection(server.address, timeout=20)
        stranger.request("GET", f"/?token={server.token}", headers={"host": host})
        assert stranger.getresponse().status == 421
    stranger = http.client.HTTPConnection(server.address, timeout=20)
    stranger.request("GET", "/")
    answer = stranger.getresponse()
    assert answer.status == 403 and b"data-f" not in answer.read()
    server.kill()


def test_ctrl_c_ends_it_with_0_also_with_a_page_open(path):
    server = Server(path)
    news = http.client.HTTPConnection(server.address, timeout=20)
    news.request("GET", "/events", headers=server.headers)
    answer = news.getresponse()
    assert answer.readline() == b"data: 0\n"
    server.process.send_signal(signal.SIGINT)
    assert server.process.wait(20) == 0
    said = server.process.stderr.read()
    assert "Traceback" not in said
    server.process.stderr.close()
    assert not path.with_name("bitext.jsonl.review.sqlite-wal").exists()


def test_another_host_needs_to_be_meant(path):
    from bitext.errors import InputError
    from bitext.review import serve

    for host in ("0.0.0.0", "192.168.1.5", "::", "example.org"):
        with pytest.raises(InputError, match="others on the network") as e:
            serve(path, host=host, open_browser=False)
        assert "--others-can-reach-this" in str(e.value)
    with pytest.raises(InputError, match="cannot listen"):
        serve(path, host="192.0.2.1", others_can_reach=True, open_browser=False)
    with pytest.raises(InputError, match="no port"):
        serve(path, port=70_000, open_browser=False)
