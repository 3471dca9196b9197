"""What is stored of a draft's text: imports under preview, immutable versions, clauses and their lineages."""
