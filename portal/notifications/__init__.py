"""Mails: made from templates in the reader's language, kept as they were sent, sent by a job."""
