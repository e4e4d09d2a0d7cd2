import { useState } from "react";
import { Button } from "@/components/ui/button";
import { SelectField } from "@/components/ui/field";
import type { Store } from "@/lib/api/types";
import type { DashboardView } from "@/lib/dashboards/document";
import { reportCurrency } from "@/lib/dashboards/view";
import { currencies } from "@/lib/places";
import { storeColour } from "@/lib/store-colour";

interface StoreChoiceProps {
  stores: readonly Store[];
  /** The ids of those that are shown. */
  shown: string[];
  /** The currency that somebody chose before. */
  namedCurrency: string | null;
  /** The currency is told where it was changed: what nobody chose is not to be named. */
  onApply: (change: Pick<DashboardView, "stores"> & Partial<Pick<DashboardView, "currency">>) => void;
}

const OWN = "own";

/** Stores to be chosen from, and the currency that the amounts of several are told in. */
export function StoreChoice({ stores, shown, namedCurrency, onApply }: StoreChoiceProps) {
  const [chosen, setChosen] = useState(shown);
  const [currency, setCurrency] = useState<string | null>();
  const those = stores.filter(({ id }) => chosen.includes(id));
  const traded = [...new Set(those.map((store) => store.currency))];
  const told = reportCurrency(currency === undefined ? namedCurrency : currency, those);
  const inOrder = stores.map(({ id }) => id).filter((id) => chosen.includes(id));
  return (
    <form
      className="flex flex-col gap-3 p-3"
      onSubmit={(event) => {
        event.preventDefault();
        if (inOrder.length > 0) onApply({ stores: inOrder, ...(currency !== undefined && { currency }) });
      }}
    >
      <div className="flex flex-col">
        {stores.length > 1 && (
          <Row
            title="All stores"
            checked={inOrder.length === stores.length}
            onChecked={(on) => setChosen(on ? stores.map(({ id }) => id) : [])}
          />
        )}
        <ul className="flex max-h-72 flex-col overflow-y-auto">
          {stores.map((store) => (
            <li key={store.id} className="group flex items-center">
              <Row
                title={store.name}
                detail={store.currency}
                colour={storeColour(store.id, stores)}
                checked={chosen.includes(store.id)}
                onChecked={(on) =>
                  setChosen((all) => (on ? [...all, store.id] : all.filter((id) => id !== store.id)))
                }
              />
              {stores.length > 1 && (
                <Button
                  variant="ghost"
                  size="sm"
                  aria-label={`Only ${store.name}`}
                  onClick={() => onApply({ stores: [store.id] })}
                >
                  Only
                </Button>
              )}
            </li>
          ))}
        </ul>
      </div>
      <CurrencyField currency={told} traded={traded} onCurrency={setCurrency} />
      <Button type="submit" variant="primary" disabled={inOrder.length === 0}>
        {inOrder.length === 0 ? "Choose a store" : "Show them"}
      </Button>
    </form>
  );
}

interface RowProps {
  title: string;
  detail?: string;
  colour?: string;
  checked: boolean;
  onChecked: (checked: boolean) => void;
}

function Row({ title, detail, colour, checked, onChecked }: RowProps) {
  return (
    <label className="flex min-h-9 min-w-0 flex-1 items-center gap-2.5 rounded-md px-2 hover:bg-muted">
      <input
        type="checkbox"
        className="size-4 shrink-0 accent-accent"
        checked={checked}
        onChange={(event) => onChecked(event.target.checked)}
      />
      {colour && (
        <span aria-hidden className="size-2.5 shrink-0 rounded-[3px]" style={{ backgroundColor: colour }} />
      )}
      <span className="min-w-0 flex-1 truncate">{title}</span>
      {detail && <span className="text-sm text-muted-foreground">{detail}</span>}
    </label>
  );
}

interface CurrencyFieldProps {
  currency: string | null;
  traded: readonly string[];
  onCurrency: (currency: string | null) => void;
}

function CurrencyField({ currency, traded, onCurrency }: CurrencyFieldProps) {
  const differ = traded.length > 1;
  const others = currencies().usual.filter(([code]) => !traded.includes(code));
  const named = currency !== null && ![...traded, ...others.map(([code]) => code)].includes(currency);
  return (
    <SelectField
      title="Amounts in"
      value={currency ?? OWN}
      problem={null}
      {...(differ && {
        hint: `They trade in ${[...traded].sort().join(", ")}: amounts are added up in one currency.`,
      })}
      onValue={(value) => onCurrency(value === OWN ? null : value)}
    >
      {!differ && <option value={OWN}>The store’s own currency</option>}
      {traded.map((code) => (
        <option key={code} value={code}>
          {code}
        </option>
      ))}
      {named && <option value={currency}>{currency}</option>}
      {others.map(([code, name]) => (
        <option key={code} value={code}>
          {code}, {name}
        </option>
      ))}
    </SelectField>
  );
}
