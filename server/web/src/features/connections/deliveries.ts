import type { DeadDelivery } from "@/lib/api/types";
import { formatCount } from "@/lib/format/number";

/** What providers tell of, by their own names for it. */
const TOPICS = new Map([
  ["orders/create", "A new order"],
  ["orders/updated", "An order changed"],
  ["orders/edited", "An order was edited"],
  ["orders/cancelled", "An order was cancelled"],
  ["orders/delete", "An order was deleted"],
  ["refunds/create", "A refund"],
  ["products/create", "A new product"],
  ["products/update", "A product changed"],
  ["products/delete", "A product was deleted"],
  ["customers/create", "A new customer"],
  ["customers/update", "A customer changed"],
  ["customers/enable", "A customer’s account was opened"],
  ["customers/disable", "A customer’s account was closed"],
  ["customers/merge", "Two customers became one"],
  ["customers/delete", "A customer was deleted"],
  ["inventory_levels/update", "The stock of an item changed"],
  ["inventory_levels/connect", "An item is stocked at one more place"],
  ["inventory_items/update", "An item of the stock changed"],
  ["checkouts/delete", "A checkout was deleted"],
  ["app/uninstalled", "Aloftly was removed from the shop"],
  ["app/scopes_update", "What Aloftly may see changed"],
  ["customers/data_request", "A customer asks for their data"],
  ["customers/redact", "A customer wants to be forgotten"],
  ["shop/redact", "The shop wants to be forgotten"],
]);

/** What a message tells of, in words; null where there are only the provider's. */
export function newsOf({ topic }: Pick<DeadDelivery, "topic">): string | null {
  return TOPICS.get(topic) ?? null;
}

const THINGS = new Map([
  ["order", "order"],
  ["product", "product"],
  ["customer", "customer"],
  ["inventory_item", "item"],
  ["checkout", "checkout"],
]);

/** The thing that a message is about, as a part of a line; null where it is about the account itself, or nobody knows. */
export function thingOf({ object }: Pick<DeadDelivery, "object">): string | null {
  const [kind = "", id] = object?.split(/:(.*)/s) ?? [];
  if (id === undefined) return null;
  return `${THINGS.get(kind) ?? kind} ${id}`;
}

export function messagesOf(count: number): string {
  return count === 1 ? "1 message" : `${formatCount(count)} messages`;
}
