"""The WSGI application that servers load. Importing it starts no database server."""

import gc

gc.disable()  # what is made while a process starts is needed until it ends: there is nothing to look for

from portal.app import create_app  # noqa: E402
from portal.settings import Settings  # noqa: E402

app = create_app(Settings.from_env())
gc.freeze()  # nor ever after: only what requests make is looked through
gc.enable()
