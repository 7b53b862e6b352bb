/** The emoji that the picker offers: those that people send, in the order that keyboards have them. All of them are `RGI_Emoji`. */

export const EMOJI_GROUPS = {
  smileys:
    "😀 😃 😄 😁 😆 😅 🤣 😂 🙂 🙃 😉 😊 😇 🥰 😍 🤩 😘 😗 😚 😋 😛 😜 🤪 😝 🤗 🤭 🤫 🤔 🤐 🤨 😐 😑 😶 😏 😒 🙄 😬 😌 😔 😪 🤤 😴 😷 🤒 🤕 🤢 🤮 🤧 🥵 🥶 🥴 😵 🤯 🤠 🥳 😎 🤓 🧐 😕 😟 🙁 😮 😯 😲 😳 🥺 😦 😧 😨 😰 😥 😢 😭 😱 😖 😣 😞 😓 😩 😫 🥱 😤 😡 😠 🤬 😈 💀 💩 🤡 👻 👽 🤖 😺 😸 😹 😻 😿 🙈 🙉 🙊".split(
      " ",
    ),
  people:
    "👋 🤚 ✋ 🖖 👌 🤏 ✌️ 🤞 🤟 🤘 🤙 👈 👉 👆 👇 ☝️ 👍 👎 ✊ 👊 👏 🙌 👐 🤲 🤝 🙏 ✍️ 💅 🤳 💪 👂 👀 🧠 👄 👶 👧 👦 👩 👨 👵 👴 🙍 🙎 🙅 🙆 💁 🙋 🙇 🤦 🤷 👮 🎅 💃 🕺 🏃 🚶 👫 👪 👣".split(
      " ",
    ),
  hearts: "❤️ 🧡 💛 💚 💙 💜 🤎 🖤 🤍 💔 ❣️ 💕 💞 💓 💗 💖 💘 💝 💋 💯 💢 💥 💫 💦 💨 💬 💭 💤".split(" "),
  nature:
    "🐶 🐱 🐭 🐹 🐰 🦊 🐻 🐼 🐨 🐯 🦁 🐮 🐷 🐸 🐵 🐔 🐧 🐦 🦆 🦉 🐴 🦄 🐝 🦋 🐌 🐞 🐢 🐍 🐙 🐠 🐬 🐳 🐘 💐 🌸 🌹 🌻 🌷 🌱 🌳 🌴 🌵 🍀 🍁 🍂 🌍 🌙 ⭐ 🌟 ☀️ ⛅ 🌧️ ⚡ ❄️ ⛄ 🔥 🌈 🌊".split(
      " ",
    ),
  food: "🍎 🍌 🍇 🍓 🍉 🍊 🍋 🍑 🍍 🥑 🍅 🥕 🌽 🍞 🧀 🥚 🍔 🍟 🍕 🌭 🌮 🍝 🍜 🍛 🍣 🍚 🥗 🍿 🍦 🍩 🍪 🎂 🍰 🍫 🍬 🍯 ☕ 🍵 🥛 🍺 🍻 🍷 🥂 🍸 🍹".split(
    " ",
  ),
  doing:
    "⚽ 🏀 🏈 🎾 🏐 🏓 🏸 ⛳ 🚴 🏊 🧘 🏆 🥇 🎯 🎮 🎲 🧩 🎨 🎭 🎬 🎤 🎧 🎵 🎶 🎸 🎹 🥁 🎉 🎊 🎈 🎁 🎄 🎃 🎆 ✨".split(
      " ",
    ),
  travel: "🚗 🚕 🚌 🚑 🚒 🚲 🛵 🏍️ 🚂 🚇 ✈️ 🚀 🚁 ⛵ 🚢 ⚓ 🚦 🗺️ 🏠 🏢 🏥 🏫 ⛪ 🕌 🛕 ⛺ 🏖️ ⛰️ 🌅 🌃".split(
    " ",
  ),
  things:
    "⌚ 📱 💻 ⌨️ 📷 📺 ⏰ ⏳ 🔋 💡 🔦 💸 💰 💳 💎 🔧 🔨 🔑 🔒 🚪 🛏️ 🛁 🚿 🧹 🛒 🎓 👓 👗 👕 👟 👑 💍 💊 📚 📖 ✏️ 📎 📌 ✂️ 📅 📈 📝 ✉️ 📦 📣 🔔".split(
      " ",
    ),
  symbols:
    "✅ ☑️ ✔️ ❌ ❗ ❓ ‼️ ⁉️ ⚠️ 🚫 ⛔ ♻️ ➕ ➖ ➡️ ⬅️ ⬆️ ⬇️ 🔄 🔁 ▶️ ⏸️ 🔴 🟠 🟡 🟢 🔵 🟣 ⚫ ⚪ 🆗 🆕 🆘 ©️ ®️ ™️ ♾️ 🏁 🏳️ 🏴 🏳️‍🌈".split(
      " ",
    ),
} as const satisfies Record<string, readonly string[]>;

export type EmojiGroup = keyof typeof EMOJI_GROUPS;

export const EMOJI: readonly string[] = Object.values(EMOJI_GROUPS).flat();

/** Offered at once for a reaction. */
export const QUICK_REACTIONS = ["👍", "❤️", "😂", "😮", "😢", "🙏"] as const;
