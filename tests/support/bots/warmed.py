"""All that forked bots would each do to start, done once where they are forked: the articles read, the words made.

It is done as soon as this is loaded.
"""

import gc

from bot.settings import SEEDS, read_settings
from prompts.render import Renderer
from retrieval.library import Library
from tests.support.shortcuts import read_articles_once, understand_settings_once

read_articles_once(setattr)
understand_settings_once(setattr)
read_settings()
Library.open(SEEDS).warm_up()
Renderer().warm_up()
gc.collect()
gc.freeze()
