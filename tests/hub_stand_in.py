"""A server that keeps one model repository as the Hugging Face Hub does, for its real client."""

import base64
import contextlib
import hashlib
import json
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

COMMIT = "0" * 40


@contextlib.contextmanager
def hub(files, refuses=False):
    """Serves files by name, and keeps what is sent; gives its address.

    Args:
        files: dict of names and bytes; refuses: whether everything is forbidden.
    """
    large = {}

    class Hub(BaseHTTPRequestHandler):
        def do_HEAD(self):
            self.do_GET(with_body=False)

        def do_GET(self, with_body=True):
            data = files.get(self.path.split("/resolve/main/")[-1])
            if refuses or data is None:
                error = {} if refuses else {"X-Error-Code": "EntryNotFound"}
                return self._send(403 if refuses else 404, b"", error)
            found = {"X-Repo-Commit": COMMIT, "ETag": f'"{hashlib.sha256(data).hexdigest()}"'}
            return self._send(200, data, found, with_body)

        def do_PUT(self):
            large[self.path.split("/")[-1]] = self._body()
            self._send(200)

        def do_POST(self):
            if refuses:
                return self._send(403)
            body = self._body()
            asked = json.loads(body) if body.startswith(b"{") and b"\n" not in body else {}
            if self.path == "/api/repos/create":
                return self._tell({"url": f"{self._address()}/given/given"})
            if self.path.endswith("/preupload/main"):
                return self._tell({"files": [self._planned(file) for file in asked["files"]]})
            if self.path.endswith("/info/lfs/objects/batch"):
                return self._tell({"objects": [self._taken(one) for one in asked["objects"]]})
            for line in body.splitlines():
                told = json.loads(line)
                if told["key"] == "file":
                    files[told["value"]["path"]] = base64.b64decode(told["value"]["content"])
                if told["key"] == "lfsFile":
                    files[told["value"]["path"]] = large[told["value"]["oid"]]
            address = f"{self._address()}/given/given/commit/{COMMIT}"
            return self._tell({"commitUrl": address, "commitOid": COMMIT})

        def _planned(self, file):
            mode = "lfs" if file["path"].endswith(".safetensors") else "regular"
            return {"path": file["path"], "uploadMode": mode, "shouldIgnore": False}

        def _taken(self, wanted):
            there = {"href": f"{self._address()}/large/{wanted['oid']}"}
            return {**wanted, "actions": {"upload": there}}

        def _address(self):
            return f"http://127.0.0.1:{self.server.server_port}"

        def _body(self):
            return self.rfile.read(int(self.headers["Content-Length"]))

        def _tell(self, value):
            self._send(200, json.dumps(value).encode(), {"Content-Type": "application/json"})

        def _send(self, status, data=b"", headers=None, with_body=True):
            self.send_response(status)
            for name, value in (headers or {}).items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            if with_body:
                self.wfile.write(data)

        def log_message(self, *_):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Hub) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
