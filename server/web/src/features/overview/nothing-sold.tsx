import { Button } from "@/components/ui/button";
import { EmptyState } from "@/components/ui/states";

/** For a range without orders in a store that has some. */
export function NothingSold({ onShowData }: { onShowData: (() => void) | undefined }) {
  return (
    <EmptyState
      title="No orders in these days"
      className="flex-1"
      action={onShowData && <Button onClick={onShowData}>Show all orders</Button>}
    >
      The line of revenue would be here. The store has orders on other days.
    </EmptyState>
  );
}
