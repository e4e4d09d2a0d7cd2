import { Search } from "lucide-react";
import type { Ref } from "react";
import { Input } from "@/components/ui/input";
import { Segmented } from "@/components/ui/segmented";
import { Select } from "@/components/ui/select";
import type { Workspace } from "@/lib/api/types";
import type { ListSearch } from "./list";

interface ListBarProps {
  ref: Ref<HTMLInputElement>;
  search: ListSearch;
  onSearch: (change: ListSearch) => void;
  workspaces: readonly Workspace[];
}

/** Which of the dashboards are listed, and in which order. */
export function ListBar({ ref, search, onSearch, workspaces }: ListBarProps) {
  return (
    <div className="flex flex-wrap items-center gap-2">
      <div className="relative w-full sm:w-72">
        <Search
          aria-hidden
          className="pointer-events-none absolute top-2.5 left-3 size-4 text-muted-foreground"
        />
        <Input
          ref={ref}
          type="search"
          aria-label="Search the dashboards"
          placeholder="Search"
          className="pl-9"
          value={search.q ?? ""}
          onChange={(event) => onSearch({ q: event.target.value || undefined })}
        />
      </div>
      {workspaces.length > 1 && (
        <Select
          aria-label="Workspace"
          className="min-w-44"
          value={search.workspace ?? ""}
          onChange={(event) => onSearch({ workspace: event.target.value || undefined })}
        >
          <option value="">All workspaces</option>
          {workspaces.map(({ id, name }) => (
            <option key={id} value={id}>
              {name}
            </option>
          ))}
        </Select>
      )}
      <Segmented
        label="Order"
        className="ml-auto"
        value={search.order ?? "name"}
        onChange={(order) => onSearch({ order: order === "name" ? undefined : order })}
        options={[
          { value: "name", title: "By name" },
          { value: "changed", title: "Last changed" },
        ]}
      />
    </div>
  );
}
