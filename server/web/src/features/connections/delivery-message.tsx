import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { CopyButton } from "@/components/ui/copy-button";
import { Skeleton } from "@/components/ui/skeleton";
import { ErrorState } from "@/components/ui/states";
import { deliveryQuery } from "./delivery-queries";
import { pretty } from "./pretty";

/** What a message says, as it came. */
export function DeliveryMessage({ id }: { id: string }) {
  const query = useQuery(deliveryQuery(id));
  if (query.data) return <Body text={query.data.body} />;
  if (query.isError) {
    return (
      <ErrorState
        title="The message could not be loaded"
        error={query.error}
        onRetry={() => void query.refetch()}
      />
    );
  }
  return (
    <div aria-busy>
      <span className="sr-only">Loading</span>
      <Skeleton className="h-28 w-full" />
    </div>
  );
}

function Body({ text }: { text: string }) {
  const lines = useMemo(() => pretty(text), [text]);
  if (text === "") return <p className="text-sm text-muted-foreground">It says nothing.</p>;
  return (
    <div className="relative">
      <pre
        // Whoever has no mouse scrolls it by its keys.
        // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex
        tabIndex={0}
        role="region"
        aria-label="What it says"
        className="max-h-80 overflow-auto rounded-md border bg-muted/50 p-3 pr-20 font-mono text-sm wrap-anywhere whitespace-pre-wrap"
      >
        {lines}
      </pre>
      <CopyButton text={text} title="Copy" size="sm" className="absolute top-2 right-4" />
    </div>
  );
}
