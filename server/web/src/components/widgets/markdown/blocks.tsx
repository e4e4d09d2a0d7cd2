import type { Token, Tokens } from "marked";
import { Fragment, type ReactNode } from "react";
import { cn } from "@/lib/cn";
import { Inline } from "./inline";

type Known =
  | Tokens.Heading
  | Tokens.Paragraph
  | Tokens.List
  | Tokens.Blockquote
  | Tokens.Code
  | Tokens.Table
  | Tokens.Hr
  | Tokens.HTML
  | Tokens.Space
  | Tokens.Def
  | Tokens.Checkbox
  | Tokens.Text;

interface BlocksProps {
  tokens: readonly Token[];
  /** The level of each heading among those of the page. */
  levels: ReadonlyMap<Token, number>;
}

/** Markdown as elements; none of it ever is HTML. */
export function Blocks({ tokens, levels }: BlocksProps): ReactNode {
  return tokens.map((token, index) => <Fragment key={index}>{blockOf(token as Known, levels)}</Fragment>);
}

const SIZES = ["text-lg font-semibold", "text-base font-semibold", "text-base font-medium"];

function blockOf(token: Known, levels: BlocksProps["levels"]): ReactNode {
  switch (token.type) {
    case "heading": {
      const level = levels.get(token) ?? 6;
      const Tag = `h${level}` as "h1";
      return (
        <Tag className={cn("text-balance not-first:mt-2", SIZES[token.depth - 1] ?? SIZES.at(-1))}>
          <Inline tokens={token.tokens} />
        </Tag>
      );
    }
    case "paragraph":
      return (
        <p>
          <Inline tokens={token.tokens} />
        </p>
      );
    case "list":
      return <List token={token} levels={levels} />;
    case "blockquote":
      return (
        <blockquote className="flex flex-col gap-2 border-l-2 pl-3 text-muted-foreground">
          <Blocks tokens={token.tokens} levels={levels} />
        </blockquote>
      );
    case "code":
      return (
        <pre className="rounded-md bg-muted p-3 font-mono text-sm break-words whitespace-pre-wrap">
          <code>{token.text}</code>
        </pre>
      );
    case "table":
      return <TextTable token={token} />;
    case "hr":
      return <hr />;
    case "checkbox":
      return <Inline tokens={[token]} />;
    case "text":
      return token.tokens ? <Inline tokens={token.tokens} /> : token.text;
    case "html":
      return <p>{token.text}</p>;
    default:
      return null;
  }
}

function List({ token, levels }: { token: Tokens.List; levels: BlocksProps["levels"] }) {
  const items = token.items.map((item, index) => (
    <li key={index} className={cn(item.task && "list-none")}>
      <Blocks tokens={item.tokens} levels={levels} />
    </li>
  ));
  const look = "flex flex-col gap-1 pl-5 marker:text-muted-foreground";
  if (!token.ordered) return <ul className={cn("list-disc", look)}>{items}</ul>;
  return (
    <ol start={token.start === "" ? undefined : token.start} className={cn("list-decimal", look)}>
      {items}
    </ol>
  );
}

function TextTable({ token }: { token: Tokens.Table }) {
  const align = (index: number) => ({ textAlign: token.align[index] ?? undefined });
  return (
    <table className="w-full text-left tabular-nums">
      <thead>
        <tr>
          {token.header.map((cell, index) => (
            <th key={index} scope="col" style={align(index)} className="border-b px-2 py-1 font-medium">
              <Inline tokens={cell.tokens} />
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {token.rows.map((row, at) => (
          <tr key={at}>
            {row.map((cell, index) => (
              <td key={index} style={align(index)} className="border-b px-2 py-1">
                <Inline tokens={cell.tokens} />
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
