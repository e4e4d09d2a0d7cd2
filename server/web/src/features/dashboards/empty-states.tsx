import { LayoutDashboard, Plus, Store } from "lucide-react";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { EmptyState } from "@/components/ui/states";

/** A dashboard that shows nothing yet. */
export function EmptyDashboard({ onEdit }: { onEdit: (() => void) | undefined }) {
  return (
    <Card>
      <EmptyState
        icon={<LayoutDashboard aria-hidden strokeWidth={1.5} />}
        title="There is nothing on it yet"
        className="py-20"
        action={
          onEdit && (
            <Button variant="primary" onClick={onEdit}>
              <Plus aria-hidden /> Add the first widget
            </Button>
          )
        }
      >
        Figures, charts and texts stand here once somebody has put them here.
      </EmptyState>
    </Card>
  );
}

/** A workspace of which one sees no store. */
export function NoStores() {
  return (
    <Card>
      <EmptyState
        icon={<Store aria-hidden strokeWidth={1.5} />}
        title="There is no store to show"
        className="py-20"
      >
        The workspace of this dashboard has no store yet. Its figures are here once there is one.
      </EmptyState>
    </Card>
  );
}
