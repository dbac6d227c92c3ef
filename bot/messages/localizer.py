"""The language of every person and group: as they chose, as their group chose, as their Telegram is set, or English."""

from cachetools import LRUCache
from telegram import CallbackQuery, Message, User

from bot.messages.sending import person_of
from prompts.languages import Language, language_of
from prompts.render import Renderer
from storage.chats.language_choices import LanguageChoices

REMEMBERED = 10_000
"""Of how many people it is remembered in which language their Telegram is."""


class Localizer:
    """Has the words for every person and group in their language."""

    def __init__(self, renderer: Renderer, choices: LanguageChoices) -> None:
        self.choices = choices
        self._renderer = renderer
        self._app_languages: LRUCache[int, Language] = LRUCache(REMEMBERED)

    def language(self, user: User | None, chat_id: int | None = None) -> Language:
        """The language to speak to a user in, in a chat if any; None for a user where nobody can tell who it is."""
        own = None if user is None else self.choices.of(user.id)
        shared = None if chat_id is None else self.choices.of(chat_id)
        return own or shared or self._of_app(user) or Language.ENGLISH

    def _of_app(self, user: User | None) -> Language | None:
        """The language of a user's app, which is remembered for what they are told later."""
        language = None if user is None else language_of(user.language_code)
        if user is not None and language is not None:
            self._app_languages[user.id] = language
        return language

    def in_language(self, language: Language) -> Renderer:
        """The words in a language."""
        return self._renderer.in_language(language)

    def language_of_message(self, message: Message) -> Language:
        """The language of a message's author, or of the group where nobody can tell who that is."""
        return self.language(message.from_user if person_of(message) is not None else None, message.chat_id)

    def to_author(self, message: Message) -> Renderer:
        """The words for a message's author."""
        return self.in_language(self.language_of_message(message))

    def language_of_press(self, query: CallbackQuery) -> Language:
        """The language of the person who pressed a button."""
        return self.language(query.from_user, query.message.chat.id if query.message else None)

    def to_presser(self, query: CallbackQuery) -> Renderer:
        """The words for the person who pressed a button."""
        return self.in_language(self.language_of_press(query))

    def to_user(self, user: User) -> Renderer:
        """The words for a user, in no chat."""
        return self.in_language(self.language(user, None))

    def to_party(self, party_id: int) -> Renderer:
        """The words for a person or group, by id, of whom Telegram tells nothing just now."""
        return self.in_language(self.choices.of(party_id) or self._app_languages.get(party_id) or Language.ENGLISH)

    def move(self, old_id: int, new_id: int) -> None:
        """Have the choice of a group follow it when it becomes a supergroup, which has another id."""
        self.choices.move(old_id, new_id)

    def forget(self, user_id: int) -> None:
        """Forget a person who was taken out of the record."""
        self.choices.forget(user_id)
        self._app_languages.pop(user_id, None)
