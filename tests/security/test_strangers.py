"""Every route about a conversation or a group, asked by somebody who is no member: the answer is that of nothing."""

import re
from typing import Any

from app.domain.ids import new_id
from app.models import Contact, Conversation, Membership, User
from tests.blueprints.site import Browser, Site
from tests.security.bodies import body_of

ADA, EVE = "07400 123456", "07400 666666"
NUMBERS = {"entry": "1", "seq": "1"}
SHELL = "/c/"
"""The page that holds nothing but the application, and asks as a script for what is in the conversation."""
PHOTO = {"data": b"no picture", "content_type": "image/png"}


def a_group_of(owner: str) -> str:
    """A group that ``owner`` is alone in."""
    conversation = Conversation(id=new_id(), kind="group", title="Not for Eve", created_by=owner)
    conversation.save(force_insert=True)
    Membership(conversation=conversation.id, user=owner, role="owner").save()
    return str(conversation.id)


def user_of(browser: Browser) -> str:
    return str(browser.me()["id"])


def described(rule: str) -> str:
    """A rule of Flask's as OpenAPI writes it."""
    return re.sub(r"<(?:[^:>]+:)?([^>]+)>", r"{\1}", rule)


def ask(site: Site, eve: Browser, document: dict[str, Any], rule: Any, method: str, id: str) -> tuple[int, str]:
    """The answer to Eve, without what names the conversation."""
    path = rule.rule
    for name in sorted(rule.arguments):
        value = id if name == "conversation" else str(NUMBERS.get(name, "a" * 22))
        path = re.sub(rf"<(?:[^:>]+:)?{name}>", value, path)
    options: dict[str, Any] = {}
    if method != "GET":
        body = body_of(document, described(rule.rule), method)
        options = PHOTO if rule.endpoint.endswith("photo") else {} if body is None else {"json": body}
    elif rule.endpoint == "api.entry_at" or path.endswith("/at"):
        path += "?date=0"
    elif path.endswith("/retention"):
        path += "?days=1"
    elif path.endswith("/entries"):
        path += "?after=0"
    answer = eve.fetch(method, path, **options)
    return answer.status_code, answer.text


def test_a_stranger_learns_nothing_on_any_route(site: Site) -> None:
    ada, eve = site.browser().sign_in(ADA), site.browser().sign_in(EVE, name="Eve")
    group = a_group_of(user_of(ada))
    cleo = User(id="a" * 22, name="Cleo").save()  # whom Eve could add to a group of hers
    Contact(owner=user_of(eve), user=cleo.id).save()
    document = eve.fetch("GET", "/api/v1/openapi.json").get_json()
    asked = []
    for rule in site.app.url_map.iter_rules():
        if "conversation" not in rule.arguments:
            continue
        for method in sorted((rule.methods or set()) - {"OPTIONS", "HEAD"}):
            theirs, nothing = (ask(site, eve, document, rule, method, id) for id in (group, new_id()))
            assert theirs == nothing, f"{method} {rule.rule}"
            expected = 200 if rule.rule.startswith(SHELL) else 404
            assert theirs[0] == expected, f"{method} {rule.rule}: {theirs[0]} {theirs[1][:200]}"
            asked.append(rule.rule)
    assert len(asked) > 20
    assert Membership.objects(user__in=[user_of(eve), cleo.id]).count() == 0
    assert Conversation.objects.get(id=group).title == "Not for Eve"


def test_every_described_body_refuses_what_the_server_alone_says(site: Site) -> None:
    """Role, sender and number of a message are never the client's to say, and an operator is no text."""
    ada = site.browser().sign_in(ADA)
    document = ada.fetch("GET", "/api/v1/openapi.json").get_json()
    before = User.objects.get(id=user_of(ada)).to_mongo().to_dict()
    asked = 0
    for path, item in document["paths"].items():
        for method in item.keys() & {"post", "put", "patch", "delete"}:
            body = body_of(document, path, method)
            if body is None:
                continue
            address = re.sub(r"{(entry|seq|target)}", "1", path)
            address = re.sub(r"{[^}]+}", "a" * 22, address)
            damaged = [{**body, name: 1} for name in ("seq", "sender", "_id", "$where")]
            damaged += [{**body, name: {"$ne": ""}} for name in body]
            damaged += [{**body, name: [{"$gt": ""}]} for name in body]
            for wrong in damaged:
                answer = ada.fetch(method.upper(), address, json=wrong)
                expected = (400, 422, 429) if "passkeys" in path else (422, 429)  # there a credential may be any object
                assert answer.status_code in expected, f"{method} {path} {wrong}: {answer.status} {answer.text[:200]}"
                asked += 1
    assert asked > 150
    after = User.objects.get(id=user_of(ada)).to_mongo().to_dict()
    assert {**after, "last_seen": None} == {**before, "last_seen": None}
