"""`policydesk record`: copies of the record between databases."""
