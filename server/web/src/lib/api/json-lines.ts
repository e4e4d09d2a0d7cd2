/**
 * The JSON documents of a body that has one on each line, as they come.
 *
 * Throws where the body breaks off, also in the middle of a line.
 */
export async function* jsonLines(body: ReadableStream<Uint8Array>): AsyncGenerator<unknown, void> {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let rest = "";
  for (;;) {
    const { done, value } = await reader.read();
    const lines = (rest + decoder.decode(value, { stream: !done })).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) if (line !== "") yield JSON.parse(line) as unknown;
    if (done) break;
  }
  if (rest !== "") yield JSON.parse(rest) as unknown;
}
