import { useQuery } from "@tanstack/react-query";
import { useCallback, type ReactNode } from "react";
import { ApiError } from "@/lib/api/error";
import { useBrandOf } from "@/lib/brand";
import { useShareToken } from "@/lib/share-token";
import { sharedQuery } from "./queries";
import type { SharedSearch } from "./search";
import { SharedAnswer } from "./shared-answer";
import { SharedDashboardView } from "./shared-dashboard";
import { NoLink, NotOpened, Opening, ShowsNothing } from "./shared-states";
import { UnlockForm } from "./unlock-form";
import { useVisit } from "./use-visit";
import { isLocked, isOver } from "./visit";

interface SharedPageProps {
  /** The key of the frame, where it is shown within a page of somebody else's. */
  embedKey?: string;
  search: SharedSearch;
  onSearch: (search: SharedSearch) => void;
  /** What can be done with the page as a whole, on its bar. */
  tools?: ReactNode;
}

/** What whoever has a link sees: a dashboard, or the answer to a question. */
export function SharedPage(props: SharedPageProps) {
  const token = useShareToken();
  return token === null ? <NoLink /> : <Opened key={token} token={token} {...props} />;
}

function Opened({ token, embedKey, ...page }: SharedPageProps & { token: string }) {
  const { visit, unlock, lock } = useVisit(token, embedKey ?? null);
  const { data: shared, error, refetch } = useQuery(sharedQuery(visit));
  useBrandOf(shared?.brand);
  // A ticket that is not good any more is asked for anew; whatever else was refused, the link itself tells.
  const onRefused = useCallback(
    (refused: ApiError) => {
      if (isLocked(refused)) lock();
      else void refetch();
    },
    [lock, refetch],
  );
  if (error instanceof ApiError) {
    if (isLocked(error)) return <UnlockForm visit={visit} onTicket={unlock} />;
    if (isOver(error)) return <ShowsNothing />;
  }
  if (!shared) return error ? <NotOpened error={error} onRetry={() => void refetch()} /> : <Opening />;
  const { name, expires_at, dashboard, answer } = shared;
  const frame = { name, expiresAt: expires_at, isEmbedded: embedKey !== undefined };
  if (dashboard) {
    return (
      <SharedDashboardView
        {...page}
        frame={frame}
        dashboard={dashboard}
        visit={visit}
        onRefused={onRefused}
      />
    );
  }
  return answer ? <SharedAnswer frame={frame} answer={answer} tools={page.tools} /> : <ShowsNothing />;
}
