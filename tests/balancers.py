"""Real balancers as child processes, with the configurations of ops/ and nothing changed but addresses."""

import re
import shutil
import subprocess
import time
import urllib.request
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Self

import pytest

from dev.lifetimes import die_with_parent
from tests.installation import ROOT

READY_WITHIN_S = 15.0

NGINX = """
daemon off;
worker_processes 1;
error_log {folder}/error.log;
pid {folder}/nginx.pid;
events {{ worker_connections 512; }}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    include {folder}/chatter.conf;
}}
"""


def need(program: str) -> str:
    """The program's path. Skips where it is not installed: ``make test`` installs it where it can."""
    found = shutil.which(program, path="/usr/local/sbin:/usr/sbin:/sbin:/usr/local/bin:/usr/bin:/bin")
    if found is None:
        pytest.skip(f"{program} is not installed: make balancers installs it on Debian")
    return found


class RealBalancer:
    """Listens on ``port`` of this machine, for the web servers at ``ports``. Use as a context manager."""

    def __init__(self, folder: Path, configuration: str, port: int, ports: Sequence[int]) -> None:
        self.port = port
        self.url = f"http://localhost:{self.port}"
        folder.mkdir()
        self._folder = folder
        text = (ROOT / "ops" / configuration).read_text()
        for number, port in enumerate(ports, 1):
            text, changed = re.subn(rf"(?<=[ ])web{number}:5000\b", f"127.0.0.1:{port}", text)
            assert changed == 1, f"{configuration} names no web{number}:5000"
        self._command = self._haproxy(text) if configuration.endswith(".cfg") else self._nginx(text)
        self._process: subprocess.Popen[bytes] | None = None

    def _haproxy(self, text: str) -> list[str]:
        (self._folder / "haproxy.cfg").write_text(text.replace("bind :8080", f"bind 127.0.0.1:{self.port}"))
        return [need("haproxy"), "-db", "-f", str(self._folder / "haproxy.cfg")]

    def _nginx(self, text: str) -> list[str]:
        # Addresses need no name server; and `resolve` is known to nginx 1.27.3 and later, which Debian may not have.
        text = re.sub(r"^resolver .*\n", "", text, flags=re.M).replace(" resolve ", " ")
        (self._folder / "chatter.conf").write_text(text.replace("listen 8080", f"listen 127.0.0.1:{self.port}"))
        (self._folder / "nginx.conf").write_text(NGINX.format(folder=self._folder))
        return [need("nginx"), "-p", str(self._folder), "-c", str(self._folder / "nginx.conf")]

    def __enter__(self) -> Self:
        with (self._folder / "output").open("ab") as output:
            self._process = subprocess.Popen(
                self._command, stdout=output, stderr=subprocess.STDOUT, preexec_fn=die_with_parent()
            )
        limit = time.monotonic() + READY_WITHIN_S
        while time.monotonic() < limit and self._process.poll() is None:
            try:
                with urllib.request.urlopen(f"{self.url}/health", timeout=2) as answer:
                    if answer.status == 200:
                        return self
            except OSError:
                time.sleep(0.05)
        self.__exit__()
        raise AssertionError(f"{self._command[0]} does not answer:\n{(self._folder / 'output').read_text()[-3000:]}")

    def __exit__(self, *_: Any) -> None:
        if self._process is not None and self._process.poll() is None:
            self._process.terminate()
            try:
                self._process.wait(5)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
