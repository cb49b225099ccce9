"""Boots the repository as a Hugging Face Space would, and segments a photo: `make space-check`.

The folder of `make space`, a fresh environment of the Python that the README's front matter names,
a user without rights, a home that is empty, and a proxy that serves the app below a path.
"""

import argparse
import contextlib
import http.client
import os
import pwd
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urljoin

import httpx
import yaml
from gradio_client import Client, handle_file
from PIL import Image
from space import write_space

HOST = "owner-gec-at.hf.space"
PATH = "/spaces/owner/gec-at"  # below which the proxy serves the app
START_SECONDS = 120
COLOURS = {"red", "yellow", "green", "blue", "indigo", "purple", "pink", "gray"}


def main() -> None:
    """Checks, and says what was found."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--python", help="of an environment that has everything, for a quick check")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="space-") as place:
        folder = Path(place) / "app"
        write_space(folder)
        told = front_matter(folder)
        python = options.python or fresh_environment(Path(place) / "venv", folder, told)
        home = Path(place) / "home"
        home.mkdir()
        user = user_without_rights(python, Path(place))
        with booted(python, folder, home, user) as port, proxied(port) as address:
            check_page(address, port)
            check_photo(address, folder)
    print("the Space boots and segments a photo")


def front_matter(folder: Path) -> dict:
    """Returns what the README tells the Hub, checked."""
    told = yaml.safe_load((folder / "README.md").read_text(encoding="utf-8").split("---\n")[1])
    wanted = {"title", "emoji", "colorFrom", "colorTo", "sdk", "sdk_version", "python_version"}
    wanted |= {"app_file", "license", "short_description", "tags", "pinned", "thumbnail"}
    require(wanted <= told.keys(), f"the front matter lacks {wanted - told.keys()}")
    require({told["colorFrom"], told["colorTo"]} <= COLOURS, "no such colour")
    require(len(told["short_description"]) <= 60, "a short description has 60 letters at most")
    require((folder / told["app_file"]).is_file(), "there is no app_file")
    return told


def fresh_environment(folder: Path, space: Path, told: dict) -> str:
    """Returns the Python of a new environment, with what a Space installs beside requirements."""
    name = f"python{told['python_version']}"
    found = shutil.which(name)
    require(found, f"there is no {name} here")
    subprocess.run([found, "-m", "venv", folder], check=True)
    given = ["-r", space / "requirements.txt", f"gradio[oauth,mcp]=={told['sdk_version']}"]
    given += ["uvicorn>=0.14.0", "websockets>=10.4", "spaces"]
    python = folder / "bin" / "python"
    subprocess.run([python, "-m", "pip", "install", "-q", *given], check=True)
    subprocess.run([python, "-m", "pip", "check"], check=True)
    return str(python)


def user_without_rights(python: str, place: Path) -> dict:
    """Gives a folder to a user without rights, and returns how to run something as that user.

    Where whoever checks has none to give, or the user may not run this Python, it runs as it is.
    """
    if os.geteuid() != 0:
        return {}
    nobody = pwd.getpwnam("nobody")
    user = {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}
    for path in (place, *place.rglob("*")):
        os.chown(path, nobody.pw_uid, nobody.pw_gid, follow_symlinks=False)
    try:
        subprocess.run([python, "-c", ""], cwd="/", check=True, **user)
    except (OSError, subprocess.CalledProcessError):
        print(f"{nobody.pw_name} may not run {python}: the app runs as the user who checks")
        return {}
    return user


@contextlib.contextmanager
def booted(python: str, folder: Path, home: Path, user: dict) -> Iterator[int]:
    """Starts the app as a Space does; gives its port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {
        "PATH": f"{Path(python).parent}:{os.environ['PATH']}",
        "HOME": str(home),
        "TMPDIR": str(home),
        **space_system(python),
        "SPACE_ID": "owner/gec-at",
        "SPACE_HOST": HOST,
        "SPACE_AUTHOR_NAME": "owner",
        "SPACE_REPO_NAME": "gec-at",
        "GRADIO_SERVER_NAME": "127.0.0.1",  # a Space listens to all; this machine need not
        "GRADIO_SERVER_PORT": str(port),
        "GRADIO_NUM_PORTS": "1",
        "GRADIO_ROOT_PATH": PATH,
        "PYTHONUNBUFFERED": "1",
    }
    log = home / "log.txt"
    with log.open("w") as output:
        server = subprocess.Popen(
            [python, "app.py"],
            cwd=folder,
            env=environment,
            stdout=output,
            stderr=subprocess.STDOUT,
            **user,
        )
    try:
        deadline = time.monotonic() + START_SECONDS
        while not answers(port):
            ended = server.poll() is not None or time.monotonic() > deadline
            require(not ended, f"the app does not answer:\n{log.read_text()}")
            time.sleep(0.3)
        yield port
        require("Traceback" not in log.read_text(), log.read_text())
    finally:
        server.terminate()
        server.wait(30)


def space_system(python: str) -> dict[str, str]:
    """What tells Gradio that it is in a Space, where the package is there that it then needs."""
    asked = "import importlib.metadata; importlib.metadata.version('spaces')"
    known = subprocess.run([python, "-c", asked], capture_output=True, check=False)
    return {} if known.returncode else {"SYSTEM": "spaces"}


def answers(port: int) -> bool:
    """Whether anybody answers on this port."""
    try:
        return httpx.get(f"http://127.0.0.1:{port}/", timeout=10).is_success
    except httpx.HTTPError:
        return False


@contextlib.contextmanager
def proxied(port: int) -> Iterator[str]:
    """Serves the app below a path, as a proxy in front of it; gives the address."""

    class Proxy(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if not self.path.startswith(f"{PATH}/"):
                self.send_error(404)
                return
            behind = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            headers = {**self.headers, "X-Forwarded-For": "203.0.113.7"}
            behind.request(self.command, self.path.removeprefix(PATH), body, headers)
            answer = behind.getresponse()
            self.send_response(answer.status)
            for name, value in answer.getheaders():
                if name.lower() not in ("transfer-encoding", "connection", "date", "server"):
                    self.send_header(name, value)
            self.send_header("Connection", "close")
            self.end_headers()
            # A stream of events ends where the app or the visitor does.
            with contextlib.suppress(OSError, http.client.IncompleteRead):
                while part := answer.read1(65_536):
                    self.wfile.write(part)
                    self.wfile.flush()
            behind.close()

        do_POST = do_GET

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Proxy) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}{PATH}/"
        server.shutdown()


def check_page(address: str, port: int) -> None:
    """The page and all that it loads are there below the path; the app knows its own name alone."""
    page = httpx.get(address, timeout=30)
    require(page.is_success, f"the page answers {page.status_code}")
    loaded = set(re.findall(r'(?:src|href)="([^"#]+\.(?:js|css|woff2))"', page.text))
    require(loaded, "the page loads nothing")
    for part in loaded:
        whole = urljoin(address, part)
        require(whole.startswith(address), f"{part} lies outside of the path")
        require(httpx.get(whole, timeout=30).is_success, f"{part} is not there")
    for name, status in ((HOST, 200), ("evil.example.org", 421)):
        found = httpx.get(f"http://127.0.0.1:{port}/", headers={"host": name}).status_code
        require(found == status, f"to {name} the app answers {found}")


def check_photo(address: str, folder: Path) -> None:
    """A photo is segmented through the proxy, and its files come back."""
    photo = min((folder / "assets" / "examples").glob("*.jpg"))
    with tempfile.TemporaryDirectory() as kept:
        app = Client(address, verbose=False, download_files=kept, analytics_enabled=False)
        cutout, mask, facts = app.predict(handle_file(photo), api_name="/segment")
        with Image.open(photo) as given, Image.open(cutout) as cut, Image.open(mask) as drawn:
            require(given.size == cut.size == drawn.size, "the files have another size")
            require(cut.mode == "RGBA", "the cut-out is not transparent")
        require(0.02 < facts["share"] < 0.98, f"the mask is empty or full: {facts}")


def require(holds: object, otherwise: str) -> None:
    """Ends the check where something does not hold."""
    if not holds:
        sys.exit(f"space-check: {otherwise}")


if __name__ == "__main__":
    main()
