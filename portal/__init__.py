"""The consultation portal: clause-by-clause consultation on draft enforcement ordinances."""
