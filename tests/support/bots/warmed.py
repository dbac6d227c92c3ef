"""All that forked bots would each do to start, done once where they are forked: the articles read, the words made.

It is done as soon as this is loaded. No forked bot offers its commands, which takes as long as the rest of its start.
"""

import gc

from bot import telegram_app
from bot.app import open_folder
from bot.settings import read_settings
from prompts.render import Renderer
from tests.support.shortcuts import offer_none, read_articles_once, understand_settings_once

setattr(telegram_app, "register_commands", offer_none)  # noqa: B010 - it is none of what that module gives
read_articles_once(setattr)
understand_settings_once(setattr)
open_folder(read_settings()).open().warm_up()
Renderer().warm_up()
gc.collect()
gc.freeze()
