/** What a device says and hears, watched on the way: each ack, each word about what is durable, each mark. */
import type { Command, InboxEvent, ServerFrame } from "#protocol/frames.ts";
import type { Cid, UserId } from "#protocol/ids.ts";
import type { Durable } from "./durable.ts";
import type { Witness } from "./witness.ts";

export interface Listener {
  /** Watches a socket that the tab of this number has opened. */
  watch(socket: WebSocket, tab: number): WebSocket;
  /** How often a tab sent what another one had sent. */
  sentByTwo(): number;
}

export interface ListenerOptions {
  database: string;
  durable: Durable;
  witness: Witness;
  /** Who is signed in on the device. */
  user: () => UserId | undefined;
  /** A mark was heard: `user` is said to have everything up to `seq`. */
  heardMark: (mark: Extract<InboxEvent, { kind: "mark" }>) => void;
}

export function listenTo({ database, durable, witness, user, heardMark }: ListenerOptions): Listener {
  /** Which tab sent a message first. */
  const sentBy = new Map<Cid, number>();
  let sentByTwo = 0;

  function heard(text: string): void {
    if (!text.startsWith('{"type":"ack"') && !text.includes('"kind":"mark"')) return;
    const frame = JSON.parse(text) as ServerFrame;
    const by = user();
    if (frame.type === "ack" && by) {
      witness.hearAck({ cid: frame.cid, conversation: frame.conversation, seq: frame.seq, by });
    } else if (frame.type === "event" && frame.kind === "mark") heardMark(frame);
  }

  function said(command: Command, tab: number): void {
    if (command.type === "message.send") {
      witness.saw(command.cid, `said by tab ${tab} of ${database}`);
      const first = sentBy.get(command.cid) ?? tab;
      sentBy.set(command.cid, first);
      if (first !== tab) sentByTwo += 1;
    }
    if (command.type !== "message.received") return;
    const has = durable.cursorOf(database);
    if (command.cursor <= has) return;
    witness.breach({
      rule: "nothing is said to be here that is not durably on the device",
      detail: `${database} said it has ${command.cursor}, its disk has ${has}`,
    });
  }

  return {
    sentByTwo: () => sentByTwo,
    watch(socket, tab) {
      socket.addEventListener("message", ({ data }) => heard(String(data)));
      const send = socket.send.bind(socket);
      socket.send = (data) => {
        const text = String(data);
        if (text.startsWith('{"type":"message.')) said(JSON.parse(text) as Command, tab);
        send(data);
      };
      return socket;
    },
  };
}
