"""Documents people send, read safely in a process of their own, and kept beside the text they were read as."""
