/** Email addresses, for sending codes to. Checked for being one plain address; that it works is proved by the code. */
import { domainToASCII } from "node:url";

const ADDRESS_MAX_CHARS = 254;
const LOCAL_MAX_CHARS = 64;
/** An unquoted local part. Quotes, commas and angle brackets stay out, so that one address can never be read as two. */
const LOCAL = /^[a-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*$/i;
const DOMAIN = /^(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9-]{2,63}$/;

/** The address as mail is sent to it: trimmed, domain in lower-case ASCII. Null when it is not one plain address. */
export function parseEmail(typed: string): string | null {
  const trimmed = typed.trim();
  const at = trimmed.lastIndexOf("@");
  const local = trimmed.slice(0, at);
  const domain = domainToASCII(trimmed.slice(at + 1)).toLowerCase();
  const email = `${local}@${domain}`;
  if (at < 1 || email.length > ADDRESS_MAX_CHARS || local.length > LOCAL_MAX_CHARS) return null;
  return LOCAL.test(local) && DOMAIN.test(domain) ? email : null;
}

/** What the blind index of an address is made of. Providers treat the local part without case, so the index does too. */
export function emailKey(email: string): string {
  return email.toLowerCase();
}
