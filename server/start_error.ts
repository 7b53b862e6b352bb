/** The program cannot begin what it was told, and whoever runs it can mend that. The message is a sentence for them, or several. */
export class StartError extends Error {
  override name = "StartError";
}

/**
 * What to tell on the terminal of what ended the program: of a StartError its words and, on a line of its own, what was behind it;
 * of others all that is known.
 */
export function endText(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (!(error instanceof StartError)) return error.stack ?? error.message;
  const { message, cause } = error;
  const reason = cause instanceof Error ? reasonOf(cause) : "";
  return reason === "" ? message : `${message}\n  ${reason}`;
}

/** Drivers that tried several addresses say nothing themselves. */
function reasonOf(error: Error): string {
  const { errors = [] } = error as Partial<AggregateError>;
  return error.message || errors.map(({ message }: Error) => message).join("; ");
}
