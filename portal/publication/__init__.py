"""The publication: frozen, redacted copies and pages that the public reads."""
