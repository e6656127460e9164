"""What administrators may do to an account. Each is one verb; who does it is written down by ``audit.py``."""

from app.domain.errors import Conflict, Invalid, NotFound
from app.models import User
from app.models.accounts import now
from app.services.accounts import Accounts
from app.services.deletions import TOO_LATE, Deletions
from app.services.devices import Devices
from app.services.exports import Exports
from app.services.passkeys import Passkeys

ADMIN = "They are an administrator. Take that role away first."
NOT_CONFIRMED = "That is not what was to be typed. Nothing was deleted."


class AccountControl:
    def __init__(
        self, accounts: Accounts, devices: Devices, passkeys: Passkeys, exports: Exports, deletions: Deletions
    ) -> None:
        self._accounts = accounts
        self._devices = devices
        self._passkeys = passkeys
        self._exports = exports
        self._deletions = deletions

    def disable(self, user: str) -> int:
        """Nobody signs in to it any more, and every device is signed out: sessions, tokens, sockets and pushes end.

        How many devices there were. Raises NotFound, Conflict (an administrator, or disabled already).
        """
        # One conditional write: whoever is made an administrator at this moment is not disabled.
        if not User.objects(id=user, role__ne="admin", disabled_at=None).update_one(set__disabled_at=now()):
            self._member(user)
            raise Conflict("The account is disabled already.")
        return self._devices.sign_out_all(user)

    def enable(self, user: str) -> None:
        """They may sign in again. Raises NotFound, Conflict (it is not disabled, or being deleted)."""
        staying = {"$or": [{"deletion_at": None}, {"deletion_at": {"$gt": now()}}]}
        disabled = {"_id": user, "disabled_at": {"$ne": None}, **staying}
        if User._get_collection().update_one(disabled, {"$unset": {"disabled_at": ""}}).matched_count:
            return
        account = _get(user)
        raise Conflict(TOO_LATE if account.disabled_at else "The account is not disabled.")

    def sign_out(self, user: str) -> int:
        """Sign them out everywhere; how many devices there were. Raises NotFound."""
        _get(user)
        return self._devices.sign_out_all(user)

    def unlink_google(self, user: str) -> None:
        """Google leads in no more. Raises NotFound, Conflict (it is not linked, or the only way in)."""
        if not _get(user).google_sub:
            raise Conflict("No Google account is linked.")
        self._accounts.unlink_google(user)

    def remove_passkeys(self, user: str) -> int:
        """No passkey leads in any more; a number or Google always does. How many there were. Raises NotFound, Conflict."""
        _get(user)
        removed = self._passkeys.remove_all(user)
        if not removed:
            raise Conflict("There are no passkeys.")
        return removed

    def export(self, user: str) -> None:
        """Have a copy of their data made, for them. Raises NotFound, Conflict (one is being made), RateLimited."""
        _get(user)
        self._exports.ask(user)

    def delete(self, user: str) -> str:
        """Delete it in a week, as its owner could; until then it can be kept. The day. Raises NotFound, Conflict."""
        account = self._member(user)
        if account.disabled_at is not None:
            raise Conflict(
                "The account is disabled, so nobody could change their mind. Enable it, or delete it at once."
            )
        return f"{self._deletions.ask(user):%Y-%m-%d}"

    def keep(self, user: str) -> None:
        """Not after all. Raises NotFound, Conflict (too late, or nothing was asked)."""
        if _get(user).deletion_at is None:
            raise Conflict("The account is not to be deleted.")
        self._deletions.keep(user)

    def delete_at_once(self, user: str, typed: str) -> None:
        """Delete it now, if ``typed`` is what ``phrase_for`` asks for. Raises NotFound, Conflict, Invalid."""
        account = self._member(user)
        if typed.strip().casefold() != phrase_for(account).casefold():
            raise Invalid(NOT_CONFIRMED)
        self._deletions.at_once(user)
        self._devices.sign_out_all(user)

    def _member(self, user: str) -> User:
        """The account, which is no administrator's. Raises NotFound, Conflict."""
        account = _get(user)
        if account.role == "admin":
            raise Conflict(ADMIN)
        return account


def phrase_for(account: User) -> str:
    """What has to be typed before the account is deleted at once."""
    return str(account.handle or account.name.strip() or account.id)


def _get(user: str) -> User:
    account: User | None = User.objects(id=user).first()
    if account is None:
        raise NotFound
    return account
