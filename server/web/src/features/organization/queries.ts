import { useMutation } from "@tanstack/react-query";
import { answer, api } from "@/lib/api/client";
import type { OrganizationEnding } from "@/lib/api/types";

export function useDeleteOrganization(id: string) {
  return useMutation({
    mutationFn: (body: OrganizationEnding) =>
      answer(api.DELETE("/api/orgs/{id}", { params: { path: { id } }, body })),
  });
}
