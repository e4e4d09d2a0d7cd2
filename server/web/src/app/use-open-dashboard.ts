import { useNavigate } from "@tanstack/react-router";
import { useCallback } from "react";

/** Goes to a dashboard, to look at it or to change it. */
export function useOpenDashboard() {
  const navigate = useNavigate();
  return useCallback(
    (dashboardId: string, edit = false) =>
      void navigate({
        to: "/dashboards/$dashboardId",
        params: { dashboardId },
        search: edit ? { edit: true } : {},
      }),
    [navigate],
  );
}
