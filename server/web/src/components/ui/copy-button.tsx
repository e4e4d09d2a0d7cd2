import { Check, Copy } from "lucide-react";
import { useState, type ComponentProps } from "react";
import { copyText } from "@/lib/clipboard";
import { Button } from "./button";

interface CopyButtonProps extends Omit<ComponentProps<typeof Button>, "onClick" | "children"> {
  text: string;
  title: string;
}

export function CopyButton({ text, title, ...props }: CopyButtonProps) {
  const [copied, setCopied] = useState(false);
  return (
    <Button
      onClick={() => {
        void copyText(text).then(setCopied);
      }}
      {...props}
    >
      {copied ? <Check aria-hidden /> : <Copy aria-hidden />}
      <span aria-live="polite">{copied ? "Copied" : title}</span>
    </Button>
  );
}
