"""Review: code list, segments, clusters, coverage."""
