"""The outside world: embedded database, mail. Only `portal.app` and the commands import it."""
