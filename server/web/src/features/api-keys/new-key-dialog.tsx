import { useQuery } from "@tanstack/react-query";
import { useId, useState } from "react";
import { SelectField, TextField } from "@/components/ui/field";
import { FormDialog } from "@/components/ui/form-dialog";
import { Refusal } from "@/components/ui/refusal";
import type { Scope } from "@/lib/api/types";
import { needed, useFields } from "@/lib/use-fields";
import { useCreateKey, workspacesQuery } from "./queries";

interface NewKeyDialogProps {
  scopes: Scope[];
  onMade: (made: { token: string; name: string }) => void;
  onClose: () => void;
  returnTo: () => HTMLElement | null;
}

const DAY = 86_400_000;
const NEVER = "never";

function inDays(days: number): string {
  return new Date(Date.now() + days * DAY).toISOString();
}

const ENDS: [days: string, words: string][] = [
  ["30", "In 30 days"],
  ["90", "In 90 days"],
  ["365", "In a year"],
  [NEVER, "Never"],
];

export function NewKeyDialog({ scopes, onMade, onClose, returnTo }: NewKeyDialogProps) {
  const id = useId();
  const form = useFields({
    name: { check: needed("Enter a name."), pointer: "/name" },
    workspace_id: { pointer: "/workspace_id" },
    ends: { initial: "90", pointer: "/expires_at" },
  });
  const [chosen, setChosen] = useState<Scope["scope"][]>([]);
  const [asked, setAsked] = useState(false);
  const { data: workspaces = [] } = useQuery(workspacesQuery);
  const create = useCreateKey();
  const { name, workspace_id, ends } = form.values;
  // A key of one workspace sees nothing of the organisation.
  const offered = workspace_id === "" ? scopes : scopes.filter((scope) => scope.for_one_workspace);
  const wanted = offered.map(({ scope }) => scope).filter((scope) => chosen.includes(scope));
  const send = () => {
    setAsked(true);
    if (wanted.length === 0 || create.isPending) return;
    create.mutate(
      {
        name: name.trim(),
        scopes: wanted,
        ...(workspace_id !== "" && { workspace_id }),
        expires_at: ends === NEVER ? null : inDays(Number(ends)),
      },
      { onSuccess: onMade, onError: form.refuse },
    );
  };
  const noScope = asked && wanted.length === 0;
  return (
    <FormDialog
      title="New API key"
      action={create.isPending ? "Making…" : "Make the key"}
      busy={create.isPending}
      onSubmit={form.submit(send)}
      onClose={onClose}
      returnTo={returnTo}
    >
      <TextField
        {...form.field("name")}
        title="Name"
        autoComplete="off"
        placeholder="Nightly import"
        required
      />
      <SelectField {...form.field("workspace_id")} title="Stores">
        <option value="">Of all workspaces</option>
        {workspaces.map((workspace) => (
          <option key={workspace.id} value={workspace.id}>
            Of {workspace.name} alone
          </option>
        ))}
      </SelectField>
      <fieldset
        className="flex flex-col gap-1"
        aria-describedby={noScope ? `${id}-none` : undefined}
        aria-invalid={noScope}
      >
        <legend className="mb-1.5 text-sm font-medium">What it may do</legend>
        {offered.map(({ scope, summary }) => (
          <div key={scope} className="flex items-start gap-2.5 py-1">
            <input
              id={`${id}-${scope}`}
              type="checkbox"
              className="mt-0.5 size-4 shrink-0 accent-accent"
              checked={chosen.includes(scope)}
              onChange={(event) =>
                setChosen((all) =>
                  event.target.checked ? [...all, scope] : all.filter((other) => other !== scope),
                )
              }
            />
            <label htmlFor={`${id}-${scope}`} className="min-w-0">
              {summary}
              <span className="block font-mono text-sm text-muted-foreground">{scope}</span>
            </label>
          </div>
        ))}
        {noScope && (
          <p id={`${id}-none`} role="alert" className="text-sm text-bad">
            Choose one or more.
          </p>
        )}
      </fieldset>
      <SelectField {...form.field("ends")} title="It ends">
        {ENDS.map(([days, words]) => (
          <option key={days} value={days}>
            {words}
          </option>
        ))}
      </SelectField>
      {create.isError && !form.tells(create.error) && <Refusal error={create.error} />}
    </FormDialog>
  );
}
