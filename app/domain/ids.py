"""Identifiers.

Users, conversations and devices have random ids of 128 bits, written as 22 base-62 characters: short enough for
a URL and a key, and safe in both. A message's id is made of its conversation and its number, so that the unique
index on ``_id`` *is* the promise "one message per number".
"""

import hashlib
import re
import secrets
import string
import uuid
import zlib

ALPHABET = string.digits + string.ascii_uppercase + string.ascii_lowercase
ID_LENGTH = 22
ID_PATTERN = rf"^[0-9A-Za-z]{{{ID_LENGTH}}}$"
CLIENT_ID_PATTERN = r"^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$"
SEQ_DIGITS = 10


def new_id() -> str:
    """A new random id: 22 base-62 characters carrying 128 bits."""
    return _base_62(secrets.randbits(128))


def is_id(text: str) -> bool:
    """Is this written as the ids here are?"""
    return re.fullmatch(ID_PATTERN, text) is not None


def derived_id(*parts: str) -> str:
    """The id that follows from ``parts``: whoever asks twice for the same thing gets the same one."""
    return _base_62(int.from_bytes(hashlib.blake2b("\x00".join(parts).encode(), digest_size=16).digest()))


def derived_client_id(*parts: str) -> str:
    """The client id (a UUID) that follows from ``parts``: what is to be done once, whoever asks for it how often."""
    digest = hashlib.blake2b("\x00".join(parts).encode(), digest_size=16).digest()
    return str(uuid.UUID(bytes=digest, version=4))


def _base_62(number: int) -> str:
    characters = []
    for _ in range(ID_LENGTH):
        number, digit = divmod(number, len(ALPHABET))
        characters.append(ALPHABET[digit])
    return "".join(characters)


def message_id(conversation: str, seq: int) -> str:
    """The ``_id`` of entry ``seq`` (1 and up) of a conversation; ids of one conversation sort as their numbers do."""
    return f"{conversation}:{seq:0{SEQ_DIGITS}d}"


def direct_key(user: str, other: str) -> str:
    """The key that two users share whichever of them asks: ``min:max``."""
    return ":".join(sorted((user, other)))


def shard_of(conversation: str, shard_count: int) -> int:
    """The shard (0 … shard_count - 1) a conversation belongs to, for the life of the installation."""
    return zlib.crc32(conversation.encode()) % shard_count


def content_hash(*parts: str) -> str:
    """A fingerprint of a command's content, 32 hex characters (BLAKE2b-128); tells a retry from a reused client id."""
    return hashlib.blake2b("\x00".join(parts).encode(), digest_size=16).hexdigest()
