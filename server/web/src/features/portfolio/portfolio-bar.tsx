import { RangePicker } from "@/components/range-picker/range-picker";
import { Select } from "@/components/ui/select";
import type { Store } from "@/lib/api/types";
import { DEFAULT_COMPARISON, DEFAULT_RANGE, writeRange } from "@/lib/metrics/range";
import { currencies } from "@/lib/places";
import {
  differ,
  MOST_STORES,
  OWN,
  usualCurrency,
  workspacesOf,
  type PortfolioSearch,
  type PortfolioView,
} from "./view";

interface PortfolioBarProps {
  /** Every store that one sees. */
  stores: readonly Store[];
  view: PortfolioView;
  onSearch: (change: PortfolioSearch) => void;
}

/** Which stores, which days, and what amounts are told in. */
export function PortfolioBar({ stores, view, onSearch }: PortfolioBarProps) {
  const workspaces = workspacesOf(stores);
  const chosen = view.stores ?? [];
  const [first] = chosen;
  return (
    <div className="flex flex-wrap items-center gap-2 print:hidden">
      {workspaces.length > 1 && (
        <Select
          aria-label="Workspace"
          className="min-w-44"
          value={view.workspace ?? ""}
          onChange={({ target }) => onSearch({ workspace: target.value || undefined, currency: undefined })}
        >
          {stores.length <= MOST_STORES && <option value="">All workspaces</option>}
          {workspaces.map(({ id, name }) => (
            <option key={id} value={id}>
              {name}
            </option>
          ))}
        </Select>
      )}
      {first && (
        <RangePicker
          range={view.range}
          comparison={view.comparison}
          onRange={(range) => {
            const written = writeRange(range);
            onSearch({ range: written === writeRange(DEFAULT_RANGE) ? undefined : written });
          }}
          onComparison={(compare) =>
            onSearch({ compare: compare === DEFAULT_COMPARISON ? undefined : compare })
          }
          timezone={first.timezone}
          zones={[...new Set(chosen.map(({ timezone }) => timezone))]}
          weekStart={first.week_start}
        />
      )}
      {first && <CurrencySelect stores={chosen} view={view} onSearch={onSearch} />}
    </div>
  );
}

function CurrencySelect({ stores, view, onSearch }: PortfolioBarProps) {
  const traded = [...new Set(stores.map(({ currency }) => currency))].sort();
  const others = currencies().usual.filter(([code]) => !traded.includes(code));
  const known = [...traded, ...others.map(([code]) => code)];
  const usual = differ(stores) ? usualCurrency(stores) : null;
  return (
    <Select
      aria-label="Amounts in"
      className="min-w-36"
      value={view.currency ?? OWN}
      onChange={({ target }) => {
        const isUsual = target.value === (usual ?? OWN);
        onSearch({ currency: isUsual ? undefined : target.value });
      }}
    >
      <option value={OWN}>
        {traded.length > 1 ? "Each its own currency" : `${traded[0] ?? ""} (its own)`}
      </option>
      {traded.length > 1 &&
        traded.map((code) => (
          <option key={code} value={code}>
            All in {code}
          </option>
        ))}
      {view.currency !== null && !known.includes(view.currency) && (
        <option value={view.currency}>All in {view.currency}</option>
      )}
      {others.map(([code]) => (
        <option key={code} value={code}>
          All in {code}
        </option>
      ))}
    </Select>
  );
}
