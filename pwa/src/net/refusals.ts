import type { RefusedCode } from "#protocol/codes.ts";

/** Whether a refusal passes by itself: the same message may be accepted a moment later. */
const PASSES: Record<RefusedCode, boolean> = {
  rate_limited: true,
  unavailable: true,
  hello_first: true,
  unknown_frame: false,
  bad_frame: false,
  empty_text: false,
  text_too_long: false,
  not_a_contact: false,
  blocked: false,
  cid_conflict: false,
  no_conversation: false,
  no_message: false,
  not_yours: false,
  edit_too_late: false,
  not_an_emoji: false,
};

/** Whether sending the same again can help. */
export function passes(code: RefusedCode): boolean {
  return PASSES[code];
}

/** Whether it is about what was sent; anything else is about the way there. */
export function isRefusal(code: string): code is RefusedCode {
  return code in PASSES;
}
