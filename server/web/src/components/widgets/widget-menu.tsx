import { Calculator, Ellipsis, FileDown, ImageDown, Table2 } from "lucide-react";
import { lazy, Suspense, useRef, useState, type ReactNode, type RefObject } from "react";
import { Button } from "@/components/ui/button";
import {
  DropdownMenu,
  DropdownMenuContent,
  DropdownMenuItem,
  DropdownMenuSeparator,
  DropdownMenuTrigger,
} from "@/components/ui/dropdown-menu";
import { useToast } from "@/components/ui/use-toast";
import { messageOf } from "@/lib/api/error";
import type { QueryResponse, Registry } from "@/lib/api/types";

const DetailsDialog = lazy(() => import("./details-dialog"));

export type Details = "data" | "question";

interface WidgetMenuProps {
  title: string;
  /** Missing while nothing was answered yet. */
  response: QueryResponse | undefined;
  card: RefObject<HTMLElement | null>;
  registry: Registry | undefined;
  more: ReactNode;
}

/** What can be done with any widget: read its data, see how it came to be, take it away as a file. */
export function WidgetMenu({ title, response, card, registry, more }: WidgetMenuProps) {
  const [details, setDetails] = useState<Details | null>(null);
  const trigger = useRef<HTMLButtonElement>(null);
  const toast = useToast();
  const failed = (error: unknown) =>
    toast.show({
      title: "The file could not be made",
      description: messageOf(error instanceof Error ? error : new Error(String(error))),
      tone: "bad",
    });
  const saveCsv = (answer: QueryResponse) =>
    import("./csv").then(({ saveCsv: save }) => save(title, answer)).catch(failed);
  const savePicture = (element: HTMLElement) =>
    import("./picture/save").then(({ savePicture: save }) => save(title, element, response)).catch(failed);
  if (!response && !more) return null;
  return (
    <>
      <DropdownMenu>
        <DropdownMenuTrigger asChild>
          <Button
            ref={trigger}
            variant="ghost"
            size="icon-sm"
            data-picture="skip"
            aria-label={`More of ${title}`}
            className="bg-card opacity-0 transition-opacity group-focus-within/widget:opacity-100 group-hover/widget:opacity-100 aria-expanded:opacity-100 print:hidden pointer-coarse:opacity-100"
          >
            <Ellipsis aria-hidden />
          </Button>
        </DropdownMenuTrigger>
        <DropdownMenuContent align="end">
          {response && (
            <>
              <DropdownMenuItem onSelect={() => setDetails("data")}>
                <Table2 aria-hidden /> Show the data
              </DropdownMenuItem>
              <DropdownMenuItem onSelect={() => setDetails("question")}>
                <Calculator aria-hidden /> How it was computed
              </DropdownMenuItem>
              <DropdownMenuItem onSelect={() => void saveCsv(response)}>
                <FileDown aria-hidden /> Download CSV
              </DropdownMenuItem>
              <DropdownMenuItem
                onSelect={() => {
                  if (card.current) void savePicture(card.current);
                }}
              >
                <ImageDown aria-hidden /> Download picture
              </DropdownMenuItem>
            </>
          )}
          {response && more && <DropdownMenuSeparator />}
          {more}
        </DropdownMenuContent>
      </DropdownMenu>
      {details && response && (
        <Suspense fallback={null}>
          <DetailsDialog
            title={title}
            response={response}
            registry={registry}
            shown={details}
            onShow={setDetails}
            onClose={() => setDetails(null)}
            returnTo={() => trigger.current}
          />
        </Suspense>
      )}
    </>
  );
}
