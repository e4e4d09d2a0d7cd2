import { useQuery } from "@tanstack/react-query";
import { Plus } from "lucide-react";
import { useId, useRef, useState } from "react";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { Refusal } from "@/components/ui/refusal";
import { Select } from "@/components/ui/select";
import { Skeleton } from "@/components/ui/skeleton";
import { ErrorState, StaleNotice } from "@/components/ui/states";
import type { Workspace } from "@/lib/api/types";
import type { Dashboard, NewDashboard, Template } from "@/lib/dashboards/document";
import { templatesQuery, useMakeDashboard } from "./queries";
import { TemplateCard } from "./template-card";
import { TemplateMenu } from "./template-menu";

interface GalleryProps {
  /** Where a dashboard may be made; the first is chosen. */
  workspaces: readonly Workspace[];
  /** Whether one may begin with an empty page, too. */
  withEmpty?: boolean;
  onMade: (dashboard: Dashboard) => void;
}

type Source = Pick<NewDashboard, "template" | "own_template">;

/** What the headings below are: the gallery stands in pages of their own and in steps of others. */
const heading = "text-base font-medium";
const grid = "grid gap-3 sm:grid-cols-2 sm:gap-4 xl:grid-cols-3";

/** All templates, of which one press makes a dashboard. */
export function Gallery({ workspaces, withEmpty = false, onMade }: GalleryProps) {
  const query = useQuery(templatesQuery);
  const make = useMakeDashboard();
  const [chosen, setChosen] = useState<string | null>(null);
  const [of, setOf] = useState<string | null>(null);
  const gallery = useRef<HTMLDivElement>(null);
  const id = useId();
  const workspace = workspaces.find((place) => place.id === chosen) ?? workspaces[0];

  const use = (name: string, key: string, source: Source) => {
    if (!workspace || make.isPending) return;
    setOf(key);
    const body = { workspace_id: workspace.id, name, visibility: "workspace" as const, ...source };
    make.mutate(body, { onSuccess: onMade });
  };
  const cards = (templates: Template[]) =>
    templates.map((template) => {
      const { id: own, key, name } = template;
      const known = key ?? own ?? name;
      const source = own ? { own_template: own } : { template: key ?? null };
      return (
        <TemplateCard
          key={known}
          template={template}
          busy={make.isPending || !workspace}
          making={make.isPending && of === known}
          onUse={() => use(name, known, source)}
          menu={
            own &&
            template.may_change && (
              <TemplateMenu template={{ ...template, id: own }} gallery={() => gallery.current} />
            )
          }
        />
      );
    });

  return (
    <div ref={gallery} tabIndex={-1} className="flex flex-col gap-4 outline-none" aria-busy={query.isPending}>
      {workspaces.length > 1 && (
        <div className="flex flex-wrap items-center gap-2">
          <label htmlFor={id}>In the workspace</label>
          <Select
            id={id}
            className="min-w-44"
            value={workspace?.id}
            onChange={(event) => setChosen(event.target.value)}
          >
            {workspaces.map((place) => (
              <option key={place.id} value={place.id}>
                {place.name}
              </option>
            ))}
          </Select>
        </div>
      )}
      {make.isError && <Refusal error={make.error} />}
      {query.isError && query.data && (
        <StaleNotice error={query.error} busy={query.isFetching} onRetry={() => void query.refetch()} />
      )}
      {query.data ? (
        <>
          {query.data.own.length > 0 && (
            <>
              <h2 className={heading}>Your own</h2>
              <div className={grid}>{cards(query.data.own)}</div>
              <h2 className={heading}>Ready-made</h2>
            </>
          )}
          <div className={grid}>
            {cards(query.data.builtIn)}
            {withEmpty && (
              <Card className="items-center justify-center gap-3 border-dashed p-6 text-center">
                <p className="text-muted-foreground">Or put it together yourself.</p>
                <Button
                  disabled={make.isPending || !workspace}
                  onClick={() => use("New dashboard", "empty", {})}
                >
                  <Plus aria-hidden /> {make.isPending && of === "empty" ? "Making…" : "Empty dashboard"}
                </Button>
              </Card>
            )}
          </div>
        </>
      ) : query.isError ? (
        <Card className="p-5">
          <ErrorState
            title="The templates could not be loaded"
            error={query.error}
            onRetry={() => void query.refetch()}
          />
        </Card>
      ) : (
        <div className={grid}>
          <span className="sr-only">Loading</span>
          {Array.from({ length: 5 }, (_, index) => (
            <Skeleton key={index} className="h-80 w-full" />
          ))}
        </div>
      )}
    </div>
  );
}
