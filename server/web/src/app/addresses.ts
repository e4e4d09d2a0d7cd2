/** Where a dashboard is. */
export function dashboardAddress(id: string): string {
  return `/dashboards/${encodeURIComponent(id)}`;
}
