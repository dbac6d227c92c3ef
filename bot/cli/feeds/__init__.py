"""`policydesk feed`: the feeds that articles come from."""
