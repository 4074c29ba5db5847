"""A server on 127.0.0.1 that speaks the model hub's protocol, with real files behind it."""

from __future__ import annotations

import hashlib
import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import unquote, urlsplit

COMMIT = "0123456789abcdef0123456789abcdef01234567"
LARGE = (".safetensors", ".bin", ".spm")


def _sha(path: Path, large: bool) -> str:
    data = path.read_bytes()
    return hashlib.sha256(data).hexdigest() if large else hashlib.sha1(b"blob %d\0" % len(data) + data).hexdigest()


class Hub(ThreadingHTTPServer):
    """Serves `repositories` (id → directory); `requests` lists what was asked; `cut` ends one download early."""

    daemon_threads = True

    def __init__(self, repositories: dict[str, Path]) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.repositories, self.requests, self.cut = repositories, [], 0
        self.gated: set[str] = set()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Hub

    def log_message(self, *_: object) -> None:
        pass

    def _answer(self, code: int, headers: dict[str, str], body: bytes = b"") -> None:
        self.send_response(code)
        for key, value in ({"Content-Length": str(len(body))} | headers).items():
            self.send_header(key, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def _error(self, code: int, kind: str) -> None:
        self._answer(code, {"X-Error-Code": kind, "X-Error-Message": kind}, b'{"error": "no"}')

    def do_HEAD(self) -> None:
        self.do_GET()

    def do_GET(self) -> None:
        path = unquote(urlsplit(self.path).path)
        self.server.requests.append((self.command, path, self.headers.get("Range")))
        if m := re.fullmatch(r"/api/models/([^/]+/[^/]+?)(?:/revision/([^/]+)|/tree/([^/]+).*)?", path):
            self._api(m[1], m[2] or m[3] or "main", tree=bool(m[3]))
        elif m := re.fullmatch(r"/([^/]+/[^/]+)/resolve/([^/]+)/(.+)", path):
            self._file(m[1], m[2], m[3])
        else:
            self._error(404, "EntryNotFound")

    def _repository(self, name: str, revision: str) -> Path | None:
        if name in self.server.gated:
            self._error(403, "GatedRepo")
        elif name not in self.server.repositories:
            self._error(401, "RepoNotFound")
        elif revision not in ("main", COMMIT):
            self._error(404, "RevisionNotFound")
        else:
            return self.server.repositories[name]
        return None

    def _api(self, name: str, revision: str, tree: bool) -> None:
        if (root := self._repository(name, revision)) is None:
            return
        files = sorted(f for f in root.iterdir() if f.is_file())
        value: object = [
            {"type": "file", "path": f.name, "size": f.stat().st_size, "oid": _sha(f, False)}
            | (
                {"lfs": {"oid": _sha(f, True), "size": f.stat().st_size, "pointerSize": 130}}
                if f.suffix in LARGE
                else {}
            )
            for f in files
        ]
        if not tree:
            value = {
                "_id": "1", "id": name, "modelId": name, "sha": COMMIT, "private": False, "gated": False, "tags": [],
                "siblings": [{"rfilename": f.name} for f in files],
            }  # fmt: skip
        self._answer(200, {"Content-Type": "application/json"}, json.dumps(value).encode())

    def _file(self, name: str, revision: str, file: str) -> None:
        if (root := self._repository(name, revision)) is None:
            return
        if not (root / file).is_file():
            self._error(404, "EntryNotFound")
            return
        data, large = (root / file).read_bytes(), file.endswith(LARGE)
        etag = f'"{_sha(root / file, large)}"'
        headers = {"ETag": etag, "X-Repo-Commit": COMMIT, "Accept-Ranges": "bytes"}
        if large:
            headers |= {"X-Linked-ETag": etag, "X-Linked-Size": str(len(data))}
        code = 200
        if m := re.fullmatch(r"bytes=(\d+)-(\d*)", self.headers.get("Range") or ""):
            start, end = int(m[1]), int(m[2] or len(data) - 1)
            headers["Content-Range"] = f"bytes {start}-{end}/{len(data)}"
            code, data = 206, data[start : end + 1]
        if self.command == "GET" and large and self.server.cut:
            self.server.cut -= 1
            self.send_response(code)
            for key, value in (headers | {"Content-Length": str(len(data))}).items():
                self.send_header(key, value)
            self.end_headers()
            self.wfile.write(data[: len(data) // 2])
            self.wfile.flush()
            self.close_connection = True
            self.connection.close()
            return
        self._answer(code, headers, data)


@contextmanager
def hub(repositories: dict[str, Path]) -> Iterator[Hub]:
    """Run the server for the time of a `with` block."""
    server = Hub(repositories)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
