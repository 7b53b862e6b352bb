/** Something that the tests need cannot be had on this machine; the message says what to install. */
export class Missing extends Error {
  override name = "Missing";
}
