import { Window } from "happy-dom";

/** Gives this test file a page of its own: `window`, `document`, `navigator`, `localStorage`. The answer takes it away again. */
export function openPage(): () => Promise<void> {
  const page = new Window({ url: "https://parley.example/" });
  const { document, navigator, location, localStorage } = page;
  const lent = { window: page, document, navigator, location, localStorage };
  const before = new Map<string, PropertyDescriptor | undefined>();
  for (const [name, value] of Object.entries(lent)) {
    before.set(name, Object.getOwnPropertyDescriptor(globalThis, name));
    Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });
  }
  return async () => {
    for (const [name, descriptor] of before) {
      if (descriptor) Object.defineProperty(globalThis, name, descriptor);
      else Reflect.deleteProperty(globalThis, name);
    }
    await page.happyDOM.close();
  };
}
