"""`policydesk watch`: what people and groups watch for."""
