"""The bot on Telegram with all that runs beside it, until it is told to stop."""

import gc

from bot.app import Office, build_bot, build_keeper, open_access
from bot.background import alongside
from bot.service import running, stop_signal
from bot.watching import FolderWatch


async def serve(office: Office) -> None:
    """Run the bot until it is told to stop by SIGINT or SIGTERM.

    Args:
        office: What answers, and what it works from.

    Raises:
        SettingsError: There is no token.
        TelegramError: Telegram refuses the token.
    """
    stop = stop_signal()
    keeper = build_keeper(office)
    access = open_access(office.settings, office.database)
    application = build_bot(office, keeper, access, office.settings.token(), office.settings.telegram_url)
    gc.collect()
    gc.freeze()  # the articles are here to stay; the collector need not walk them again for every question
    async with running(application, office.desk), alongside(FolderWatch(keeper).run()):
        await stop.wait()
    keeper.close()
