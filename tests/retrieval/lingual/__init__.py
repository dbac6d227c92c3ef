"""Questions and articles in Japanese and Vietnamese."""
