import { useId } from "react";
import { Input } from "@/components/ui/input";
import { Label } from "@/components/ui/label";
import { Select } from "@/components/ui/select";
import type { ActionChoice } from "./actions";
import type { AuditChange } from "./audit-page";
import { SearchBox } from "./search-box";
import type { AuditSearch } from "./search";

interface AuditFiltersProps {
  search: AuditSearch;
  actions: ActionChoice[];
  onSearch: (change: AuditChange) => void;
}

export function AuditFilters({ search, actions, onSearch }: AuditFiltersProps) {
  const id = useId();
  const backwards = search.from !== undefined && search.to !== undefined && search.from > search.to;
  return (
    <div role="search" aria-label="Events" className="flex flex-col gap-2">
      <div className="grid grid-cols-2 gap-3 md:grid-cols-[minmax(0,1fr)_13rem_9rem_9rem]">
        <div className="col-span-2 flex flex-col gap-1.5 md:col-span-1">
          <Label htmlFor={`${id}-q`}>Search</Label>
          <SearchBox id={`${id}-q`} value={search.q ?? ""} onValue={(q) => onSearch({ q: q || undefined })} />
        </div>
        <div className="col-span-2 flex flex-col gap-1.5 md:col-span-1">
          <Label htmlFor={`${id}-action`}>Action</Label>
          <Select
            id={`${id}-action`}
            value={search.action ?? ""}
            onChange={(event) => onSearch({ action: event.target.value || undefined })}
          >
            <option value="">All actions</option>
            {actions.map(({ action, title }) => (
              <option key={action} value={action}>
                {title}
              </option>
            ))}
          </Select>
        </div>
        {(["from", "to"] as const).map((end) => (
          <div key={end} className="flex min-w-0 flex-col gap-1.5">
            <Label htmlFor={`${id}-${end}`}>{end === "from" ? "From" : "To"}</Label>
            <Input
              id={`${id}-${end}`}
              type="date"
              value={search[end] ?? ""}
              aria-invalid={backwards}
              aria-describedby={backwards ? `${id}-backwards` : undefined}
              onChange={(event) => onSearch({ [end]: event.target.value || undefined })}
              className="px-2"
            />
          </div>
        ))}
      </div>
      {backwards && (
        <p id={`${id}-backwards`} role="alert" className="text-sm text-bad">
          The first day must not be after the last.
        </p>
      )}
    </div>
  );
}
