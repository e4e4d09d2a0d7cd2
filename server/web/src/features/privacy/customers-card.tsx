import { Download } from "lucide-react";
import { useId, useRef, useState } from "react";
import { Button } from "@/components/ui/button";
import { Card, CardContent, CardHeader, CardTitle } from "@/components/ui/card";
import { SelectField, TextAreaField, TextField } from "@/components/ui/field";
import { Refusal } from "@/components/ui/refusal";
import { Segmented } from "@/components/ui/segmented";
import { EmptyState } from "@/components/ui/states";
import type { Customers, Store } from "@/lib/api/types";
import { lastStore } from "@/lib/last-store";
import { needed, useFields } from "@/lib/use-fields";
import { idsCheck, idsIn } from "./customers";
import { EraseDialog } from "./erase-dialog";
import { useCustomerFile } from "./use-customer-file";

export function CustomersCard({ stores }: { stores: Store[] }) {
  const id = useId();
  return (
    <Card aria-labelledby={id}>
      <CardHeader>
        <div>
          <CardTitle id={id}>Customers</CardTitle>
          <p className="text-sm text-muted-foreground">
            For customers who ask what is known of them, or want it gone.
          </p>
        </div>
      </CardHeader>
      <CardContent>
        {stores.length === 0 ? (
          <EmptyState title="There is no store yet">Customers come with the data of a store.</EmptyState>
        ) : (
          <CustomersForm stores={stores} />
        )}
      </CardContent>
    </Card>
  );
}

function CustomersForm({ stores }: { stores: Store[] }) {
  const [by, setBy] = useState<"email" | "ids">("email");
  const [erasing, setErasing] = useState<{ store: Store; customers: Customers } | null>(null);
  const first = stores.find(({ id }) => id === lastStore()) ?? stores[0];
  const form = useFields({
    store: { initial: first?.id ?? "" },
    email: {
      ...(by === "email" && { check: needed("Enter the customer’s email.") }),
      pointer: "/email",
      wording: "No customer of this store has this address.",
    },
    customer_ids: { ...(by === "ids" && { check: idsCheck }), pointer: "/customer_ids" },
  });
  const box = useRef<HTMLFormElement>(null);
  const { load, save } = useCustomerFile();
  const { email, customer_ids } = form.values;
  const customers: Customers =
    by === "email" ? { email: email.trim() } : { customer_ids: idsIn(customer_ids) };
  const store = stores.find(({ id }) => id === form.values.store) ?? first;
  if (!store) return null;
  const forget = () => {
    load.reset();
    form.forget();
  };
  return (
    <>
      {/* The dialog has a form of its own, and what is sent there is not for this one. */}
      <form
        ref={box}
        noValidate
        className="flex max-w-md flex-col gap-4"
        onSubmit={form.submit(() => {
          if (!load.isPending) save(store, customers, form.refuse);
        })}
      >
        <SelectField
          {...form.field("store")}
          title="Store"
          onValue={(next) => {
            forget();
            form.set("store", next);
          }}
        >
          {stores.map((one) => (
            <option key={one.id} value={one.id}>
              {one.name}
            </option>
          ))}
        </SelectField>
        <Segmented
          label="Found by"
          className="self-start"
          value={by}
          onChange={(next) => {
            forget();
            setBy(next);
          }}
          options={[
            { value: "email", title: "By email" },
            { value: "ids", title: "By customer ID" },
          ]}
        />
        {by === "email" ? (
          <TextField
            key="email"
            {...form.field("email")}
            title="Email of the customer"
            type="email"
            autoComplete="off"
            autoCapitalize="none"
            spellCheck={false}
            required
          />
        ) : (
          <TextAreaField
            key="ids"
            {...form.field("customer_ids")}
            title="Customer IDs"
            rows={4}
            autoComplete="off"
            autoCapitalize="none"
            spellCheck={false}
            required
            className="font-mono"
            hint="As the shop names them, one on each line."
          />
        )}
        {load.isError && !form.tells(load.error) && <Refusal error={load.error} />}
        <div className="flex flex-wrap gap-2">
          <Button type="submit" disabled={load.isPending}>
            <Download aria-hidden /> {load.isPending ? "Exporting…" : "Export"}
          </Button>
          <Button
            className="text-bad"
            onClick={() => {
              load.reset();
              if (form.check()) setErasing({ store, customers });
            }}
          >
            Erase…
          </Button>
        </div>
      </form>
      {erasing && (
        <EraseDialog
          {...erasing}
          onClose={() => setErasing(null)}
          onAsked={() => {
            form.set("email", "");
            form.set("customer_ids", "");
            form.rest();
            setErasing(null);
          }}
          onRefused={(error) => {
            form.refuse(error);
            // What is wrong is said at its field, below the question.
            if (form.tells(error)) setErasing(null);
          }}
          returnTo={() => box.current?.querySelector<HTMLElement>('[aria-invalid="true"]') ?? null}
        />
      )}
    </>
  );
}
