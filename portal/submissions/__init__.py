"""Submissions: draft comments, filings, receipts, withdrawals."""
