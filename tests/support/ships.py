"""Three short articles about ships that Japan handed over."""

FIJI = "Ships for Fiji\n\nJapan handed three patrol ships to Fiji in Suva on Monday.\n"
QUOTE = "Japan handed seven patrol ships to Tonga in Nukualofa on Monday."
TONGA = f"Ships for Tonga\n\n{QUOTE}\n"
SAMOA = "Ships for Samoa\n\nJapan handed two patrol ships to Samoa in Apia on Tuesday.\n"
