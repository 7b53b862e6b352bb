/**
 * The program: `bun server/main.ts serve | notify | migrate | purge | admin … | status | healthcheck | mailbox`. Each command loads
 * what it needs when it is asked for: a container's health is looked at every few seconds, and that must cost next to nothing.
 */
import { readConfig } from "./config.ts";
import type { Config } from "./config.ts";
import { endText } from "./start_error.ts";

const USAGE = `Usage: bun server/main.ts COMMAND

  serve     run one instance
  migrate   bring the schema and the Kafka topics up to date
  purge     drop what is past the retention; --dry-run only says what
  notify    send notifications (with KAFKA_BROKERS; else \`serve\` sends them)
  admin     manage people; \`admin --help\` tells more

  status [URL]        how a running instance is, for a person; ends with 1 when something is down
  healthcheck [URL]   ends well when the instance of this configuration, or URL, answers so
  mailbox             a mail server that delivers nothing and shows everything: for trying
`;

/** A stop that takes longer than this is cut short. */
const STOP_WITHIN_MS = 20_000;

async function main([command, ...args]: string[]): Promise<number> {
  // These are for a machine that may have no configuration.
  if (command === "mailbox") return runMailbox(args);
  if (command === "healthcheck") return healthcheck(args);
  if (command === "status") return status(args);
  const config = readConfig();
  if (command === "serve") return serve(config);
  const { runAdminCommand, runMigrate, runPurge } = await import("./commands.ts");
  switch (command) {
    case "notify":
      return notify(config);
    case "migrate":
      say(await runMigrate(config));
      return 0;
    case "purge":
      await runPurge(config, args, say);
      return 0;
    case "admin":
      return runAdminCommand(config, args, say);
    default:
      process.stderr.write(USAGE);
      return 2;
  }
}

/** Runs until SIGTERM or SIGINT, then drains and stops. */
async function serve(config: Config): Promise<number> {
  const asked = askedToStop();
  const { startApp } = await import("./app.ts");
  const app = await startApp(config);
  say(await welcomeText(config, app.url));
  await asked;
  const late = setTimeout(() => process.exit(1), STOP_WITHIN_MS);
  await app.stop();
  clearTimeout(late);
  return 0;
}

/** Sends notifications until SIGTERM or SIGINT. */
async function notify(config: Config): Promise<number> {
  const asked = askedToStop();
  const { startNotify } = await import("./commands.ts");
  const running = await startNotify(config);
  say("Parley sends notifications.");
  await asked;
  const late = setTimeout(() => process.exit(1), STOP_WITHIN_MS);
  await running.stop();
  clearTimeout(late);
  return 0;
}

/** The mailbox alone, until SIGTERM or SIGINT. */
async function runMailbox(args: string[]): Promise<number> {
  const asked = askedToStop();
  const { startMailbox } = await import("./mail/mailbox.ts");
  const mailbox = await startMailbox(args);
  say(JSON.stringify({ smtp: mailbox.smtp, page: mailbox.page }));
  await asked;
  await mailbox.stop();
  return 0;
}

async function healthcheck([url]: string[]): Promise<number> {
  const { probe, readyUrl } = await import("./health/probe.ts");
  const trouble = await probe(url ?? readyUrl(readConfig()));
  if (trouble === null) return 0;
  process.stderr.write(`${trouble}\n`);
  return 1;
}

async function status(args: string[]): Promise<number> {
  const { readyUrl } = await import("./health/probe.ts");
  const { readStatus, readStatusArguments, STATUS_USAGE } = await import("./status/status.ts");
  if (args.includes("--help")) {
    say(STATUS_USAGE);
    return 0;
  }
  const config = readConfig();
  const { text, well } = await readStatus(
    readStatusArguments(args, { url: readyUrl(config), metricsPort: config.metricsPort }),
  );
  say(text);
  return well ? 0 : 1;
}

function askedToStop(): Promise<void> {
  const { promise: asked, resolve: ask } = Promise.withResolvers<void>();
  for (const signal of ["SIGTERM", "SIGINT"] as const) process.on(signal, () => ask());
  return asked;
}

async function welcomeText(config: Config, url: string): Promise<string> {
  const lines = [`Parley is ready: ${config.publicOrigin ?? url}`];
  if (config.smtpUrl === null) lines.push(`Mailbox, for the codes: ${config.publicOrigin ?? url}/dev/mail`);
  if (config.demo && config.databaseUrl === null) {
    const { DEMO_PEOPLE } = await import("./admin/demo.ts");
    lines.push(
      `People to try it with: ${DEMO_PEOPLE.map(({ name, phone }) => `${name} ${phone}`).join(" and ")}`,
    );
  }
  return lines.join("\n");
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

try {
  process.exitCode = await main(Bun.argv.slice(2));
} catch (error) {
  process.stderr.write(`${endText(error)}\n`);
  process.exitCode = 1;
}
process.exit();
