"""A large folder of articles is kept indexed in files: what is asked of it is what an index made anew would say."""
