"""What there is to do in the background, by kind of job."""

from collections.abc import Mapping

from app.background.job_runner import Handler
from app.services.registry import Services


def handlers(services: Services) -> Mapping[str, Handler]:
    """What does each kind of job."""
    return {"export": services.exports.make, "deletion": services.erasure.carry_out}
