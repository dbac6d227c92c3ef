"""The record looked back on: history, export, replay, verification, evaluation and the weekly digest."""
