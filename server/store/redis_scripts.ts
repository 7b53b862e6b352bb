/**
 * What Redis has no single command for, as scripts: each runs alone, by Redis' own clock. A lease lives in two places that
 * only change together: a hash per group (holder → end and value), to list them, and one sorted set of all by when they are to
 * be handed out as ended: at their end, and some time after each time they were.
 */
import { defineScript } from "redis";
import type { CommandParser } from "redis";
import type { Counter, Lease } from "./store.ts";

const NOW = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
`;

/** Value and remaining life after adding; the life starts with the first. */
const increment = defineScript({
  SCRIPT: `
    local value = redis.call('INCRBY', KEYS[1], ARGV[1])
    if redis.call('PTTL', KEYS[1]) < 0 then redis.call('PEXPIRE', KEYS[1], ARGV[2]) end
    return { value, redis.call('PTTL', KEYS[1]) }`,
  NUMBER_OF_KEYS: 1,
  IS_READ_ONLY: false,
  parseCommand(parser: CommandParser, key: string, options: { by: number; ttlMs: number }) {
    parser.pushKey(key);
    parser.push(String(options.by), String(options.ttlMs));
  },
  transformReply: toCounter,
});

/** Value and remaining life; null when there is none. */
const counter = defineScript({
  SCRIPT: `
    local value = redis.call('GET', KEYS[1])
    if not value then return false end
    return { tonumber(value), redis.call('PTTL', KEYS[1]) }`,
  NUMBER_OF_KEYS: 1,
  IS_READ_ONLY: true,
  parseCommand(parser: CommandParser, key: string) {
    parser.pushKey(key);
  },
  transformReply: (reply: [value: number, ttlMs: number] | null) =>
    reply === null ? null : toCounter(reply),
});

/** The life of a set grows, and never shrinks. */
const addMember = defineScript({
  SCRIPT: `
    redis.call('SADD', KEYS[1], ARGV[1])
    if redis.call('PTTL', KEYS[1]) < tonumber(ARGV[2]) then redis.call('PEXPIRE', KEYS[1], ARGV[2]) end`,
  NUMBER_OF_KEYS: 1,
  IS_READ_ONLY: false,
  parseCommand(parser: CommandParser, key: string, options: { member: string; ttlMs: number }) {
    parser.pushKey(key);
    parser.push(options.member, String(options.ttlMs));
  },
  transformReply: () => undefined,
});

export interface LeaseKeys {
  /** Prefix of the hashes; the group's name follows. */
  hashes: string;
  /** The sorted set of all leases. */
  all: string;
}

const LIVE_LEASES = `
local function append_live(found, index, key)
  local fields = redis.call('HGETALL', key)
  for at = 1, #fields, 2 do
    if tonumber(string.match(fields[at + 1], '^%d+')) > now then
      table.insert(found, tostring(index))
      table.insert(found, fields[at])
      table.insert(found, fields[at + 1])
    end
  end
  return found
end
`;

/** What is live in its group afterwards, as `listLeases` has it. */
const takeLease = defineScript({
  SCRIPT: `${NOW}${LIVE_LEASES}
    local ends = string.format('%.0f', now + ARGV[4])
    redis.call('HSET', KEYS[1], ARGV[2], ends .. ':' .. ARGV[3])
    redis.call('ZADD', KEYS[2], ends, cjson.encode({ ARGV[1], ARGV[2] }))
    return append_live({}, 1, KEYS[1])`,
  NUMBER_OF_KEYS: 2,
  IS_READ_ONLY: false,
  parseCommand(
    parser: CommandParser,
    keys: LeaseKeys,
    lease: { group: string; holder: string; value: string; ttlMs: number },
  ) {
    parser.pushKey(keys.hashes + lease.group);
    parser.pushKey(keys.all);
    parser.push(lease.group, lease.holder, lease.value, String(lease.ttlMs));
  },
  transformReply: (reply: string[]) => reply,
});

/** Flat: index of the group (from 1), holder, "end:value", and so on. */
const listLeases = defineScript({
  SCRIPT: `${NOW}${LIVE_LEASES}
    local found = {}
    for index, key in ipairs(KEYS) do append_live(found, index, key) end
    return found`,
  IS_READ_ONLY: true,
  parseCommand(parser: CommandParser, keys: LeaseKeys, groups: readonly string[]) {
    parser.push(String(groups.length));
    for (const group of groups) parser.pushKey(keys.hashes + group);
  },
  transformReply: (reply: string[]) => reply,
});

/** Flat: group, holder, "end:value", and so on. An entry without its hash, which Redis may have evicted, is nobody's lease. */
const takeExpiredLeases = defineScript({
  SCRIPT: `${NOW}
    local taken = {}
    local again = string.format('%.0f', now + ARGV[3])
    local ended = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', string.format('%.0f', now), 'LIMIT', 0, ARGV[1])
    for _, entry in ipairs(ended) do
      local group, holder = unpack(cjson.decode(entry))
      local kept = redis.call('HGET', ARGV[2] .. group, holder)
      if kept then
        table.insert(taken, group)
        table.insert(taken, holder)
        table.insert(taken, kept)
        redis.call('ZADD', KEYS[1], again, entry)
      else
        redis.call('ZREM', KEYS[1], entry)
      end
    end
    return taken`,
  NUMBER_OF_KEYS: 1,
  IS_READ_ONLY: false,
  parseCommand(parser: CommandParser, keys: LeaseKeys, options: { limit: number; againMs: number }) {
    parser.pushKey(keys.all);
    parser.push(String(options.limit), keys.hashes, String(options.againMs));
  },
  transformReply: (reply: string[]) => reply,
});

const dropLeases = defineScript({
  SCRIPT: `
    for at = 2, #ARGV, 3 do
      local group, holder, ends = ARGV[at], ARGV[at + 1], ARGV[at + 2]
      local key = ARGV[1] .. group
      local kept = redis.call('HGET', key, holder)
      if kept and string.match(kept, '^%d+') == ends then
        redis.call('HDEL', key, holder)
        redis.call('ZREM', KEYS[1], cjson.encode({ group, holder }))
      end
    end`,
  NUMBER_OF_KEYS: 1,
  IS_READ_ONLY: false,
  parseCommand(parser: CommandParser, keys: LeaseKeys, leases: readonly Lease[]) {
    parser.pushKey(keys.all);
    parser.push(keys.hashes);
    for (const { group, holder, expiresAt } of leases) parser.push(group, holder, String(expiresAt));
  },
  transformReply: () => undefined,
});

export const SCRIPTS = {
  increment,
  counter,
  addMember,
  takeLease,
  listLeases,
  takeExpiredLeases,
  dropLeases,
};

function toCounter([value, ttlMs]: [value: number, ttlMs: number]): Counter {
  return { value, ttlMs };
}
