"""Writers: from a draft to a file. Reading what was written gives the same draft."""
