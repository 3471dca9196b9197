"""`python -m portal.cli`: the same as the console script, for processes that the portal starts itself."""

from portal.cli import main

main()
