"""Grouping, tagging and placing of texts: pure functions that know no web, no database and no outside service."""
