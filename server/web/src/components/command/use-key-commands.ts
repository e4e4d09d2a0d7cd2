import { useEffect } from "react";
import { arePlainKeysOn, isPlain, isTypedInto, matchKeys, SEQUENCE_MS } from "@/lib/keys";
import { allCommands, type Command } from "./commands";

function isHeard(command: Command, typing: boolean): boolean {
  if (command.keys === undefined) return false;
  if (typing && !command.whileTyping) return false;
  return arePlainKeysOn() || !isPlain(command.keys);
}

/** Does what keys are pressed for. What the page offers goes before what is there on every page. */
function listener(): (event: KeyboardEvent) => void {
  let begun: { key: string; at: number } | null = null;
  return (event) => {
    if (event.defaultPrevented || event.isComposing) return;
    if (["Shift", "Control", "Alt", "Meta"].includes(event.key)) return;
    // Behind an open dialog nothing is done.
    if (document.querySelector('[data-modal][data-state="open"]')) return;
    const first = begun !== null && event.timeStamp - begun.at <= SEQUENCE_MS ? begun.key : null;
    begun = null;
    const typing = isTypedInto(event.target);
    const heard = allCommands().filter((command) => isHeard(command, typing));
    for (const command of heard.reverse()) {
      const match = matchKeys(command.keys ?? "", event, first);
      if (match === "begins") begun = { key: event.key.toLowerCase(), at: event.timeStamp };
      if (match !== "all") continue;
      event.preventDefault();
      begun = null;
      command.run();
      return;
    }
  };
}

export function useKeyCommands(): void {
  useEffect(() => {
    const hear = listener();
    window.addEventListener("keydown", hear);
    return () => window.removeEventListener("keydown", hear);
  }, []);
}
