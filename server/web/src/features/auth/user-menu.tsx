import { useQuery } from "@tanstack/react-query";
import { LogOut } from "lucide-react";
import type { ReactNode } from "react";
import { Avatar } from "@/components/ui/avatar";
import { Button } from "@/components/ui/button";
import {
  DropdownMenu,
  DropdownMenuContent,
  DropdownMenuItem,
  DropdownMenuLabel,
  DropdownMenuSeparator,
  DropdownMenuTrigger,
} from "@/components/ui/dropdown-menu";
import { useToast } from "@/components/ui/use-toast";
import { OrganizationItems } from "./organization-items";
import { sessionQuery, useSignOut } from "./session";

interface UserMenuProps {
  onSignedOut: () => void;
  /** Another organisation was entered: everything that is shown belongs to the one before. */
  onEntered: () => void;
  /** More entries, such as the way to the settings. */
  children?: ReactNode;
}

export function UserMenu({ onSignedOut, onEntered, children }: UserMenuProps) {
  const { data: session } = useQuery(sessionQuery);
  const signOut = useSignOut();
  const toast = useToast();
  if (!session) return null;
  const { user, organization } = session;
  return (
    <DropdownMenu>
      <DropdownMenuTrigger asChild>
        <Button variant="ghost" size="icon-sm" aria-label={`Account of ${user.name || user.email}`}>
          <Avatar name={user.name || user.email} />
        </Button>
      </DropdownMenuTrigger>
      <DropdownMenuContent align="end" className="w-60">
        <DropdownMenuLabel>
          <span className="block truncate font-medium text-foreground">{user.name || user.email}</span>
          <span className="block truncate">{user.email}</span>
          <span className="block truncate">{organization.name}</span>
        </DropdownMenuLabel>
        <DropdownMenuSeparator />
        <OrganizationItems onEntered={onEntered} />
        {children}
        <DropdownMenuItem
          onSelect={() =>
            signOut.mutate(undefined, {
              onSuccess: onSignedOut,
              onError: (error) =>
                toast.show({ title: "You are still signed in", description: error.message, tone: "bad" }),
            })
          }
        >
          <LogOut aria-hidden className="text-muted-foreground" />
          Sign out
        </DropdownMenuItem>
      </DropdownMenuContent>
    </DropdownMenu>
  );
}
