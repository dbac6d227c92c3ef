"""What a feed or a sitemap lists, read in a process of its own."""
