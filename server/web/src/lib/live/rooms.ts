import type { StoreNews } from "./news";
import { StoreSocket } from "./socket";

/** Whoever goes from one page of a store to another comes back within that time, and needs no new socket. */
const LINGER_MS = 1000;

interface Listener {
  onNews: (news: StoreNews) => void;
  onOpen: (open: boolean) => void;
}

/** Who listens to a store, and the one socket that they share. */
class Room {
  private readonly listeners = new Set<Listener>();
  private readonly socket: StoreSocket;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private open = false;
  /** The newest version that was told, for whoever comes later than the socket. */
  private version: StoreNews | null = null;

  constructor(
    storeId: string,
    private readonly onEmpty: () => void,
  ) {
    this.socket = new StoreSocket(storeId, {
      onNews: (news) => {
        if (news.type === "dashboard:update") this.version = news;
        for (const listener of this.listeners) listener.onNews(news);
      },
      onOpen: (open) => {
        if (open === this.open) return;
        this.open = open;
        for (const listener of this.listeners) listener.onOpen(open);
      },
    });
  }

  join(listener: Listener): () => void {
    clearTimeout(this.timer);
    this.listeners.add(listener);
    if (this.open) {
      listener.onOpen(true);
      if (this.version) listener.onNews(this.version);
    }
    return () => this.leave(listener);
  }

  close(): void {
    clearTimeout(this.timer);
    this.socket.close();
  }

  private leave(listener: Listener): void {
    if (!this.listeners.delete(listener) || this.listeners.size > 0) return;
    this.timer = setTimeout(() => {
      this.close();
      this.onEmpty();
    }, LINGER_MS);
  }
}

const rooms = new Map<string, Room>();

/** Hears what is new of a store until the function that is given back is called. */
export function listen(storeId: string, listener: Listener): () => void {
  let room = rooms.get(storeId);
  if (!room) {
    room = new Room(storeId, () => rooms.delete(storeId));
    rooms.set(storeId, room);
  }
  return room.join(listener);
}

/** Ends every socket at once, as between tests. */
export function closeRooms(): void {
  for (const room of rooms.values()) room.close();
  rooms.clear();
}
