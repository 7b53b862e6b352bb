/** What notifications need of the configuration. */
import { PUSH_HOSTS } from "./endpoint.ts";
import { isVapidKey } from "./vapid.ts";

/** Said to push services by who has not said how to be reached. */
const NOBODY = "mailto:nobody@localhost";

export interface PushConfig {
  /** Private VAPID key in base64url; null: made once in `dataDir` (embedded), else there are no notifications. */
  vapidKey: string | null;
  /** Where push services can reach whoever runs this server: mailto: or https:. */
  subject: string;
  /** Push services that may be asked (`isPushEndpoint`). */
  hosts: readonly string[];
}

/** Part of `readConfig`: reads by its readers, and adds to its problems. */
export function readPush({ text, list, problems }: Readers): PushConfig {
  const vapidKey = text("VAPID_KEY");
  if (vapidKey !== null && !isVapidKey(vapidKey)) {
    problems.push("VAPID_KEY must be a P-256 private key in base64url, like `bun run secrets` makes");
  }
  const subject = text("PUSH_CONTACT") ?? secureOrigin(text("PUBLIC_ORIGIN")) ?? NOBODY;
  // Apple turns down what is neither a real address nor a page.
  if (!/^(mailto:[^@\s]+@[^@\s]+|https:\/\/\S+)$/.test(subject)) {
    problems.push("PUSH_CONTACT must be mailto:… or https://…");
  }
  const hosts = text("PUSH_HOSTS") === null ? PUSH_HOSTS : list("PUSH_HOSTS");
  return { vapidKey, subject, hosts };
}

interface Readers {
  text: (name: string) => string | null;
  list: (name: string) => string[];
  problems: string[];
}

function secureOrigin(origin: string | null): string | null {
  return origin?.startsWith("https://") === true ? origin : null;
}
