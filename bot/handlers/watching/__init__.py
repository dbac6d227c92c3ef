"""The conversation about watches: they are set up, listed, changed and stopped, and their notices are sent."""
