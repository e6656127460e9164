"""Stores that speak TLS alone, with a certificate of an authority made for the test."""

import shutil
from pathlib import Path

import pytest
import trustme
from redis import Redis
from redis.exceptions import RedisError

from dev.embedded import EmbeddedMongo, EmbeddedServer
from tests.installation import ROOT

ACL = ROOT / "ops" / "redis.acl"
PASSWORD = "a-password-for-the-tests"
ADMINISTRATOR = "for-the-test-alone"


class Authority:
    """Certificates for localhost; ``path`` is what clients must trust."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir()
        authority = trustme.CA()
        issued = authority.issue_cert("localhost", "127.0.0.1")
        self.path, self.chain, self.key = folder / "ca.pem", folder / "chain.pem", folder / "key.pem"
        authority.cert_pem.write_to_path(str(self.path))
        issued.private_key_pem.write_to_path(str(self.key))
        for part in issued.cert_chain_pems:
            part.write_to_path(str(self.chain), append=True)


class TlsRedis(EmbeddedServer):
    """A Redis of the system's that knows one user for Chatter, who may what ops/redis.acl says.

    The embedded one is built without TLS. Skips where there is none.
    """

    name = "redis"

    def __init__(self, folder: Path, authority: Authority) -> None:
        super().__init__(folder)
        found = shutil.which("valkey-server") or shutil.which("redis-server")
        if found is None:
            pytest.skip("redis-server is not installed: make balancers installs it on Debian")
        self._program, self._authority = found, authority
        self._acl = folder / "users.acl"
        folder.mkdir(parents=True, exist_ok=True)
        rule = ACL.read_text().replace(">A-LONG-RANDOM-PASSWORD", f">{PASSWORD}").replace("\\\n", " ")
        users = [line for line in rule.splitlines() if line and not line.startswith("#")]
        self._acl.write_text("\n".join([*users, f"user admin on >{ADMINISTRATOR} ~* &* +@all"]) + "\n")

    @property
    def url(self) -> str:
        return f"rediss://chatter:{PASSWORD}@localhost:{self.port}/0?ssl_ca_certs={self._authority.path}"

    def administrator(self) -> Redis:
        url = f"rediss://admin:{ADMINISTRATOR}@localhost:{self.port}/0?ssl_ca_certs={self._authority.path}"
        client: Redis = Redis.from_url(url, decode_responses=True)
        return client

    def _command(self) -> list[str]:
        return [
            self._program,
            *("--bind", "127.0.0.1", "--port", "0", "--tls-port", str(self.port), "--tls-auth-clients", "no"),
            *("--tls-cert-file", str(self._authority.chain), "--tls-key-file", str(self._authority.key)),
            *("--tls-ca-cert-file", str(self._authority.path), "--aclfile", str(self._acl)),
            *("--dir", str(self.data_dir), "--appendonly", "yes", "--save", "", "--maxmemory-policy", "noeviction"),
        ]

    def _answers(self) -> bool:
        try:
            with self.administrator() as client:
                return bool(client.ping())
        except (RedisError, OSError):
            return False


class TlsMongo(EmbeddedMongo):
    """The MongoDB stand-in over TLS."""

    def __init__(self, folder: Path, authority: Authority) -> None:
        super().__init__(folder)
        self._authority = authority

    def uri_of(self, database: str) -> str:
        return f"{super().uri_of(database)}&tls=true&tlsCAFile={self._authority.path}".replace("127.0.0.1", "localhost")

    def _command(self) -> list[str]:
        return [
            *super()._command(),
            *("--tls-cert-file", str(self._authority.chain), "--tls-key-file", str(self._authority.key)),
        ]
