import { PasswordField, TextField } from "@/components/ui/field";
import { FormDialog } from "@/components/ui/form-dialog";
import { ErrorState } from "@/components/ui/states";
import type { Integration, Provider, ProviderField, Store } from "@/lib/api/types";
import { sentence } from "@/lib/format/text";
import { needed, useFields, type FieldRules } from "@/lib/use-fields";
import { useConnect, useDeparture } from "./queries";

interface ConnectDialogProps {
  provider: Provider;
  store: Store;
  /** It is connected already, and is given another sign-in. */
  again: boolean;
  onConnected: (connection: Integration) => void;
  onDepart: (location: string) => void;
  onClose: () => void;
  returnTo: () => HTMLElement | null;
}

function rulesOf(fields: ProviderField[]): Record<string, FieldRules> {
  const rule = ({ name, title, optional, suggestion }: ProviderField): FieldRules => ({
    ...(suggestion && { initial: suggestion }),
    ...(!optional && { check: needed(`Enter what belongs to “${title}”.`) }),
    pointer: `/fields/${name}`,
  });
  return Object.fromEntries(fields.map((field) => [field.name, rule(field)]));
}

/** What was typed; what was left empty is not sent. */
function filled(values: Record<string, string>): Record<string, string> {
  const typed = Object.entries(values).map(([name, value]) => [name, value.trim()] as const);
  return Object.fromEntries(typed.filter(([, value]) => value !== ""));
}

/** Asks for what a provider wants to know, and connects it or goes to where one signs in. */
export function ConnectDialog(props: ConnectDialogProps) {
  const { provider, store, again, onConnected, onDepart, onClose, returnTo } = props;
  const form = useFields(rulesOf(provider.fields));
  const connect = useConnect(store.id);
  const departure = useDeparture(provider.id);
  const away = provider.sign_in === "oauth";
  const { isPending, error } = away ? departure : connect;
  const send = () => {
    if (isPending) return;
    const body = { store_id: store.id, fields: filled(form.values) };
    if (away) {
      departure.mutate(body, { onSuccess: ({ location }) => onDepart(location), onError: form.refuse });
    } else {
      connect.mutate({ ...body, provider: provider.id }, { onSuccess: onConnected, onError: form.refuse });
    }
  };
  const lead = away
    ? `You sign in at ${provider.title} and come back here. Its data go into ${store.name}.`
    : `Its data go into ${store.name}.`;
  return (
    <FormDialog
      title={again ? `Connect ${provider.title} again` : `Connect ${provider.title}`}
      lead={again ? `${lead} With the same account it goes on where it was; another one is read anew.` : lead}
      action={isPending ? "Connecting…" : away ? `Go to ${provider.title}` : "Connect"}
      busy={isPending}
      onSubmit={form.submit(send)}
      onClose={onClose}
      returnTo={returnTo}
    >
      {provider.fields.map((field) => (
        <Entry key={field.name} field={field} entry={form.field(field.name)} />
      ))}
      {error && !form.tells(error) && (
        <ErrorState title={`${provider.title} could not be connected`} error={error} />
      )}
    </FormDialog>
  );
}

interface EntryProps {
  field: ProviderField;
  entry: ReturnType<ReturnType<typeof useFields>["field"]>;
}

function Entry({ field, entry }: EntryProps) {
  const { title, help, placeholder, secret, optional } = field;
  const shared = {
    ...entry,
    value: entry.value ?? "",
    title: optional ? `${title} (optional)` : title,
    required: !optional,
    autoComplete: "off",
    ...(placeholder !== "" && { placeholder }),
    ...(help !== "" && { hint: sentence(help) }),
  } as const;
  if (secret) return <PasswordField {...shared} />;
  return <TextField {...shared} autoCapitalize="none" spellCheck={false} />;
}
