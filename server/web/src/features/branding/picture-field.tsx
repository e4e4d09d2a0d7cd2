import { Upload, X } from "lucide-react";
import { useId, useRef, useState } from "react";
import { Button } from "@/components/ui/button";
import { cn } from "@/lib/cn";
import { ACCEPTED, pictureOf } from "./picture";

interface PictureFieldProps {
  title: string;
  hint: string;
  /** The picture as a data URL; null where there is none. */
  value: string | null;
  onValue: (value: string | null) => void;
  /** What the server says is wrong with it. */
  refused: string | null;
  /** The ground that it is shown on. */
  ground: "light" | "dark" | "page";
}

const GROUNDS = { light: "bg-white", dark: "bg-neutral-900", page: "bg-card" };

/** A picture of one's own, chosen from one's files. */
export function PictureField({ title, hint, value, onValue, refused, ground }: PictureFieldProps) {
  const id = useId();
  const input = useRef<HTMLInputElement>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const wrong = problem ?? refused;
  const choose = async (file: File | undefined) => {
    if (!file) return;
    const picture = await pictureOf(file);
    setProblem("problem" in picture ? picture.problem : null);
    if ("url" in picture) onValue(picture.url);
  };
  return (
    <div role="group" aria-labelledby={id} className="flex min-w-0 flex-col gap-1.5">
      <p id={id} className="font-medium">
        {title}
      </p>
      <div className="flex flex-wrap items-center gap-3">
        <div
          className={cn("flex h-14 w-36 items-center justify-center rounded-md border p-2", GROUNDS[ground])}
        >
          {value && <img src={value} alt={title} className="max-h-full max-w-full object-contain" />}
        </div>
        <input
          ref={input}
          type="file"
          accept={ACCEPTED}
          className="sr-only"
          tabIndex={-1}
          aria-label={title}
          onChange={(event) => {
            void choose(event.target.files?.[0]);
            // The same file can be chosen once more.
            event.target.value = "";
          }}
        />
        <Button size="sm" aria-label={`Choose a file for ${title}`} onClick={() => input.current?.click()}>
          <Upload aria-hidden /> Choose…
        </Button>
        {value && (
          <Button
            size="sm"
            variant="ghost"
            aria-label={`Remove ${title}`}
            onClick={() => {
              setProblem(null);
              onValue(null);
            }}
          >
            <X aria-hidden /> Remove
          </Button>
        )}
      </div>
      <p
        role={wrong === null ? undefined : "alert"}
        className={cn("text-sm", wrong === null ? "text-muted-foreground" : "text-bad")}
      >
        {wrong ?? hint}
      </p>
    </div>
  );
}
