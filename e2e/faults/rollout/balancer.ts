/** A real HTTPS proxy in front of instances that come and go: haproxy, told by its socket which of them are there. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { connect } from "node:net";
import { join } from "node:path";
import { freePort } from "../../../infra/gate/ports.ts";
import { run } from "../../../infra/gate/run.ts";
import { until } from "./until.ts";

/** As many instances as are there at once: one more than usual, during an update. */
export type Place = "one" | "two" | "three";
const PLACES: Place[] = ["one", "two", "three"];

export interface Balancer {
  origin: string;
  /** Its certificate, which nobody else knows. */
  ca: string;
  /** New connections and requests go to the instance on `port` too. */
  put(place: Place, port: number): Promise<void>;
  /** None go there any more; connections that are open stay. */
  take(place: Place): Promise<void>;
  stop(): Promise<void>;
}

/** `folder`: for its files, gone after the run. */
export async function startBalancer(folder: string): Promise<Balancer> {
  const [key, certificate] = [join(folder, "tls.key"), join(folder, "tls.crt")];
  const curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-noenc"];
  const names = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"];
  await run([
    "openssl",
    "req",
    "-x509",
    ...curve,
    "-days",
    "2",
    "-keyout",
    key,
    "-out",
    certificate,
    ...names,
  ]);
  const ca = await Bun.file(certificate).text();
  await Bun.write(join(folder, "pair.pem"), ca + (await Bun.file(key).text()));

  const port = await freePort();
  const socket = join(folder, "admin.sock");
  await Bun.write(join(folder, "haproxy.cfg"), configuration(folder, { port, socket }));
  const program = process.env["HAPROXY"] ?? "haproxy";
  const child = spawn(program, ["-db", "-q", "-f", join(folder, "haproxy.cfg")], {
    stdio: ["ignore", "inherit", "inherit"],
  });
  const ended = once(child, "exit");
  await until(async () => (await tell(socket, "show info")).includes("Name: HAProxy"));

  async function command(words: string): Promise<void> {
    const answer = (await tell(socket, words)).trim();
    if (answer !== "" && !answer.includes("port changed"))
      throw new Error(`haproxy does not take "${words}": ${answer}`);
  }

  return {
    origin: `https://localhost:${port}`,
    ca,
    async put(place, at) {
      await command(`set server instances/${place} addr 127.0.0.1 port ${at}`);
      await command(`set server instances/${place} state ready`);
    },
    take: (place) => command(`set server instances/${place} state maint`),
    async stop() {
      child.kill("SIGTERM");
      await ended;
    },
  };
}

/** It never tries twice: an instance that is sent to must answer. */
function configuration(folder: string, { port, socket }: { port: number; socket: string }): string {
  const servers = PLACES.map((place) => `  server ${place} 127.0.0.1:1 disabled`);
  return `global
  stats socket ${socket} mode 600 level admin
defaults
  mode http
  retries 0
  timeout connect 2s
  timeout client 60s
  timeout server 60s
  timeout tunnel 1h
  option forwardfor
frontend people
  bind 127.0.0.1:${port} ssl crt ${join(folder, "pair.pem")} alpn http/1.1
  default_backend instances
backend instances
  balance roundrobin
${servers.join("\n")}
`;
}

/** One command; resolves to the answer, or to nothing when nobody is there. */
async function tell(socket: string, command: string): Promise<string> {
  const { promise, resolve } = Promise.withResolvers<string>();
  let answer = "";
  const line = connect(socket);
  line.on("data", (data) => (answer += data.toString()));
  line.on("close", () => resolve(answer));
  line.on("error", () => resolve(""));
  line.end(`${command}\n`);
  return await promise;
}
