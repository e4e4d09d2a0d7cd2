import { createContext } from "react";

/** How deep the titles of widgets stand among the headings of the page: below those of sections that have one. */
export const HeadingContext = createContext<2 | 3>(2);
