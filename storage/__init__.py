"""What was asked and answered, for good."""
