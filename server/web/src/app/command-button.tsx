import { Search } from "lucide-react";
import { useCommandCenter } from "@/components/command/commands";
import { Button } from "@/components/ui/button";
import { Tooltip } from "@/components/ui/tooltip";
import { ariaKeys, keyNames } from "@/lib/keys";

const KEYS = "mod+k";

/** For who does not know the keys: opens what they open. */
export function CommandButton() {
  const { openPalette } = useCommandCenter();
  return (
    <Tooltip content={`Search and commands (${keyNames(KEYS).flat().join(" ")})`} side="bottom">
      <Button
        variant="ghost"
        size="icon-sm"
        aria-label="Search and commands"
        aria-keyshortcuts={ariaKeys(KEYS)}
        onClick={openPalette}
      >
        <Search />
      </Button>
    </Tooltip>
  );
}
