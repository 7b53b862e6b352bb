/**
 * What another app shares with the installed one arrives as a form, and goes on to the app in the fragment of an address: it
 * stays on the device, in no server's log. (Without a worker the form would reach the server, which has no such door.)
 */

/** The manifest names this address and these fields. */
export const SHARE_PATH = "/share";
const FIELDS = ["title", "text", "url"] as const;

export async function receiveShared(request: Request): Promise<Response> {
  const form = await request.formData();
  const parts = FIELDS.map((field) => form.get(field)).filter(
    (part) => typeof part === "string" && part !== "",
  );
  // Some apps give the address in the text as well.
  const text = parts.filter(
    (part, index) => !parts.slice(0, index).some((earlier) => `${earlier}`.includes(`${part}`)),
  );
  // Forms end their lines as mails do.
  const lines = text.join("\n").replaceAll("\r\n", "\n");
  return Response.redirect(`${SHARE_PATH}#${encodeURIComponent(lines)}`, 303);
}
