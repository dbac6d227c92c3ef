// The words of a message, and the name and sign of its file.

export const FILE_ICON = "M13 3H7a2 2 0 0 0-2 2v14a2 2 0 0 0 2 2h10a2 2 0 0 0 2-2V9zM13 3v6h6M12 12v5m-2.2-2.2L12 17l2.2-2.2";

export const words = (message) => message.text ?? message.caption ?? "";

export function summary(message) {
  return words(message) || fileOf(message)?.name || message.forum_topic_created?.name || "a message";
}

export function fileOf(message) {
  if (message.document) return { ...message.document, name: message.document.file_name ?? "Document" };
  if (message.voice) return { ...message.voice, name: "Voice message" };
  if (message.photo) return { ...message.photo.at(-1), name: "Photo" };
  if (message.sticker) return { ...message.sticker, name: `Sticker ${message.sticker.emoji ?? ""}` };
  return null;
}
