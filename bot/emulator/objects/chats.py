"""People, chats, and the members of chats."""

from typing import Literal

from pydantic import AliasChoices, Field, SerializeAsAny

from bot.emulator.objects.base import TelegramObject


class User(TelegramObject):
    """A person or a bot."""

    id: int
    is_bot: bool
    first_name: str
    last_name: str | None = None
    username: str | None = None
    language_code: str | None = None


class Bot(User):
    """The bot as ``getMe`` describes it."""

    can_join_groups: bool = True
    can_read_all_group_messages: bool = True
    supports_inline_queries: bool = False
    can_connect_to_business: bool = False
    has_main_web_app: bool = False

    def as_user(self) -> User:
        """Return the bot as people see it."""
        return User(id=self.id, is_bot=True, first_name=self.first_name, username=self.username)


GROUP_ANONYMOUS = User(id=1087968824, is_bot=True, first_name="Group", username="GroupAnonymousBot")
"""The sender of messages that administrators write for a group."""
CHANNEL = User(id=136817688, is_bot=True, first_name="Channel", username="Channel_Bot")
"""The sender of messages that people write in a group as a channel of theirs."""
TELEGRAM = User(id=777000, is_bot=False, first_name="Telegram")
"""The sender of a channel's posts in the group that is linked to it."""

ChatType = Literal["private", "group", "supergroup", "channel"]


class Chat(TelegramObject):
    """A chat as messages name it."""

    id: int
    type: ChatType
    title: str | None = None
    username: str | None = None
    first_name: str | None = None
    last_name: str | None = None
    is_forum: bool | None = None


Status = Literal["creator", "administrator", "member", "restricted", "left", "kicked"]


class ChatMember(TelegramObject):
    """A person as a member of a chat."""

    status: Status
    user: User
    is_anonymous: bool | None = None
    custom_title: str | None = None
    until_date: int | None = None

    @property
    def is_in(self) -> bool:
        """Whether they are in the chat."""
        return self.status not in {"left", "kicked"}

    @property
    def runs_it(self) -> bool:
        """Whether they are its owner or an administrator."""
        return self.status in {"creator", "administrator"}


class ChatMemberAdministrator(ChatMember):
    """An administrator with the rights that Telegram grants by default."""

    is_anonymous: bool | None = False
    can_be_edited: bool = False
    can_manage_chat: bool = True
    can_delete_messages: bool = True
    can_manage_video_chats: bool = True
    can_restrict_members: bool = True
    can_promote_members: bool = False
    can_change_info: bool = True
    can_invite_users: bool = True
    can_post_stories: bool = False
    can_edit_stories: bool = False
    can_delete_stories: bool = False
    can_post_messages: bool | None = None
    can_edit_messages: bool | None = None
    can_pin_messages: bool | None = True
    can_manage_topics: bool | None = True


class ChatMemberRestricted(ChatMember):
    """A member of a supergroup who may read and, as here, say nothing."""

    is_member: bool = True
    can_send_messages: bool = False
    can_send_audios: bool = False
    can_send_documents: bool = False
    can_send_photos: bool = False
    can_send_videos: bool = False
    can_send_video_notes: bool = False
    can_send_voice_notes: bool = False
    can_send_polls: bool = False
    can_send_other_messages: bool = False
    can_add_web_page_previews: bool = False
    can_change_info: bool = False
    can_invite_users: bool = False
    can_pin_messages: bool = False
    can_manage_topics: bool = False
    can_edit_tag: bool = False
    can_react_to_messages: bool = False
    until_date: int | None = 0


class ChatMemberUpdated(TelegramObject):
    """A change of a member of a chat, and the person who made it."""

    chat: Chat
    from_user: User = Field(validation_alias=AliasChoices("from", "from_user"), serialization_alias="from")
    date: int
    old_chat_member: SerializeAsAny[ChatMember]
    new_chat_member: SerializeAsAny[ChatMember]
