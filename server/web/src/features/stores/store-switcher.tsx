import { ChevronsUpDown } from "lucide-react";
import { Fragment } from "react";
import { Button } from "@/components/ui/button";
import {
  DropdownMenu,
  DropdownMenuContent,
  DropdownMenuLabel,
  DropdownMenuRadioGroup,
  DropdownMenuRadioItem,
  DropdownMenuTrigger,
} from "@/components/ui/dropdown-menu";
import type { Store } from "@/lib/api/types";
import { storeColour } from "@/lib/store-colour";

interface StoreSwitcherProps {
  stores: Store[];
  current: Store;
  onSwitch: (storeId: string) => void;
}

function workspacesOf(stores: Store[]): { id: string; name: string; stores: Store[] }[] {
  const workspaces = new Map<string, { id: string; name: string; stores: Store[] }>();
  for (const store of stores) {
    const workspace = workspaces.get(store.workspace.id) ?? { ...store.workspace, stores: [] };
    workspace.stores.push(store);
    workspaces.set(workspace.id, workspace);
  }
  return [...workspaces.values()];
}

function Dot({ colour }: { colour: string }) {
  return <span aria-hidden className="size-2.5 shrink-0 rounded-[3px]" style={{ backgroundColor: colour }} />;
}

export function StoreSwitcher({ stores, current, onSwitch }: StoreSwitcherProps) {
  return (
    <DropdownMenu>
      <DropdownMenuTrigger asChild>
        <Button
          size="sm"
          className="max-w-52 min-w-0 shrink"
          aria-label={`Store: ${current.name}. Switch store`}
        >
          <Dot colour={storeColour(current.id, stores)} />
          <span className="truncate">{current.name}</span>
          <ChevronsUpDown aria-hidden className="text-muted-foreground" />
        </Button>
      </DropdownMenuTrigger>
      <DropdownMenuContent align="start" className="w-72 max-w-[calc(100vw-1.5rem)]">
        <DropdownMenuRadioGroup value={current.id} onValueChange={onSwitch}>
          {workspacesOf(stores).map((workspace) => (
            <Fragment key={workspace.id}>
              <DropdownMenuLabel>{workspace.name}</DropdownMenuLabel>
              {workspace.stores.map((store) => (
                <DropdownMenuRadioItem key={store.id} value={store.id}>
                  <Dot colour={storeColour(store.id, stores)} />
                  <span className="min-w-0 flex-1 truncate">{store.name}</span>
                  <span className="text-sm text-muted-foreground">{store.currency}</span>
                </DropdownMenuRadioItem>
              ))}
            </Fragment>
          ))}
        </DropdownMenuRadioGroup>
      </DropdownMenuContent>
    </DropdownMenu>
  );
}
