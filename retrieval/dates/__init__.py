"""Date expressions in articles and questions: where they stand, and the days that they mean."""
