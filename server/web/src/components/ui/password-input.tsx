import { Eye, EyeOff } from "lucide-react";
import { useState, type ComponentProps } from "react";
import { cn } from "@/lib/cn";
import { Button } from "./button";
import { Input } from "./input";

interface PasswordInputProps extends Omit<ComponentProps<"input">, "type"> {
  /** What is shown and hidden, where a form has more than one. */
  what?: string;
}

/** Hides what is typed until it is asked to show it. */
export function PasswordInput({ className, what = "password", ...props }: PasswordInputProps) {
  const [shown, setShown] = useState(false);
  return (
    <div className="relative">
      <Input type={shown ? "text" : "password"} className={cn("pr-10", className)} {...props} />
      <Button
        variant="ghost"
        size="icon-sm"
        className="absolute top-0.5 right-0.5"
        aria-label={`${shown ? "Hide" : "Show"} ${what}`}
        aria-pressed={shown}
        onClick={() => setShown(!shown)}
      >
        {shown ? <EyeOff /> : <Eye />}
      </Button>
    </div>
  );
}
