"""The ledger: signed receipts, commitments, the chain over audit events. Knows nothing of what is filed."""
