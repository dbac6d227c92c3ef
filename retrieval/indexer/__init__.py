"""From a folder of articles to an index snapshot, from files where they are current, and incrementally."""
