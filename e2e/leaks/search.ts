/** Looks for what is personal in a heap of bytes, in clear and in the forms in which clear text hides from a reader. */
import type { Secret } from "./notes.ts";

/** A number as people write it: digits with what they put between. */
const NUMBER = /\d(?:[ ().-]{0,2}\d){6,14}/g;
/** Six digits by themselves: within a longer number, an id or a fraction they are something else. */
const CODE = /(?<![\w.-])\d{6}(?![\w-])/g;
const HEX = /(?:[0-9a-f]{2}){7,}/gi;
const BASE64 = /[\w+/-]{12,}={0,2}/g;
const BASE64_GROUP = 4;
/** Digits of a number that are its own: without the country's code it is as good as with it. */
const OWN_DIGITS = 10;
/** Longest part of an address before the @. */
const LOCAL_MAX_CHARS = 64;

/** Returns what finds these secrets in a text: a sentence for each that is there, without the secret. */
export function createSearch(secrets: readonly Secret[]) {
  const of = (kind: Secret["kind"]) =>
    secrets.filter((secret) => secret.kind === kind).map(({ value }) => value);
  const numbers = new Set(of("number").map((value) => value.replaceAll(/\D/g, "").slice(-OWN_DIGITS)));
  const addresses = new Set(of("address").map((value) => value.toLowerCase()));
  const domains = new Set([...addresses].map((address) => address.slice(address.indexOf("@"))));
  const codes = new Set(of("code"));

  /** `codesToo`: where six digits by themselves are nothing else, unless by a chance of one in thousands. */
  return function find(text: string, { codesToo }: { codesToo: boolean }): string[] {
    const found = new Set(findPlain(text, codesToo));
    for (const [encoded] of text.matchAll(HEX)) add(found, Buffer.from(encoded, "hex"), "in hex");
    for (const [encoded] of text.matchAll(BASE64)) {
      // Where it begins is not known: what stands before may have the same letters.
      for (let from = 0; from < BASE64_GROUP; from++) {
        add(found, Buffer.from(encoded.slice(from), "base64url"), "in base64");
      }
    }
    return [...found];
  };

  function add(found: Set<string>, bytes: Buffer, how: string): void {
    for (const one of findPlain(bytes.toString("latin1"), false)) found.add(`${one} ${how}`);
  }

  function findPlain(text: string, codesToo: boolean): string[] {
    const found: string[] = [];
    for (const [written] of text.matchAll(NUMBER)) {
      if (holdsNumber(written.replaceAll(/\D/g, ""))) found.push("a number");
    }
    if (holdsAddress(text.toLowerCase())) found.push("an address");
    if (codesToo) for (const [written] of text.matchAll(CODE)) if (codes.has(written)) found.push("a code");
    return found;
  }

  /** Looks from the @, not for a beginning: a heap may be one word of millions of letters. */
  function holdsAddress(text: string): boolean {
    for (const domain of domains) {
      for (let at = text.indexOf(domain); at >= 0; at = text.indexOf(domain, at + 1)) {
        for (let from = Math.max(0, at - LOCAL_MAX_CHARS); from < at; from++) {
          if (addresses.has(text.slice(from, at + domain.length))) return true;
        }
      }
    }
    return false;
  }

  function holdsNumber(digits: string): boolean {
    for (let from = 0; from + OWN_DIGITS <= digits.length; from++) {
      if (numbers.has(digits.slice(from, from + OWN_DIGITS))) return true;
    }
    return false;
  }
}
