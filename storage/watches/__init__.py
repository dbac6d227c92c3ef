"""Standing questions: what people and groups watch for, the passages that are new to them, and the notices due."""
