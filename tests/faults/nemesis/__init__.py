"""What can go wrong, row by row of the fault table. Each fault strikes, heals, and proves that it had an effect."""

from tests.faults.nemesis import clients, committer, crowd, members, mongodb_faults, redis_faults, web
from tests.faults.trial import Fault


def _place(fault: Fault) -> tuple[int, str]:
    digits = "".join(filter(str.isdigit, fault.number))
    return int(digits), fault.number


FAULTS: list[Fault] = sorted(
    [
        *web.FAULTS,
        *committer.FAULTS,
        *redis_faults.FAULTS,
        *mongodb_faults.FAULTS,
        *clients.FAULTS,
        *crowd.FAULTS,
        *members.FAULTS,
    ],
    key=_place,
)
