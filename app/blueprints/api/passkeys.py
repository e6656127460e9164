"""One's passkeys. They are made and used by browsers; signing in with one is the sign-in page's."""

from typing import Annotated, Any

from pydantic import Field

from app.blueprints.api.blueprint import api
from app.blueprints.api.openapi import Answer, Body, documented
from app.blueprints.asker import device_name
from app.blueprints.confirmation import require_fresh
from app.blueprints.identity import current_account, current_user_id
from app.models import Passkey
from app.services.passkeys import NAME_CHARACTERS
from app.services.registry import services


class PasskeyView(Answer):
    """Times in ms."""

    id: str
    name: str
    created_at: int
    last_used: int | None


class PasskeyList(Answer):
    passkeys: list[PasskeyView]


class PasskeyOptions(Answer):
    """What to hand to ``navigator.credentials.create``, in WebAuthn's JSON form."""

    public_key: dict[str, Any]


class AddPasskey(Body):
    """``credential``: what the browser made, in WebAuthn's JSON form (``PublicKeyCredential.toJSON()``)."""

    credential: dict[str, Any]


class RenamePasskey(Body):
    name: Annotated[str, Field(min_length=1, max_length=NAME_CHARACTERS)]


@api.get("/passkeys")
@documented(answer=PasskeyList, refusals=(401,), tag="passkeys")
def list_passkeys() -> Any:
    """One's passkeys, the oldest first."""
    return {"passkeys": [_view(passkey) for passkey in services().passkeys.of(current_user_id())]}


@api.post("/passkeys/options")
@documented(answer=PasskeyOptions, refusals=(401, 403, 409, 429), tag="passkeys")
def ask_to_add_passkey() -> Any:
    """Begin to add one. 403 ``confirm_first``: signed in too long ago; sign in anew, or confirm in the settings."""
    require_fresh()
    return {"public_key": services().passkeys.begin_adding(current_account())}


@api.post("/passkeys")
@documented(json=AddPasskey, answer=PasskeyView, status=201, refusals=(400, 401, 403, 409), tag="passkeys")
def add_passkey(json: AddPasskey) -> Any:
    """Keep the passkey that the browser made."""
    require_fresh()
    return _view(services().passkeys.add(current_user_id(), json.credential, device_name())), 201


@api.patch("/passkeys/<string(length=22):passkey>")
@documented(json=RenamePasskey, answer=PasskeyView, refusals=(401, 404), tag="passkeys")
def rename_passkey(json: RenamePasskey, passkey: str) -> Any:
    """Call it something else."""
    return _view(services().passkeys.rename(current_user_id(), passkey, json.name))


@api.delete("/passkeys/<string(length=22):passkey>")
@documented(status=204, refusals=(401, 403, 404), tag="passkeys")
def remove_passkey(passkey: str) -> Any:
    """It signs nobody in any more."""
    require_fresh()
    services().passkeys.remove(current_user_id(), passkey)
    return "", 204


def _view(passkey: Passkey) -> dict[str, Any]:
    return {
        "id": passkey.id,
        "name": passkey.name or "Passkey",
        "created_at": int(passkey.created_at.timestamp() * 1000),
        "last_used": int(passkey.last_used.timestamp() * 1000) if passkey.last_used else None,
    }
