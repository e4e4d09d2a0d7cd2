import { Link } from "@tanstack/react-router";
import { Settings } from "lucide-react";
import { DropdownMenuItem } from "@/components/ui/dropdown-menu";
import { UserMenu } from "@/features/auth/user-menu";

/** The user menu, with its ways to the rest of the app. */
export function AccountMenu() {
  return (
    <UserMenu
      // A fresh page: nothing that was loaded remains in memory.
      onSignedOut={() => window.location.assign("/sign-in")}
      onEntered={() => window.location.assign("/")}
    >
      <DropdownMenuItem asChild>
        <Link to="/settings">
          <Settings aria-hidden className="text-muted-foreground" />
          Settings
        </Link>
      </DropdownMenuItem>
    </UserMenu>
  );
}
