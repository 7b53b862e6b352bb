/**
 * What the Enter key means in the composer. While an input method composes (Japanese, Chinese, Korean), Enter picks a
 * word and must do nothing else; Safari ends the composition before the key arrives and leaves only key code 229.
 */
export type EnterMeaning = "send" | "break";

const COMPOSING_KEY_CODE = 229;

export interface EnterOptions {
  /** On a touch device Enter breaks the line, as people expect of an on-screen keyboard. */
  touch: boolean;
}

/** Null: the key is none of our business. */
export function enterMeaning(
  event: Pick<
    KeyboardEvent,
    "key" | "keyCode" | "isComposing" | "shiftKey" | "altKey" | "ctrlKey" | "metaKey"
  >,
  { touch }: EnterOptions,
): EnterMeaning | null {
  if (event.key !== "Enter" || event.isComposing || event.keyCode === COMPOSING_KEY_CODE) return null;
  if (event.ctrlKey || event.metaKey) return "send";
  if (event.shiftKey || event.altKey || touch) return "break";
  return "send";
}
