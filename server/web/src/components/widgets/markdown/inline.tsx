import type { Token, Tokens } from "marked";
import { Fragment, type ReactNode } from "react";

/** The tokens that marked knows; it also has room for those of extensions, of which there are none here. */
type Known =
  | Tokens.Strong
  | Tokens.Em
  | Tokens.Del
  | Tokens.Codespan
  | Tokens.Br
  | Tokens.Link
  | Tokens.Image
  | Tokens.Escape
  | Tokens.HTML
  | Tokens.Tag
  | Tokens.Checkbox
  | Tokens.Text;

const SAFE = /^(https?:|mailto:)/i;

/** Where a link leads; null for what is no address of the web, such as a script. */
export function safeAddress(href: string): string | null {
  return SAFE.test(href.trim()) ? href.trim() : null;
}

/** A line of Markdown. HTML is shown as it is written, and an image as what it says of itself: nothing foreign is loaded. */
export function Inline({ tokens }: { tokens: readonly Token[] | undefined }): ReactNode {
  return (tokens ?? []).map((token, index) => (
    // A text that changes is read anew: its pieces have no names of their own.
    <Fragment key={index}>{inlineOf(token as Known)}</Fragment>
  ));
}

function inlineOf(token: Known): ReactNode {
  switch (token.type) {
    case "strong":
      return (
        <strong className="font-semibold">
          <Inline tokens={token.tokens} />
        </strong>
      );
    case "em":
      return (
        <em>
          <Inline tokens={token.tokens} />
        </em>
      );
    case "del":
      return (
        <del>
          <Inline tokens={token.tokens} />
        </del>
      );
    case "codespan":
      return <code className="rounded bg-muted px-1 py-0.5 font-mono text-[0.9em]">{token.text}</code>;
    case "br":
      return <br />;
    case "link":
      return <SafeLink token={token} />;
    case "image":
      return token.text;
    case "checkbox":
      return (
        <input
          type="checkbox"
          checked={token.checked}
          disabled
          aria-label={token.checked ? "Done" : "To do"}
          className="mr-1.5 align-middle"
        />
      );
    case "text":
      return "tokens" in token && token.tokens ? <Inline tokens={token.tokens} /> : token.text;
    default:
      return token.text;
  }
}

function SafeLink({ token }: { token: Tokens.Link }) {
  const address = safeAddress(token.href);
  if (address === null) return <Inline tokens={token.tokens} />;
  return (
    <a
      href={address}
      target="_blank"
      rel="noopener noreferrer"
      title={token.title ?? undefined}
      className="text-accent underline underline-offset-2"
    >
      <Inline tokens={token.tokens} />
    </a>
  );
}
