import { ApiError } from "@/lib/api/error";
import type { Dashboard, DashboardChange } from "@/lib/dashboards/document";
import { etagOf } from "@/lib/dashboards/queries";
import { backoff } from "@/lib/live/backoff";
import { isSame } from "./state";

/** Changes are sent that long after the last of them. */
export const DELAY_MS = 800;

export type SaveState =
  | { phase: "saved" }
  /** There are changes that are not sent yet. */
  | { phase: "waiting" }
  | { phase: "saving" }
  /** It could not be saved, and is tried again by itself. */
  | { phase: "away"; error: Error }
  /** The server does not take it; it is sent again once it is another. */
  | { phase: "refused"; error: Error }
  /** Somebody else has saved meanwhile. Nothing is sent until it is decided what is to be. */
  | { phase: "conflict"; theirs: Dashboard };

export interface AutosaveServer {
  save: (change: DashboardChange, ifMatch: string) => Promise<Dashboard>;
  load: () => Promise<Dashboard>;
}

interface Options {
  delay?: number;
  retryDelay?: (failures: number) => number;
  onSaved?: (dashboard: Dashboard) => void;
}

export function asChange({ name, description, visibility, document }: DashboardChange): DashboardChange {
  return { name, description, visibility, document };
}

function mayPass(error: Error): boolean {
  return error instanceof ApiError && (error.status === 0 || error.status === 429 || error.status >= 500);
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}

/**
 * Keeps what is changed with the server: a moment after the last change, one request at a time, and only over what was seen. What could
 * not be saved stays and is tried again.
 */
export class Autosave {
  private state: SaveState = { phase: "saved" };
  private readonly listeners = new Set<() => void>();
  private timer: ReturnType<typeof setTimeout> | undefined;
  private sending: Promise<void> | null = null;
  private failures = 0;
  private etag: string;
  private seen: number;
  private saved: DashboardChange;
  private wanted: DashboardChange;
  /** What was sent over what was seen and never answered: one of them may be kept all the same. */
  private unheard: DashboardChange[] = [];

  constructor(
    private readonly server: AutosaveServer,
    start: Dashboard,
    private readonly options: Options = {},
  ) {
    this.etag = etagOf(start);
    this.seen = start.revision;
    this.saved = asChange(start);
    this.wanted = this.saved;
  }

  subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  current = (): SaveState => this.state;

  /** The revision that changes are made to. */
  get revision(): number {
    return this.seen;
  }

  /** Whether leaving now would lose something. */
  get isUnsaved(): boolean {
    return this.state.phase !== "saved";
  }

  /** Takes what is to be kept. */
  change(wanted: DashboardChange): void {
    this.wanted = asChange(wanted);
    if (this.state.phase === "conflict" || this.sending) return;
    // Behind a failure it is not known what the server has.
    if (this.failures === 0 && isSame(this.wanted, this.saved)) this.settle();
    else this.postpone();
  }

  /** Sends what is not sent yet, and tells whether all is saved. */
  async flush(): Promise<boolean> {
    await this.sending;
    while (this.state.phase === "waiting") await this.send();
    return !this.isUnsaved;
  }

  /** Sends once more what could not be saved. */
  async retry(): Promise<void> {
    if (this.state.phase !== "away" && this.state.phase !== "refused") return;
    await this.send();
  }

  /** Puts what one has over what somebody else has saved; over that alone, so that what is saved yet later is asked about, too. */
  async keepMine(): Promise<void> {
    if (this.state.phase !== "conflict") return;
    const { theirs } = this.state;
    this.saw(theirs, asChange(theirs));
    // Who sees it is not what was changed here, and stays as it was decided elsewhere.
    this.wanted = { ...this.wanted, visibility: theirs.visibility };
    await this.send();
  }

  /** Goes on from what the server has. */
  adopt(theirs: Dashboard): void {
    this.wanted = asChange(theirs);
    this.saw(theirs, this.wanted);
    this.settle();
  }

  /** Tries again as soon as the network is back; the end of it sends what is left. */
  attach(): () => void {
    const retry = () => {
      if (this.state.phase === "away") void this.send();
    };
    window.addEventListener("online", retry);
    return () => {
      window.removeEventListener("online", retry);
      if (this.state.phase === "waiting") void this.send();
      else clearTimeout(this.timer);
    };
  }

  /** Remembers what the server has: what is sent from now on is sent over that. */
  private saw(dashboard: Dashboard, saved: DashboardChange): void {
    this.saved = saved;
    this.etag = etagOf(dashboard);
    this.seen = dashboard.revision;
    this.unheard = [];
  }

  private settle(): void {
    clearTimeout(this.timer);
    this.failures = 0;
    this.go({ phase: "saved" });
  }

  private postpone(): void {
    this.go({ phase: "waiting" });
    this.schedule(this.options.delay ?? DELAY_MS);
  }

  private schedule(delay: number): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.send(), delay);
  }

  private go(state: SaveState): void {
    this.state = state;
    for (const listener of this.listeners) listener();
  }

  private send(): Promise<void> {
    clearTimeout(this.timer);
    this.sending ??= this.request(this.wanted).finally(() => {
      this.sending = null;
    });
    return this.sending;
  }

  private async request(sent: DashboardChange): Promise<void> {
    this.go({ phase: "saving" });
    try {
      this.took(sent, await this.server.save(sent, this.etag));
    } catch (error) {
      if (error instanceof ApiError && error.status === 412) return this.compare(sent);
      const failure = asError(error);
      if (mayPass(failure) && !this.unheard.includes(sent)) this.unheard.push(sent);
      this.failed(failure, sent);
    }
  }

  private took(sent: DashboardChange, dashboard: Dashboard): void {
    this.failures = 0;
    this.saw(dashboard, sent);
    this.options.onSaved?.(dashboard);
    if (isSame(this.wanted, sent)) this.settle();
    else this.postpone();
  }

  private failed(error: Error, sent: DashboardChange): void {
    if (mayPass(error)) {
      this.failures += 1;
      this.go({ phase: "away", error });
      this.schedule((this.options.retryDelay ?? backoff)(this.failures));
    } else if (isSame(this.wanted, sent)) {
      this.go({ phase: "refused", error });
    } else {
      this.postpone();
    }
  }

  /** Something else is there than was seen: what somebody else saved, or what one saved oneself and never heard of. */
  private async compare(sent: DashboardChange): Promise<void> {
    try {
      const theirs = await this.server.load();
      const own = [sent, ...this.unheard].find((change) => isSame(asChange(theirs), change));
      if (own) this.took(own, theirs);
      else this.go({ phase: "conflict", theirs });
    } catch (error) {
      this.failed(asError(error), sent);
    }
  }
}
