"""The law's text, pure: clauses, addresses, readers, redline. Knows no database and no web."""
