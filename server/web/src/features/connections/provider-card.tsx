import { Plus } from "lucide-react";
import { useId } from "react";
import { Button } from "@/components/ui/button";
import { Card, CardContent, CardHeader, CardTitle } from "@/components/ui/card";
import type { Provider } from "@/lib/api/types";
import { sentence } from "@/lib/format/text";
import { settingsOf } from "./operator";

interface ProviderCardProps {
  provider: Provider;
  mayConnect: boolean;
  onConnect: () => void;
}

/** A provider that is not connected. */
export function ProviderCard({ provider, mayConnect, onConnect }: ProviderCardProps) {
  const id = useId();
  return (
    <Card aria-labelledby={id} className="bg-transparent">
      <CardHeader>
        <CardTitle id={id}>{provider.title}</CardTitle>
        {mayConnect && provider.available && (
          <Button size="sm" aria-label={`Connect ${provider.title}`} onClick={onConnect}>
            <Plus aria-hidden /> Connect
          </Button>
        )}
      </CardHeader>
      <CardContent className="flex flex-col gap-2 text-muted-foreground">
        <p>{sentence(provider.description)}</p>
        {!provider.available && <NotSetUp provider={provider} />}
      </CardContent>
    </Card>
  );
}

function NotSetUp({ provider }: { provider: Provider }) {
  const settings = settingsOf(provider.id);
  return (
    <p className="text-sm">
      It is not set up yet: whoever runs this server makes it known to {provider.title} first
      {settings.length > 0 && (
        <>
          , by{" "}
          {settings.map((setting, index) => (
            <span key={setting}>
              {index > 0 && " and "}
              <code className="font-mono break-all">{setting}</code>
            </span>
          ))}
        </>
      )}
      .
    </p>
  );
}
