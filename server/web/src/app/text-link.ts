/** How a way to another page looks within a text. */
export const textLink = "text-accent underline underline-offset-4";
