"""Updates of Telegram without a person: who they are, and the words of their messages and of answers to these."""

_FRAME = frozenset({"message_id", "message_thread_id", "date", "edit_date", "chat", "from", "reply_markup"})
"""The fields of a message that say nothing of its words (Bot API, Message)."""
_AUTHORS = ("from", "sender_chat", "sender_user", "sender_business_bot", "forward_from", "user", "actor_chat")


def without_person(value: object, user_id: int) -> object:
    """JSON without a person: their messages, replies to these by a bot and quotes of these lose their words."""
    if isinstance(value, list):
        return [without_person(each, user_id) for each in value]
    if not isinstance(value, dict):
        return value
    if value.get("id") == user_id:
        return {"id": 0} | {name: value[name] for name in ("is_bot", "type") if name in value} | {"first_name": ""}
    bare = _without_words(value, user_id)
    return {name: without_person(each, user_id) for name, each in bare.items()}


def _without_words(message: dict[str, object], user_id: int) -> dict[str, object]:
    """A message, or any other object, without the words that are the person's or answer them."""
    if _is_by(message, user_id) or _is_by(message.get("forward_origin"), user_id):
        return {name: each for name, each in message.items() if name in _FRAME}
    if any(_is_by(message.get(name), user_id) for name in ("reply_to_message", "external_reply")):
        author = message.get("from")
        if isinstance(author, dict) and author.get("is_bot"):
            return {name: each for name, each in message.items() if name in _FRAME}
        return {name: each for name, each in message.items() if name not in {"quote", "external_reply"}}
    return message


def _is_by(message: object, user_id: int) -> bool:
    if not isinstance(message, dict):
        return False
    authors = (message.get(name) for name in _AUTHORS)
    return any(isinstance(author, dict) and author.get("id") == user_id for author in authors) or _is_by(
        message.get("origin"), user_id
    )
