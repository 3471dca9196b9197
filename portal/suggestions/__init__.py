"""What the machine proposes to reviewers: near-copies, clusters, tags. Never a decision until a person takes it."""
