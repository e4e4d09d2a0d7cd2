import { backoff } from "./backoff";
import { newsIn, type StoreNews } from "./news";

/** The server says that one may not see the store, any more or at all: to come again would be of no use. */
const NOT_ALLOWED = 1008;

export interface SocketEvents {
  onNews: (news: StoreNews) => void;
  /** Whether news come at the moment. */
  onOpen: (open: boolean) => void;
}

/**
 * A socket that tells of a store. One that breaks, or cannot be opened, is tried again, rarer and rarer; at once when the browser
 * is back online or somebody looks at the page again. Nobody waits for it: where sockets are blocked, pages ask now and then.
 */
export class StoreSocket {
  private socket: WebSocket | null = null;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private failures = 0;
  private over = false;

  constructor(
    private readonly storeId: string,
    private readonly events: SocketEvents,
  ) {
    window.addEventListener("online", this.renew);
    document.addEventListener("visibilitychange", this.look);
    this.open();
  }

  /** Ends it for good. */
  close(): void {
    this.over = true;
    window.removeEventListener("online", this.renew);
    document.removeEventListener("visibilitychange", this.look);
    this.drop();
  }

  private open(): void {
    let socket: WebSocket;
    try {
      socket = new WebSocket(addressOf(this.storeId));
    } catch {
      // A browser that takes a socket for something foreign says so right here.
      this.fail();
      return;
    }
    this.socket = socket;
    socket.onmessage = ({ data }: MessageEvent<unknown>) => {
      const news = newsIn(data);
      if (news?.store_id !== this.storeId) return;
      // Not when it opens: what lets everybody in and then drops them is no success.
      this.failures = 0;
      this.events.onOpen(true);
      this.events.onNews(news);
    };
    socket.onclose = ({ code }) => {
      this.drop();
      if (code === NOT_ALLOWED) this.close();
      else this.fail();
    };
  }

  private fail(): void {
    this.failures += 1;
    this.timer = setTimeout(() => this.open(), backoff(this.failures));
  }

  /** Forgets the socket, and what was to come of it. */
  private drop(): void {
    clearTimeout(this.timer);
    const { socket } = this;
    this.socket = null;
    if (socket) {
      socket.onmessage = null;
      socket.onclose = null;
      // Browsers complain of one that is closed before it has opened, as of a failure.
      if (socket.readyState === socket.CONNECTING) socket.onopen = () => socket.close();
      else socket.close();
      this.events.onOpen(false);
    }
  }

  /** The network is another one, perhaps, in which the socket of before is dead without knowing it. */
  private readonly renew = (): void => {
    if (this.over) return;
    this.drop();
    this.failures = 0;
    this.open();
  };

  private readonly look = (): void => {
    if (document.visibilityState === "visible" && !this.socket) this.renew();
  };
}

function addressOf(storeId: string): string {
  const { protocol, host } = window.location;
  return `${protocol === "https:" ? "wss:" : "ws:"}//${host}/ws/stores/${encodeURIComponent(storeId)}`;
}
