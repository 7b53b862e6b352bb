/** How much a person has on this device only, in words. */
export interface OwnCount {
  messages: number;
  drafts: number;
}

export function ownWords({ messages, drafts }: OwnCount): string {
  const sent = messages === 1 ? "1 unsent message" : `${messages} unsent messages`;
  const drafted = drafts === 1 ? "1 draft" : `${drafts} drafts`;
  if (messages === 0) return drafted;
  return drafts === 0 ? sent : `${sent} and ${drafted}`;
}

export function isOne({ messages, drafts }: OwnCount): boolean {
  return messages + drafts === 1;
}
