"""The feeds that the desk reads, and the items of each."""
