/** The versions of stores that were told, by their ids. */
export type Versions = ReadonlyMap<string, number>;

/** Figures are asked for at most this often, however fast data come in. */
const PACE_MS = 250;

type Refresh = (versions: Versions) => Promise<unknown>;

/**
 * Has figures asked for when something new is told: at once, then one round after the other and not too often. A round would call off
 * the one before, and under a long import none would ever end. Nothing is asked for while nobody looks at the page.
 */
export class Rounds {
  private readonly told = new Map<string, number>();
  private refresh: Refresh | null = null;
  private due = false;
  private busy = false;
  private count = 0;

  /** Has rounds done so until the function that is given back is called. */
  begin(refresh: Refresh): () => void {
    this.refresh = refresh;
    void this.go();
    return () => {
      this.refresh = null;
    };
  }

  /** A store has at least that version. */
  tell(storeId: string, version: number): void {
    if (version <= (this.told.get(storeId) ?? -1)) return;
    this.told.set(storeId, version);
    this.count += 1;
    this.again();
  }

  /** There is something to do, whatever was told. */
  again(): void {
    this.due = true;
    void this.go();
  }

  get versions(): Versions {
    return this.told;
  }

  /** How often something new was told. */
  get number(): number {
    return this.count;
  }

  private async go(): Promise<void> {
    if (this.busy) return;
    this.busy = true;
    while (this.due) {
      await visible();
      const { refresh } = this;
      if (!refresh) break;
      this.due = false;
      await Promise.all([refresh(this.told), pause(PACE_MS)]);
    }
    this.busy = false;
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}

/** Waits until somebody looks at the page. */
function visible(): Promise<void> {
  return new Promise((resolve) => {
    const look = () => {
      if (document.visibilityState === "hidden") return;
      document.removeEventListener("visibilitychange", look);
      resolve();
    };
    document.addEventListener("visibilitychange", look);
    look();
  });
}
