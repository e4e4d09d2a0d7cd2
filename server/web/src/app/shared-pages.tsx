import { useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { SharedPage } from "@/features/shared/shared-page";
import { ThemeMenu } from "./theme-menu";

/** What links show, wired to the address. The token stays in it, behind the #. */

export function SharedRoute() {
  const search = useSearch({ from: "/shared" });
  const navigate = useNavigate({ from: "/shared" });
  return (
    <SharedPage
      search={search}
      onSearch={(next) => void navigate({ search: next, hash: true, replace: true, resetScroll: false })}
      tools={<ThemeMenu />}
    />
  );
}

/** The same within a page of somebody else's, whose history is not ours to write. */
export function EmbedRoute() {
  const { key } = useParams({ from: "/embed/$key" });
  const search = useSearch({ from: "/embed/$key" });
  const navigate = useNavigate({ from: "/embed/$key" });
  return (
    <SharedPage
      embedKey={key}
      search={search}
      onSearch={(next) => void navigate({ search: next, hash: true, replace: true, resetScroll: false })}
    />
  );
}
