import type { RefusedCode } from "#protocol/codes.ts";
import { TEXT_MAX_CHARS } from "#protocol/limits.ts";

/** Refusals that pass by themselves: the same message may be accepted a moment later. */
const PASSING = new Set<RefusedCode>(["rate_limited", "unavailable", "hello_first"]);

const TOO_NEW = "This app and the server do not understand each other. Reload the page and send it again.";

const SENTENCES: Record<RefusedCode, string> = {
  unknown_frame: TOO_NEW,
  bad_frame: TOO_NEW,
  hello_first: TOO_NEW,
  empty_text: "Not sent: nothing was left of the text once it was cleaned.",
  text_too_long: `Not sent: a message can have at most ${TEXT_MAX_CHARS.toLocaleString("en")} characters.`,
  not_a_contact: "Not sent: you can only write to your contacts.",
  cid_conflict: "Not sent: another message went out under the same id. Please send it again.",
  no_conversation: "Not sent: this conversation does not exist any more.",
  rate_limited: "That was too fast. It will be sent in a moment.",
  unavailable: "The server cannot take messages just now. It will be sent in a moment.",
};

/** Whether sending the same again can help. */
export function passes(code: RefusedCode): boolean {
  return PASSING.has(code);
}

/** Why a message was refused, as a sentence for the person. */
export function sentenceOf(code: RefusedCode): string {
  return SENTENCES[code];
}
