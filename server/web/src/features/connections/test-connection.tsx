import { CircleAlert, CircleCheck } from "lucide-react";
import { Button } from "@/components/ui/button";
import { ErrorState } from "@/components/ui/states";
import type { IntegrationTest } from "@/lib/api/types";
import { sentence } from "@/lib/format/text";
import { Warnings } from "./connection-problem";
import { useTest } from "./queries";
import type { Source } from "./states";

/** Tries whether a provider lets us in, and says in place what came of it. */
export function TestConnection({ source: { connection, title } }: { source: Source }) {
  const test = useTest(connection);
  return (
    <div className="flex flex-col items-start gap-2">
      <Button
        size="sm"
        aria-label={test.isPending ? undefined : `Test the connection: ${title}`}
        aria-disabled={test.isPending}
        onClick={() => {
          if (!test.isPending) test.mutate();
        }}
      >
        {test.isPending ? "Testing…" : "Test the connection"}
      </Button>
      <div aria-live="polite" className="flex flex-col gap-2">
        {test.data && <Found result={test.data} title={title} />}
      </div>
      {test.error && <ErrorState title="The connection could not be tested" error={test.error} />}
    </div>
  );
}

function Found({ result: { works, problem, warnings }, title }: { result: IntegrationTest; title: string }) {
  const Icon = works ? CircleCheck : CircleAlert;
  return (
    <>
      <p className="flex items-start gap-2 text-sm">
        <Icon
          aria-hidden
          className={works ? "mt-0.5 size-4 shrink-0 text-good" : "mt-0.5 size-4 shrink-0 text-bad"}
        />
        <span className="min-w-0 wrap-anywhere">
          {works
            ? `It works: ${title} lets Aloftly in.`
            : sentence(problem?.detail ?? `${title} does not let Aloftly in.`)}
        </span>
      </p>
      <Warnings warnings={warnings} />
    </>
  );
}
