/** Stands in for the browser's sockets in unit tests: none of them opens before the test says so. */
export class FakeSocket {
  static all: FakeSocket[] = [];

  readonly CONNECTING = 0;
  readyState = 0;
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: unknown }) => void) | null = null;
  onclose: ((event: { code: number }) => void) | null = null;
  closed = false;

  constructor(readonly url: string) {
    FakeSocket.all.push(this);
  }

  /** The one that was opened last. */
  static get latest(): FakeSocket {
    const socket = FakeSocket.all.at(-1);
    if (!socket) throw new Error("no socket was opened");
    return socket;
  }

  close(): void {
    this.closed = true;
  }

  /** As the server lets it in. */
  open(): void {
    this.readyState = 1;
    this.onopen?.();
  }

  /** As the server tells something, whoever it has just let in. */
  say(message: unknown): void {
    if (this.readyState !== 1) this.open();
    this.onmessage?.({ data: typeof message === "string" ? message : JSON.stringify(message) });
  }

  /** As the server closes it, or the network does (1006). */
  end(code: number): void {
    this.onclose?.({ code });
  }
}
