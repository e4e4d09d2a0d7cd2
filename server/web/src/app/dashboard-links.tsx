import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { Button } from "@/components/ui/button";
import type { DashboardLinkProps } from "@/features/dashboards/links";

export function ToDashboard({ id, className, children }: DashboardLinkProps) {
  return (
    <Link to="/dashboards/$dashboardId" params={{ dashboardId: id }} className={className}>
      {children}
    </Link>
  );
}

export function ToNewDashboard({ children }: { children: ReactNode }) {
  return (
    <Button asChild variant="primary">
      <Link to="/dashboards/new">{children}</Link>
    </Button>
  );
}

export function ToDashboards() {
  return (
    <Button asChild>
      <Link to="/dashboards">All dashboards</Link>
    </Button>
  );
}
