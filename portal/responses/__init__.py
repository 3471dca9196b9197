"""Responses: text, disposition, steps, approval, publication of editions."""
