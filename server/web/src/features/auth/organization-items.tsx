import { useQuery } from "@tanstack/react-query";
import {
  DropdownMenuLabel,
  DropdownMenuRadioGroup,
  DropdownMenuRadioItem,
  DropdownMenuSeparator,
} from "@/components/ui/dropdown-menu";
import { useToast } from "@/components/ui/use-toast";
import { messageOf } from "@/lib/api/error";
import { organizationsQuery, useEnterOrganization } from "./session";

/** The organisations to go to. Asked for when the menu is open; who belongs to one only, as most do, sees nothing of it. */
export function OrganizationItems({ onEntered }: { onEntered: () => void }) {
  const { data: organizations = [] } = useQuery(organizationsQuery);
  const enter = useEnterOrganization();
  const toast = useToast();
  if (organizations.length < 2) return null;
  const current = organizations.find((organization) => organization.is_current);
  return (
    <>
      <DropdownMenuLabel>Organisations</DropdownMenuLabel>
      <DropdownMenuRadioGroup
        value={current?.id ?? ""}
        onValueChange={(id) => {
          if (id === current?.id) return;
          // The menu is gone when the answer comes, and what is passed to a call goes with it.
          enter.mutateAsync(id).then(onEntered, (error: unknown) => {
            const description = error instanceof Error ? messageOf(error) : String(error);
            toast.show({ title: "You are still where you were", description, tone: "bad" });
          });
        }}
      >
        {organizations.map((organization) => (
          <DropdownMenuRadioItem key={organization.id} value={organization.id}>
            <span className="min-w-0 truncate">{organization.name}</span>
          </DropdownMenuRadioItem>
        ))}
      </DropdownMenuRadioGroup>
      <DropdownMenuSeparator />
    </>
  );
}
