"""A worker that is killed in the middle of somebody's copy: another makes it, and two servers hand it out."""

import io
import json
from collections.abc import Callable
from zipfile import ZipFile

import requests

from app.domain.entries import Entry
from app.models import Job
from app.models.messages import messages, to_document
from tests.installation import Installation
from tests.system.conftest import Person, wait_until

ENTRIES = 12_000


def test_a_killed_worker_s_copy_is_made_by_another(
    installation: Installation, person: Callable[[str], Person], group: Callable[..., str]
) -> None:
    here, there = installation.web(), installation.web()
    ada, ben = person("Ada"), person("Ben")
    chat = group(ada, ben)
    for start in range(1, ENTRIES + 1, 1_000):
        some = [Entry(chat, n, n, "text", ben.id, f"id-{n}", f"message {n}", n) for n in range(start, start + 1_000)]
        messages().insert_many([to_document(entry, "hash") for entry in some])
    first = installation.worker()
    url = f"{here.url}/api/v1/me/export"
    asked = requests.post(url, headers=ada.headers, timeout=10)
    assert asked.status_code == 202, asked.text
    assert requests.post(url, headers=ada.headers, timeout=10).json()["code"] == "conflict"

    def progress() -> int:
        return int(ada.get(f"{there.url}/api/v1/me/export").json()["progress"])

    wait_until(lambda: progress() >= 5, 30)
    first.kill()
    killed = Job.objects.get(id=f"export:{ada.id}")
    assert killed.state == "running", "it was killed in the middle"
    assert ada.get(f"{there.url}/api/v1/me/export/file").status_code == 404
    installation.worker()
    wait_until(lambda: ada.get(f"{there.url}/api/v1/me/export").json()["state"] == "done", 80)
    assert Job.objects.get(id=f"export:{ada.id}").attempts == 2

    for server in (here, there):
        file = ada.get(f"{server.url}/api/v1/me/export/file")
        assert file.headers["Content-Type"] == "application/zip"
        assert file.headers["Content-Disposition"].startswith("attachment;")
        assert file.headers["Cache-Control"] == "no-store"
        assert ben.get(f"{server.url}/api/v1/me/export/file").status_code == 404
        assert requests.get(f"{server.url}/api/v1/me/export/file", timeout=10).status_code == 401
    with ZipFile(io.BytesIO(file.content)) as archive:
        entries = json.loads(archive.read(f"conversations/{chat}.json"))
    assert [entry["seq"] for entry in entries] == list(range(1, ENTRIES + 1))


def test_who_was_signed_out_a_moment_ago_is_handed_nothing(
    installation: Installation, person: Callable[[str], Person]
) -> None:
    here, there = installation.web(), installation.web()
    installation.worker()
    ada = person("Ada")
    requests.post(f"{here.url}/api/v1/me/export", headers=ada.headers, timeout=10)
    wait_until(lambda: ada.get(f"{here.url}/api/v1/me/export").json()["state"] == "done", 40)
    assert ada.get(f"{here.url}/api/v1/me/export/file").status_code == 200
    assert requests.delete(f"{there.url}/api/v1/session", headers=ada.headers, timeout=10).status_code == 204
    assert ada.get(f"{here.url}/api/v1/me/export/file").status_code == 401
