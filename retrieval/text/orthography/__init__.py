"""How Japanese and Vietnamese are written: their letters, marks and words."""
