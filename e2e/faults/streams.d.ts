/** Bun adds this to the standard's streams; beside the DOM's types, which e2e needs too, its own are not seen. */
interface ReadableStream<R> {
  text(): Promise<string>;
}
