import { useState, type ChangeEvent, type KeyboardEvent } from "react";

/**
 * A text field whose text is kept while it is typed, so that leaving the page loses nothing of it. After Escape it is as it was when
 * one came to it; so it is where it is left empty and `needed` says that there has to be something.
 */
export function useKeptText(value: string, keep: (text: string) => void, needed = false) {
  const [text, setText] = useState(value);
  const [seen, setSeen] = useState(value);
  const [before, setBefore] = useState(value);
  // It was changed elsewhere, as by undoing.
  if (seen !== value) {
    setSeen(value);
    setText(value);
    setBefore(value);
  }
  const take = (next: string): string => {
    const trimmed = next.trim();
    const kept = trimmed === "" && needed ? before : trimmed;
    // Its own change is none from elsewhere: the field stays as it is typed.
    setSeen(kept);
    if (kept !== value) keep(kept);
    return kept;
  };
  const done = (next: string) => {
    const kept = take(next);
    setText(kept);
    setBefore(kept);
  };
  return {
    value: text,
    onChange: (event: ChangeEvent<HTMLInputElement>) => {
      setText(event.target.value);
      take(event.target.value);
    },
    onBlur: () => done(text),
    onKeyDown: (event: KeyboardEvent) => {
      if (event.key === "Enter") done(text);
      if (event.key === "Escape") done(before);
    },
  };
}
