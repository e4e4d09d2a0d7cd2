import { useQuery } from "@tanstack/react-query";
import { useId, useState } from "react";
import { FormDialog } from "@/components/ui/form-dialog";
import { Skeleton } from "@/components/ui/skeleton";
import { ErrorState } from "@/components/ui/states";
import type { Integration, IntegrationAccount, Store } from "@/lib/api/types";
import { accountsQuery, useChooseAccount } from "./queries";
import type { Source } from "./states";

interface AccountDialogProps {
  source: Source;
  store: Store;
  onConnected: (connection: Integration) => void;
  onClose: () => void;
  returnTo: () => HTMLElement | null;
}

/** A sign-in may open several accounts; a connection is to one of them. */
export function AccountDialog({ source, store, onConnected, onClose, returnTo }: AccountDialogProps) {
  const { connection, title } = source;
  const query = useQuery(accountsQuery(connection.id));
  const choose = useChooseAccount(connection);
  const [chosen, setChosen] = useState(connection.account?.id ?? null);
  const [asked, setAsked] = useState(false);
  const missing = asked && chosen === null;
  return (
    <FormDialog
      title={`Choose an account of ${title}`}
      lead={`The sign-in opens several. The data of the one that you choose go into ${store.name}.`}
      action={choose.isPending ? "Connecting…" : "Choose"}
      busy={choose.isPending}
      onSubmit={(event) => {
        event.preventDefault();
        setAsked(true);
        if (chosen !== null && query.data && !choose.isPending) {
          choose.mutate(chosen, { onSuccess: onConnected });
        }
      }}
      onClose={onClose}
      returnTo={returnTo}
    >
      {query.data ? (
        <Accounts accounts={query.data} chosen={chosen} missing={missing} onChoose={setChosen} />
      ) : query.isError ? (
        <ErrorState
          title="The accounts could not be loaded"
          error={query.error}
          onRetry={() => void query.refetch()}
        />
      ) : (
        <div className="flex flex-col gap-3" aria-busy>
          <span className="sr-only">Loading</span>
          <Skeleton className="h-10 w-full" />
          <Skeleton className="h-10 w-full" />
        </div>
      )}
      {choose.error && <ErrorState title="The account could not be chosen" error={choose.error} />}
    </FormDialog>
  );
}

interface AccountsProps {
  accounts: IntegrationAccount[];
  chosen: string | null;
  missing: boolean;
  onChoose: (id: string) => void;
}

function Accounts({ accounts, chosen, missing, onChoose }: AccountsProps) {
  const id = useId();
  return (
    <fieldset className="flex flex-col gap-1" aria-describedby={missing ? `${id}-none` : undefined}>
      <legend className="sr-only">Account</legend>
      {accounts.length === 0 && <p>The sign-in opens none any more. Connect it again.</p>}
      {accounts.map((account) => (
        <div
          key={account.id}
          className="flex items-start gap-2.5 rounded-md border px-3 py-2 has-checked:border-accent has-checked:bg-accent-soft"
        >
          <input
            id={`${id}-${account.id}`}
            type="radio"
            name={id}
            className="mt-0.5 size-4 shrink-0 accent-accent"
            checked={account.id === chosen}
            onChange={() => onChoose(account.id)}
          />
          <label htmlFor={`${id}-${account.id}`} className="min-w-0 flex-1">
            <span className="block font-medium wrap-anywhere">{account.name || account.id}</span>
            <span className="block text-sm wrap-anywhere text-muted-foreground">{detailsOf(account)}</span>
          </label>
        </div>
      ))}
      {missing && accounts.length > 0 && (
        <p id={`${id}-none`} role="alert" className="text-sm text-bad">
          Choose one.
        </p>
      )}
    </fieldset>
  );
}

function detailsOf({ id, currency, timezone }: IntegrationAccount): string {
  return [id, currency, timezone].filter(Boolean).join(" · ");
}
