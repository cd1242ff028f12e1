/** More emoji to react with. */
import { wordsOf } from "#web/chat/task.ts";
import type { MessagePanelProps } from "./delete-message.tsx";
import { Dialog } from "#web/widgets/dialog.tsx";

const EMOJI = [
  "👍 👎 👏 🙌 🙏 💪 👋 🤝 👌 🤞",
  "😀 😄 😂 🤣 😊 😍 😘 🤔 😮 😢 😭 😡 😴 🤯 🥳 😎 🙃 😅 🫡 🤗",
  "❤️ 🧡 💛 💚 💙 💜 🖤 💯 🔥 ✨ 🎉 🎂 ☕ 🍰 🍕 🌱 🌞 🌈 ⭐ 🚀",
  "✅ ❌ ❓ ❗ 👀 🐛 💡 📌 🏆 ⏳",
].flatMap((line) => line.split(" "));

export function EmojiPanel({ chat, room, entry, onClose }: MessagePanelProps) {
  const choose = async (emoji: string) => {
    onClose();
    const isMine = entry.reactions?.[emoji]?.includes(chat.me.id) === true;
    try {
      await chat.directory.react(room, entry.id, emoji, !isMine);
    } catch (error) {
      chat.notice.value = wordsOf(error);
    }
  };
  return (
    <Dialog title="React" onClose={onClose}>
      <div class="emoji-grid">
        {EMOJI.map((emoji) => (
          <button
            key={emoji}
            type="button"
            class="tool tool-emoji"
            aria-label={`React with ${emoji}`}
            onClick={() => void choose(emoji)}
          >
            <span aria-hidden="true">{emoji}</span>
          </button>
        ))}
      </div>
    </Dialog>
  );
}
