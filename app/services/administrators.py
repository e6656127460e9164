"""Who runs this Chatter: giving the role, taking it away, and that somebody always has it."""

from app.domain.errors import Conflict, NotFound
from app.models import User

LAST = "They are the only administrator. Make somebody else one first."


def somebody_stays() -> bool:
    """Is there an administrator who is neither disabled nor about to be deleted?"""
    return User.objects(role="admin", disabled_at=None, deletion_at=None).first() is not None


class Administrators:
    def all(self) -> list[User]:
        """The administrators, the oldest account first."""
        return list(User.objects(role="admin").order_by("created_at"))

    def grant(self, user: str) -> None:
        """Make them one. Raises NotFound (also for an account that is disabled), Conflict (they are one)."""
        living = User.objects(id=user, disabled_at=None)
        if living.filter(role__ne="admin").update_one(set__role="admin"):
            return
        raise Conflict("They are an administrator already.") if living.first() else NotFound()

    def revoke(self, user: str) -> None:
        """Make them a member. Raises NotFound, Conflict (they are none, or the only one)."""
        if not User.objects(id=user, role="admin").update_one(set__role="member"):
            raise Conflict("They are no administrator.") if User.objects(id=user).first() else NotFound()
        # Looked at afterwards: of two who take it from each other at the same moment at least one keeps it.
        if not somebody_stays():
            User.objects(id=user).update_one(set__role="admin")
            raise Conflict(LAST)
