"""Deleting one's account through the API: a code to its own number, a week, and a way back."""

from typing import Any

from app.blueprints.api.blueprint import api
from app.blueprints.api.openapi import Answer, documented
from app.blueprints.api.session import ChallengeAnswer, VerifyBody, challenge_answer
from app.blueprints.asker import address
from app.blueprints.code_step import digits
from app.blueprints.identity import current_account, current_device_id, current_user_id
from app.blueprints.languages import language
from app.domain.errors import CodeRefused, Conflict
from app.services.registry import services

NO_NUMBER = "This account has no phone number. Delete it in the settings, where Google can confirm it."


class DeletionAnswer(Answer):
    """When the account will be deleted (ms)."""

    deletion_at: int


@api.post("/me/deletion/code")
@documented(answer=ChallengeAnswer, status=202, refusals=(401, 409, 429, 503), tag="me")
def ask_for_deletion_code() -> Any:
    """Send a code to the account's own number, to confirm its deletion with."""
    phone = current_account().phone
    if not phone:
        raise Conflict(NO_NUMBER)
    return challenge_answer(services().codes.start(phone, address(), _purpose(), language())), 202


@api.post("/me/deletion")
@documented(json=VerifyBody, answer=DeletionAnswer, status=202, refusals=(400, 401, 409, 429), tag="me")
def delete_me(json: VerifyBody) -> Any:
    """Delete the account in a week. Every other device is signed out."""
    proof = services().codes.redeem(json.challenge, digits(json.code), address())
    if proof.purpose != _purpose() or proof.phone != current_account().phone:
        raise CodeRefused
    due = services().deletions.ask(current_user_id())
    services().devices.sign_out_all(current_user_id(), but=current_device_id())
    return {"deletion_at": int(due.timestamp() * 1000)}, 202


@api.delete("/me/deletion")
@documented(status=204, refusals=(401, 409), tag="me")
def keep_me() -> Any:
    """Keep the account after all."""
    services().deletions.keep(current_user_id())
    return "", 204


def _purpose() -> str:
    return f"delete:{current_user_id()}"
