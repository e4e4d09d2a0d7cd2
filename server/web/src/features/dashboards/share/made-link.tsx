import { Button } from "@/components/ui/button";
import { CopyButton } from "@/components/ui/copy-button";
import { DialogDescription, DialogTitle } from "@/components/ui/dialog";
import { Textarea } from "@/components/ui/textarea";
import type { NewlyShared } from "@/lib/api/types";
import { shareAddress } from "@/lib/share-token";
import { snippetOf } from "./snippet";

interface MadeLinkProps {
  made: NewlyShared;
  onKept: () => void;
}

/** The link is shown once. */
export function MadeLink({ made: { share, token }, onKept }: MadeLinkProps) {
  const { name, origins, embed_key: embedKey, has_password: hasPassword } = share;
  const hosts = origins.map((origin) => new URL(origin).host).join(", ");
  return (
    <div className="flex min-h-0 flex-col gap-4 overflow-y-auto p-5">
      <DialogTitle>Keep this link</DialogTitle>
      <DialogDescription>
        {name} is made. Its link is not shown again: give it to whom it is for
        {hasPassword && ", and the password another way"}.
      </DialogDescription>
      <Kept label="Link" text={shareAddress(token)} />
      {embedKey && (
        <>
          <p className="text-sm text-muted-foreground">This goes into a page of {hosts}:</p>
          <Kept label="Code for the page" text={snippetOf(name, embedKey, token)} />
        </>
      )}
      <Button variant="primary" className="self-end" onClick={onKept}>
        I have kept it
      </Button>
    </div>
  );
}

function Kept({ label, text }: { label: string; text: string }) {
  return (
    <div className="flex flex-col items-start gap-2">
      <Textarea
        readOnly
        aria-label={label}
        value={text}
        rows={3}
        className="shrink-0 bg-muted font-mono text-sm break-all"
        onFocus={(event) => event.target.select()}
      />
      <CopyButton text={text} title={`Copy the ${label.toLowerCase()}`} />
    </div>
  );
}
