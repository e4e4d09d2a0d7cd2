import { useRef, useState } from "react";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { ConfirmDialog } from "@/components/ui/confirm-dialog";
import { Ago, Time } from "@/components/ui/time";
import { useToast } from "@/components/ui/use-toast";
import type { ApiKey } from "@/lib/api/types";
import { useRevokeKey } from "./queries";

interface KeyRowProps {
  apiKey: ApiKey;
  /** Where to go on when the row is gone. */
  list: () => HTMLElement | null;
}

const RESTING = "Whoever made it may not make keys any more, so it opens nothing.";

export function KeyRow({ apiKey: key, list }: KeyRowProps) {
  const [asked, setAsked] = useState(false);
  const gone = useRef(false);
  const revoke = useRevokeKey(key.id);
  const toast = useToast();
  return (
    <li className="flex flex-wrap items-start justify-between gap-3 px-4 py-3 sm:px-5">
      <div className="min-w-0 flex-1 basis-64">
        <p className="flex flex-wrap items-center gap-x-2">
          <span className="min-w-0 font-medium break-words">{key.name}</span>
          {key.state === "expired" && <Badge className="bg-warn-soft text-warn">Run out</Badge>}
          {key.state === "resting" && (
            <Badge className="bg-warn-soft text-warn" title={RESTING}>
              Resting
            </Badge>
          )}
        </p>
        <p className="font-mono text-sm break-all text-muted-foreground">{key.token_start}…</p>
        <p className="text-sm text-muted-foreground">
          {key.scopes.join(", ")} · {key.workspace?.name ?? "All workspaces"}
        </p>
        <p className="text-sm break-words text-muted-foreground">
          Made by {key.created_by.name || key.created_by.email} <Ago instant={key.created_at} /> ·{" "}
          {key.last_used_at ? (
            <span title={key.last_used_address ? `From ${key.last_used_address}` : undefined}>
              last used <Ago instant={key.last_used_at} />
            </span>
          ) : (
            "never used"
          )}{" "}
          · <Ending apiKey={key} />
        </p>
      </div>
      <Button
        size="sm"
        aria-label={`Revoke ${key.name}`}
        onClick={() => {
          revoke.reset();
          setAsked(true);
        }}
      >
        Revoke
      </Button>
      {asked && (
        <ConfirmDialog
          title={`Revoke ${key.name}?`}
          typed={{ what: "name", phrase: key.name }}
          action="Revoke"
          busy={revoke.isPending}
          error={revoke.error}
          returnTo={() => (gone.current ? list() : null)}
          onClose={() => setAsked(false)}
          onConfirm={() =>
            revoke.mutate(undefined, {
              onSuccess: () => {
                gone.current = true;
                toast.show({ title: `${key.name} was revoked` });
                setAsked(false);
              },
            })
          }
        >
          Whatever uses it is refused at once. This cannot be undone; another key can be made in its place.
        </ConfirmDialog>
      )}
    </li>
  );
}

function Ending({ apiKey: { expires_at, state } }: { apiKey: ApiKey }) {
  if (!expires_at) return "no end";
  return (
    <>
      {state === "expired" ? "ended" : "ends"} <Time instant={expires_at} />
    </>
  );
}
