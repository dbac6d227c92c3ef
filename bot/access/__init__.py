"""Who may ask: roles, and what the gate decides for each of them."""
