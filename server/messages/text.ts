/** What a message's text is allowed to be. */
import { EMOJI_MAX_CHARS, NAME_MAX_CHARS, TEXT_MAX_CHARS } from "#protocol/limits.ts";

/** C0 and C1 controls except tab and line feed; the bidi embeddings and overrides, which can disguise what is written. */
// oxlint-disable-next-line no-control-regex -- matching control characters is the point
const UNWANTED = /[\u0000-\u0008\u000B-\u001F\u007F-\u009F\u202A-\u202E]/g;

/** The text as it is stored: NFC, well-formed, LF line ends, no control or bidi-override characters, trimmed. */
export function cleanText(raw: string): string {
  return raw.toWellFormed().normalize("NFC").replaceAll(/\r\n?/g, "\n").replaceAll(UNWANTED, "").trim();
}

/** A name as it is stored: one line of clean text; null when nothing is left of it, or too much. */
export function cleanName(raw: string): string | null {
  const name = cleanText(raw).replaceAll(/\s+/g, " ");
  return name === "" || name.length > NAME_MAX_CHARS ? null : name;
}

/** Why a cleaned text cannot be sent; null when it can. */
export function refusalOf(text: string): "empty_text" | "text_too_long" | null {
  if (text === "") return "empty_text";
  return text.length > TEXT_MAX_CHARS ? "text_too_long" : null;
}

/** Whether this is one emoji and nothing else, in the form that keyboards write. */
export function isEmoji(text: string): boolean {
  return text.length <= EMOJI_MAX_CHARS && /^\p{RGI_Emoji}$/v.test(text);
}
