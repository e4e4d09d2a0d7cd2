import { useCallback, useMemo, useState } from "react";
import { forgetTicket, keepTicket, keptTicket, type Visit } from "./visit";

/** A visit to a link, and the ticket that it is given for its password. */
export function useVisit(token: string, embedKey: string | null) {
  const [ticket, setTicket] = useState(() => keptTicket(token));
  const visit = useMemo<Visit>(() => ({ token, ticket, embedKey }), [token, ticket, embedKey]);
  const unlock = useCallback(
    (given: string) => {
      keepTicket(token, given);
      setTicket(given);
    },
    [token],
  );
  /** Its time is over, or the password is another one by now. */
  const lock = useCallback(() => {
    forgetTicket(token);
    setTicket(null);
  }, [token]);
  return { visit, unlock, lock };
}
