import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { PlaceFields, placeRules } from "@/components/place-fields";
import { Button } from "@/components/ui/button";
import { SelectField, TextField } from "@/components/ui/field";
import { Refusal } from "@/components/ui/refusal";
import { Skeleton } from "@/components/ui/skeleton";
import { ErrorState } from "@/components/ui/states";
import type { Workspace } from "@/lib/api/types";
import { needed, useFields } from "@/lib/use-fields";
import { useCreateStore, workspacesQuery } from "./queries";

/** Makes the first store. */
export function StepStore() {
  const workspaces = useQuery(workspacesQuery);
  if (workspaces.data) return <StoreForm workspaces={workspaces.data} />;
  if (workspaces.isError) {
    return (
      <ErrorState
        title="The workspaces could not be loaded"
        error={workspaces.error}
        onRetry={() => void workspaces.refetch()}
      />
    );
  }
  return (
    <div className="flex max-w-xl flex-col gap-4">
      <span className="sr-only">Loading</span>
      <Skeleton className="h-9 w-full" />
      <Skeleton className="h-9 w-full" />
      <Skeleton className="h-9 w-full" />
    </div>
  );
}

function StoreForm({ workspaces }: { workspaces: Workspace[] }) {
  const [rules] = useState(() => ({
    name: { check: needed("Enter a name."), pointer: "/name" },
    workspace: {
      initial: workspaces[0]?.id ?? "",
      check: needed("Choose a workspace."),
      pointer: "/workspace_id",
    },
    ...placeRules(),
  }));
  const form = useFields(rules);
  const create = useCreateStore();
  const send = () => {
    const { name, workspace, currency, timezone, week_start } = form.values;
    const body = { name: name.trim(), workspace_id: workspace, currency, timezone, week_start };
    create.mutate(body, { onError: form.refuse });
  };
  return (
    <form noValidate className="flex max-w-xl flex-col gap-4" onSubmit={form.submit(send)}>
      <TextField {...form.field("name")} title="Name of the store" autoComplete="off" required />
      {workspaces.length > 1 && (
        <SelectField {...form.field("workspace")} title="Workspace" required>
          {workspaces.map(({ id, name }) => (
            <option key={id} value={id}>
              {name}
            </option>
          ))}
        </SelectField>
      )}
      <PlaceFields field={form.field} />
      {create.isError && !form.tells(create.error) && <Refusal error={create.error} />}
      <div>
        <Button type="submit" variant="primary" disabled={create.isPending}>
          {create.isPending ? "Adding…" : "Add the store"}
        </Button>
      </div>
    </form>
  );
}
