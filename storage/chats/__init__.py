"""Settings and tokens of chats: languages, collections, buttons and upload drafts."""
