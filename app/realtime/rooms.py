"""Names of Socket.IO rooms."""

NAMESPACE = "/"
EVERYBODY = "everybody"
"""Who is signed in, on whichever server."""


def of_user(user: str) -> str:
    return f"user:{user}"


def of_device(device: str) -> str:
    return f"device:{device}"


def of_conversation(conversation: str, epoch: int) -> str:
    """Versioned: when somebody leaves, the epoch rises, and a socket that missed its ``leave`` hears nothing more."""
    return f"{of_any_epoch(conversation)}{epoch}"


def of_any_epoch(conversation: str) -> str:
    """What the names of all of a conversation's rooms begin with."""
    return f"conversation:{conversation}:"
