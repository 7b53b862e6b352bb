/** Rules about who may import whom. */
import type { Import, Source, Violation } from "./source.ts";

interface ImportRule {
  rule: string;
  /** Files that it holds for. */
  of: RegExp;
  /** Files of those that it does not hold for. */
  except?: RegExp;
  /** True when the import breaks it. */
  broken: (imported: Import, path: string) => boolean;
}

const TESTING = /_test\.ts$|_contract\.ts$|^server\/testing\//;
const BUILTIN = /^(node:|bun$|bun:)/;
/** What a domain or an edge may know of a port is its interface. Everything else in these folders is an adapter or its parts. */
const PORTS = new Map([
  ["server/bus/", "server/bus/bus.ts"],
  ["server/store/", "server/store/store.ts"],
]);
/** Adapters without a port, whose types may be named: the embedded Postgres, the catcher of mails, the way to SMTP. */
const OTHER_ADAPTERS = /^server\/(db\/embedded|mail\/catcher|mail\/mailer)\.ts$/;
/** The wiring, the programs that people start, and the tests. */
const MAY_CHOOSE_ADAPTERS = /^server\/(app|commands|main|mail\/mailbox)\.ts$/;

/** The fault rig's people are the PWA's own code run outside of a browser, and its administrator saves a process a call. */
const FAULT_RIG = /^e2e\/faults\//;
/** A push service that can read what the product sends, and an administrator who needs no process of their own. */
const LENT_TO_SCENARIOS = /^server\/testing\/(push_host|terminal)\.ts$/;
const LENT_TO_FAULT_RIG = /^pwa\/src\/(net|db)\/|^server\/(commands|config)\.ts$/;

function isPackage({ specifier, target }: Import): boolean {
  return target === null && !BUILTIN.test(specifier);
}

function topOf(path: string): string {
  return path.slice(0, path.indexOf("/") + 1);
}

function isAdapter({ target, typeOnly }: Import, path: string): boolean {
  if (target === null) return false;
  if (OTHER_ADAPTERS.test(target)) return !typeOnly;
  for (const [folder, port] of PORTS) {
    if (target.startsWith(folder)) return target !== port && !path.startsWith(folder);
  }
  return false;
}

const RULES: ImportRule[] = [
  {
    rule: "an import names its file with its ending",
    of: /./,
    broken: ({ specifier, target }) => target !== null && !/\.[a-z0-9]+(\?\w+)?$/.test(specifier),
  },
  {
    rule: "the protocol imports nothing of ours, and no package",
    of: /^server\/protocol\//,
    except: TESTING,
    broken: ({ target }) => target === null || !target.startsWith("server/protocol/"),
  },
  {
    rule: "a file is reached by its relative path, and the protocol from outside of the server by #protocol/",
    of: /./,
    // The scenarios start what they test, and may borrow from the gate how to.
    broken: ({ specifier, target }, path) =>
      target !== null &&
      specifier.startsWith(".") &&
      topOf(target) !== topOf(path) &&
      !(topOf(path) === "e2e/" && (topOf(target) === "infra/" || LENT_TO_SCENARIOS.test(target))) &&
      !(FAULT_RIG.test(path) && LENT_TO_FAULT_RIG.test(target)),
  },
  {
    rule: "inside the protocol, files are reached by their relative path",
    of: /^server\/protocol\//,
    broken: ({ specifier }) => specifier.startsWith("#protocol/"),
  },
  {
    rule: "domains do not import the gateway",
    of: /^server\/(auth|contacts|messages|presence|retention|push|inbox)\//,
    except: TESTING,
    broken: ({ target }) => target?.startsWith("server/gateway/") ?? false,
  },
  {
    rule: "only app.ts imports adapters",
    of: /^server\//,
    except: new RegExp(`${TESTING.source}|${MAY_CHOOSE_ADAPTERS.source}`),
    broken: isAdapter,
  },
  {
    rule: "only main.ts and its commands import the wiring",
    of: /^server\//,
    except: new RegExp(`${TESTING.source}|^server/(main|commands)\\.ts$`),
    broken: ({ target }) => target === "server/app.ts" || target === "server/commands.ts",
  },
  {
    rule: "product code does not import test code",
    of: /^(server|pwa)\//,
    except: TESTING,
    broken: ({ target }) => target !== null && TESTING.test(target),
  },
  {
    rule: "no Vue in net and db",
    of: /^pwa\/src\/(net|db)\//,
    broken: ({ specifier }) => /^(vue|vuetify|pinia|vue-router|@vue\/.*)(\/|$)|\.vue$|\/vue$/.test(specifier),
  },
  {
    rule: "net and db know nothing of what is built on them",
    of: /^pwa\/src\/(net|db)\//,
    except: TESTING,
    broken: ({ target }) => /^pwa\/src\/(stores|composables|pages|components)\//.test(target ?? ""),
  },
  {
    rule: "the gate and the local commands run before anything is installed",
    of: /^infra\/(gate|local)\//,
    except: TESTING,
    broken: isPackage,
  },
];

export function checkImports(sources: Source[]): Violation[] {
  return sources.flatMap(({ path, imports }) =>
    RULES.filter(({ of, except }) => of.test(path) && !except?.test(path)).flatMap(({ rule, broken }) =>
      imports
        .filter((imported) => broken(imported, path))
        .map(({ specifier, line }) => ({ path, line, rule: `${rule}: ${specifier}` })),
    ),
  );
}
