"""Background work of this area."""

from __future__ import annotations

from portal.jobs.queue import Ticker
from portal.organisations.sign_up import forget_expired

WORK = (Ticker("organisations.forget_sign_ups", 600, forget_expired,
               "Deletes what people typed to sign up and never confirmed."),)
