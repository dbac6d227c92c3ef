"""The version of policydesk, as released."""

VERSION = "0.1.0"
