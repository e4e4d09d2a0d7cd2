import { Button } from "@/components/ui/button";
import { EmptyState } from "@/components/ui/states";

interface NothingSoldProps {
  /** How far the data reach, where these days are not among them: then it is not known that nothing was sold. */
  outside: string | null;
  onShowData: (() => void) | undefined;
}

/** For a range without orders in a store that has some. */
export function NothingSold({ outside, onShowData }: NothingSoldProps) {
  return (
    <EmptyState
      title={outside ? "No data for these days" : "No orders in these days"}
      className="flex-1"
      action={onShowData && <Button onClick={onShowData}>Show all orders</Button>}
    >
      {outside
        ? `${outside} Once orders of these days are imported, the line of revenue is here.`
        : "The line of revenue would be here. The store has orders on other days."}
    </EmptyState>
  );
}
