"""An account whose week is over is deleted by whichever worker lives, while others look on from two servers."""

from collections.abc import Callable
from datetime import timedelta

from app.models import Job, User
from app.models.accounts import now
from app.models.messages import messages
from app.services.deletions import Deletions
from app.services.jobs import Jobs
from tests.installation import Installation
from tests.system.conftest import Person, wait_until


def test_a_deleted_account_leaves_its_messages_and_its_groups(
    installation: Installation, person: Callable[[str], Person], group: Callable[..., str]
) -> None:
    here, there = installation.web(), installation.web()
    worker = installation.worker()
    ada, ben, cleo = person("Ada"), person("Ben"), person("Cleo")
    chat = group(ada, ben, cleo)
    a, b = ada.client(here.url), ben.client(there.url)
    a.post(chat, "remember me")
    b.wait_for(lambda it: it.entries(chat))
    Deletions(Jobs(), wait=timedelta(seconds=-1)).ask(ada.id)
    wait_until(lambda: User.objects(id=ada.id).first() is None, 40)
    wait_until(lambda: Job.objects(kind="deletion").count() == 0)
    worker.kill()

    b.wait_for(lambda it: [e["kind"] for e in it.entries(chat)] == ["text", "role", "left"])
    wait_until(lambda: not a.io.connected, 20)
    for server in (here, there):
        wait_until(lambda at=server: ada.get(f"{at.url}/api/v1/me").status_code == 401, 15)
        view = ben.get(f"{server.url}/api/v1/conversations/{chat}").json()
        assert [user["name"] for user in view["former"]] == ["Deleted account"]
        assert ("owner" in {m["role"] for m in view["members"]}) and len(view["members"]) == 2
    page = b.call("sync", conversation=chat, after=0)
    assert [entry["seq"] for entry in page["entries"]] == [1, 2, 3]
    assert page["entries"][0]["body"] == "remember me" and page["entries"][0]["sender"] == ada.id
    assert b.post(chat, "go on")["seq"] == 4


def test_a_worker_killed_in_the_middle_is_followed_by_another(
    installation: Installation, person: Callable[[str], Person], group: Callable[..., str]
) -> None:
    installation.web()
    ada, ben = person("Ada"), person("Ben")
    groups = [group(ada, ben) for _ in range(40)]
    first = installation.worker()
    Deletions(Jobs(), wait=timedelta(seconds=-1)).ask(ada.id)
    wait_until(lambda: Job.objects(kind="deletion", state="running").first(), 30)
    first.kill()
    assert User.objects(id=ada.id).first() is not None, "it was killed in the middle"
    Job.objects(kind="deletion").update(set__held_until=now())
    installation.worker()
    wait_until(lambda: User.objects(id=ada.id).first() is None, 60)
    for conversation in groups:
        kinds = [row["k"] for row in messages().find({"c": conversation}).sort("_id", 1)]
        assert kinds == ["role", "left"]
