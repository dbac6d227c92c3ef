"""Two passages compared by their facts: quantities, dates, names and lists that contradict each other."""
