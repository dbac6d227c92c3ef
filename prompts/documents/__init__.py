"""Documents for people: the record, a timeline, a comparison."""
