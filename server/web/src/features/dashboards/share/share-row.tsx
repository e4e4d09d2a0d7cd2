import type { ReactNode } from "react";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { Ago, Time } from "@/components/ui/time";
import type { Share } from "@/lib/api/types";

interface ShareRowProps {
  share: Share;
  /** What its stores are called, of those that one knows. */
  stores: string[];
  onChange: () => void;
  onRevoke: () => void;
}

function opened(times: number): string {
  if (times === 0) return "Never opened";
  return times === 1 ? "Opened once" : `Opened ${times} times`;
}

export function ShareRow({ share, stores, onChange, onRevoke }: ShareRowProps) {
  const { name, origins, embed_key: embedKey, expires_at: expiresAt, last_viewed_at: lastViewedAt } = share;
  return (
    <li className="flex flex-wrap items-start justify-between gap-3 py-3">
      <div className="min-w-0 flex-1 basis-56">
        <p className="flex flex-wrap items-center gap-x-2 gap-y-1">
          <span className="min-w-0 font-medium break-words">{name}</span>
          {share.expired && <Badge className="bg-warn-soft text-warn">Run out</Badge>}
          {share.has_password && <Badge>Password</Badge>}
        </p>
        <Line>
          {opened(share.views)}
          {lastViewedAt && (
            <>
              , last <Ago instant={lastViewedAt} />
            </>
          )}
          {" · "}
          {expiresAt ? (
            <>
              {share.expired ? "ended" : "ends"} <Time instant={expiresAt} />
            </>
          ) : (
            "no end"
          )}
        </Line>
        {stores.length > 0 && <Line>Of {stores.join(", ")}</Line>}
        {embedKey && (
          <Line>
            Within {origins.map((origin) => new URL(origin).host).join(", ")}: the link with{" "}
            <code className="font-mono break-all">/embed/{embedKey}</code> in place of{" "}
            <code className="font-mono">/shared</code>
          </Line>
        )}
        <Line>
          Made by {share.created_by} <Ago instant={share.created_at} />
        </Line>
      </div>
      <div className="flex gap-2">
        <Button size="sm" aria-label={`Change ${name}`} onClick={onChange}>
          Change
        </Button>
        <Button size="sm" aria-label={`Take ${name} back`} onClick={onRevoke}>
          Take back
        </Button>
      </div>
    </li>
  );
}

function Line({ children }: { children: ReactNode }) {
  return <p className="text-sm break-words text-muted-foreground">{children}</p>;
}
