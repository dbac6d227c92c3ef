"""The settings as a command goes by them: what is misspelt, or open to others, is said aloud."""

import typer

from bot.settings import Settings, exposed_settings, former_engine_name, read_settings, unknown_variables


def settings_in_force(**given: object) -> Settings:
    """Read the settings, and name on standard error what looks like one and is none, and a file that others can read.

    Args:
        **given: Values from the command line, which win; None stands for 'not given'.

    Raises:
        SettingsError: A value cannot be used.
    """
    settings = read_settings(**given)
    for name in unknown_variables():
        typer.echo(f"policydesk: there is no setting {name}; see `policydesk config`.", err=True)
    if former := former_engine_name():
        typer.echo(f"policydesk: POLICYDESK_ENGINE={former} is called {settings.engine} by now.", err=True)
    if exposed := exposed_settings():
        typer.echo(f"policydesk: everybody on this machine can read {exposed}: chmod o= {exposed}", err=True)
    return settings
