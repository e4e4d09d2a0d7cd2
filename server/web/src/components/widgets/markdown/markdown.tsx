import { Lexer } from "marked";
import { useMemo } from "react";
import { Blocks } from "./blocks";
import { headingLevels } from "./levels";

interface MarkdownProps {
  text: string;
  /** The level of the heading that is above the text. */
  above: number;
}

/** A text in Markdown. */
export default function Markdown({ text, above }: MarkdownProps) {
  const tokens = useMemo(() => Lexer.lex(text, { gfm: true, breaks: true }), [text]);
  return (
    <div className="flex flex-col gap-2 break-words">
      <Blocks tokens={tokens} levels={headingLevels(tokens, above)} />
    </div>
  );
}
