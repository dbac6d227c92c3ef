"""The semantic extra: a small encoder that helps to order passages; nothing is generated."""
