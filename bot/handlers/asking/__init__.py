"""Conversations with people who ask: questions, answers, buttons, feedback, sources and help."""
