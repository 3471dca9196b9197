"""The WSGI application that servers load. Importing it starts no database server."""

from portal.app import create_app
from portal.settings import Settings

app = create_app(Settings.from_env())
