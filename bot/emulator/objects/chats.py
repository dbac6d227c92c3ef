"""People, chats, and what part somebody has in a chat."""

from typing import Literal

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
        """Return what others see of the bot."""
        return User(id=self.id, is_bot=True, first_name=self.first_name, username=self.username)


ChatType = Literal["private", "group", "supergroup"]


class Chat(TelegramObject):
    """A chat as messages name it."""

    id: int
    type: ChatType
    title: str | None = None
    username: str | None = None
    first_name: str | None = None
    last_name: str | None = None
    is_forum: bool | None = None


class AcceptedGiftTypes(TelegramObject):
    """Which gifts a chat takes; here, none."""

    unlimited_gifts: bool = False
    limited_gifts: bool = False
    unique_gifts: bool = False
    premium_subscription: bool = False
    gifts_from_channels: bool = False


class ChatFullInfo(Chat):
    """A chat as ``getChat`` describes it."""

    accent_color_id: int = 0
    max_reaction_count: int = 11
    accepted_gift_types: AcceptedGiftTypes = AcceptedGiftTypes()


class ChatMember(TelegramObject):
    """Somebody's part in a chat: owner, member, or gone."""

    status: Literal["creator", "administrator", "member", "left"]
    user: User
    is_anonymous: bool | None = None


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
    can_pin_messages: bool = True
    can_manage_topics: bool = True
