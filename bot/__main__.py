"""`python -m bot` is the same as `policydesk`."""

from bot.cli.main import main

main()
