import { Outlet } from "@tanstack/react-router";
import { useOwnBrand } from "./use-own-brand";

/** What all pages share that are for those who are signed in. */
export function SignedIn() {
  useOwnBrand();
  return <Outlet />;
}
