"""Who is spoken to in which language: as they chose, as their group chose, as their Telegram is set, or in English."""

from collections import OrderedDict

from telegram import CallbackQuery, Message, User

from bot.messages.sending import person_of
from prompts.languages import Language, language_of
from prompts.render import Renderer
from storage.chats.language_choices import LanguageChoices

REMEMBERED = 10_000
"""Of how many people it is remembered in which language their Telegram is."""


class Localizer:
    """Has the words for everybody in their language.

    Attributes:
        choices: What people and groups chose.
    """

    def __init__(self, renderer: Renderer, choices: LanguageChoices) -> None:
        """Set up.

        Args:
            renderer: Has the words in every language.
            choices: What people and groups chose.
        """
        self.choices = choices
        self._renderer = renderer
        self._heard: OrderedDict[int, Language] = OrderedDict()

    def language(self, user: User | None, chat_id: int | None = None) -> Language:
        """The language to speak to somebody in.

        Args:
            user: Who, as Telegram tells now; none where nobody can tell.
            chat_id: The chat that it is said in, where it is said in one.
        """
        own = None if user is None else self.choices.of(user.id)
        shared = None if chat_id is None else self.choices.of(chat_id)
        return own or shared or self._of_telegram(user) or Language.ENGLISH

    def _of_telegram(self, user: User | None) -> Language | None:
        """The language of somebody's app, which is remembered for when they are told something later."""
        language = None if user is None else language_of(user.language_code)
        if user is not None and language is not None:
            self._heard[user.id] = language
            self._heard.move_to_end(user.id)
            if len(self._heard) > REMEMBERED:
                self._heard.popitem(last=False)
        return language

    def in_language(self, language: Language) -> Renderer:
        """The words in a language."""
        return self._renderer.in_language(language)

    def language_of_message(self, message: Message) -> Language:
        """The language of whoever wrote a message, or of the group where nobody can tell who did."""
        return self.language(message.from_user if person_of(message) is not None else None, message.chat_id)

    def to_author(self, message: Message) -> Renderer:
        """The words for whoever wrote a message."""
        return self.in_language(self.language_of_message(message))

    def language_of_press(self, query: CallbackQuery) -> Language:
        """The language of whoever pressed a button."""
        return self.language(query.from_user, query.message.chat.id if query.message else None)

    def to_presser(self, query: CallbackQuery) -> Renderer:
        """The words for whoever pressed a button."""
        return self.in_language(self.language_of_press(query))

    def to_user(self, user: User, chat_id: int | None = None) -> Renderer:
        """The words for somebody who did something else."""
        return self.in_language(self.language(user, chat_id))

    def to_party(self, party_id: int) -> Renderer:
        """The words for a person or a group who did nothing just now, so that Telegram does not tell of them.

        Args:
            party_id: A user id, or the chat id of a group.
        """
        return self.in_language(self.choices.of(party_id) or self._heard.get(party_id) or Language.ENGLISH)

    def moved(self, old_id: int, new_id: int) -> None:
        """A group became a supergroup, which has another id: its choice follows."""
        self.choices.move(old_id, new_id)

    def forget(self, user_id: int) -> None:
        """Somebody was taken out of the record: nothing more is known of them."""
        self.choices.forget(user_id)
        self._heard.pop(user_id, None)
