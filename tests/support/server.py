"""The PostgreSQL server of a test run: databases cloned from one migrated template (about 50 ms each)."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.engine import make_url

from portal import migrating
from portal.adapters.embedded import Databases, Passwords, ServerAddress

_TEMPLATE = "portal_template"


@dataclass(frozen=True)
class DatabaseUrls:
    """One database as each of the three roles sees it."""

    name: str
    owner: str
    app: str
    public: str


@dataclass(frozen=True)
class TestServer:
    """A server on which we are superuser, with a migrated template to clone."""

    __test__ = False

    databases: Databases

    @classmethod
    def prepare(cls, databases: Databases | str) -> TestServer:
        """Make the roles and the migrated template, once in a run. A URL names a server that is not ours."""
        if isinstance(databases, str):
            plain = make_url(databases).set(drivername="postgresql").render_as_string(hide_password=False)
            databases = Databases(plain, Passwords.random())
        server = cls(databases)
        databases.prepare()
        databases.drop(_TEMPLATE)
        migrating.upgrade(databases.create(_TEMPLATE).owner_url)
        return server

    def create_empty(self, name: str) -> DatabaseUrls:
        """A database with nothing in it but what `portal db roles` would make."""
        return _urls(name, self.databases.create(name))

    def clone(self, name: str) -> DatabaseUrls:
        """A fresh copy of the migrated template."""
        return _urls(name, self.databases.clone(_TEMPLATE, name))

    def drop(self, name: str) -> None:
        """Away with it, whoever is connected."""
        self.databases.drop(name)


def _urls(name: str, address: ServerAddress) -> DatabaseUrls:
    return DatabaseUrls(name, address.owner_url, address.app_url, address.public_url)
