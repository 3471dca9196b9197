"""Where ministry staff tag, cluster and answer."""
