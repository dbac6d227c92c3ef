"""`python -m bot` is the same as `policydesk`."""

from bot.cli import main

main()
