/**
 * Phone numbers are kept as E.164 (`+12025550101`), the only form that is hashed, sealed or compared. A number has to be
 * possible (a known country code, a fitting length), not valid: valid means "assigned by the numbering plan as this package
 * last saw it", which refuses new ranges and the numbers set aside for fiction that the demo and the tests use. Whether a
 * number is somebody's is decided by the mailed code, never by its shape.
 */
import { isSupportedCountry, parsePhoneNumberFromString } from "libphonenumber-js/min";
import { Refusal } from "../problem.ts";

const HINT_DIGITS = 2;

/** The E.164 form of what was typed; `country` (ISO 3166) is where a national number is read. Throws `bad_phone`. */
export function parsePhone(typed: string, country?: string): string {
  const upper = country?.toUpperCase();
  const phone = parsePhoneNumberFromString(typed.trim(), {
    extract: false,
    ...(upper !== undefined && isSupportedCountry(upper) && { defaultCountry: upper }),
  });
  if (phone === undefined || phone.ext !== undefined || !phone.isPossible()) throw new Refusal("bad_phone");
  return phone.number;
}

/** The most of a number that anybody is shown: its last two digits. */
export function phoneHint(phone: string): string {
  return phone.slice(-HINT_DIGITS);
}
