import { useId, useRef, useState } from "react";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { Card, CardContent, CardHeader, CardTitle } from "@/components/ui/card";
import { useToast } from "@/components/ui/use-toast";
import type { Account } from "@/lib/api/types";
import { OneselfDialog } from "./oneself-dialog";
import { useBeginSecondFactor, useEndSecondFactor, useNewRecoveryCodes } from "./queries";
import { RecoveryCodes } from "./recovery-codes";
import { SecondFactorSetup } from "./second-factor-setup";

type Step =
  | { kind: "begin" | "end" | "renew" }
  | { kind: "scan"; secret: string; uri: string }
  | { kind: "codes"; codes: string[] };

/** So few that one should have others made. */
const FEW = 3;

export function SecondFactorCard({ account }: { account: Account }) {
  const id = useId();
  const card = useRef<HTMLElement>(null);
  const [step, setStep] = useState<Step | null>(null);
  const begin = useBeginSecondFactor();
  const end = useEndSecondFactor();
  const renew = useNewRecoveryCodes();
  const toast = useToast();
  const { enabled, recovery_codes_left: left } = account.second_factor;
  const open = (kind: "begin" | "end" | "renew") => {
    for (const call of [begin, end, renew]) call.reset();
    setStep({ kind });
  };
  // What was pressed may be gone when it is all over.
  const shared = { onClose: () => setStep(null), returnTo: () => card.current };
  return (
    <Card ref={card} tabIndex={-1} aria-labelledby={id} className="outline-none">
      <CardHeader>
        <CardTitle id={id} className="flex items-center gap-2">
          Second factor {enabled && <Badge>On</Badge>}
        </CardTitle>
      </CardHeader>
      <CardContent className="flex flex-col items-start gap-3">
        {enabled ? (
          <>
            <p className="text-muted-foreground">
              Signing in asks for a code of your authenticator app as well.{" "}
              <span className={left <= FEW ? "text-warn" : undefined}>
                {left === 1 ? "1 recovery code is left." : `${left} recovery codes are left.`}
              </span>
            </p>
            <div className="flex flex-wrap gap-2">
              <Button onClick={() => open("renew")}>New recovery codes</Button>
              <Button onClick={() => open("end")}>Turn off</Button>
            </div>
          </>
        ) : (
          <>
            <p className="text-muted-foreground">
              With it a password alone lets nobody in: signing in asks for a code of an app on your phone as
              well.
            </p>
            <Button variant="primary" onClick={() => open("begin")}>
              Set up
            </Button>
          </>
        )}
      </CardContent>
      {step?.kind === "begin" && (
        <OneselfDialog
          account={account}
          title="Set up the second factor"
          lead={
            account.has_password
              ? "First, your password, so that nobody else does this in your place."
              : "An authenticator app on your phone is all that is needed."
          }
          action="Go on"
          busy={begin.isPending}
          error={begin.error}
          onProof={(proof, refuse) =>
            begin.mutate(proof, {
              onSuccess: (made) => setStep({ kind: "scan", ...made }),
              onError: refuse,
            })
          }
          {...shared}
        />
      )}
      {step?.kind === "scan" && (
        <SecondFactorSetup
          secret={step.secret}
          uri={step.uri}
          onCodes={(codes) => setStep({ kind: "codes", codes })}
          {...shared}
        />
      )}
      {step?.kind === "codes" && <RecoveryCodes codes={step.codes} email={account.email} {...shared} />}
      {step?.kind === "renew" && (
        <OneselfDialog
          account={account}
          title="Make new recovery codes?"
          lead="The ones you have are worth nothing from then on."
          action="Make new ones"
          busy={renew.isPending}
          error={renew.error}
          onProof={(proof, refuse) =>
            renew.mutate(proof, {
              onSuccess: (codes) => setStep({ kind: "codes", codes }),
              onError: refuse,
            })
          }
          {...shared}
        />
      )}
      {step?.kind === "end" && (
        <OneselfDialog
          account={account}
          title="Turn off the second factor?"
          lead="Your password alone lets in whoever has it, from then on."
          action="Turn off"
          danger
          busy={end.isPending}
          error={end.error}
          onProof={(proof, refuse) =>
            end.mutate(proof, {
              onSuccess: () => {
                toast.show({ title: "The second factor is off" });
                setStep(null);
              },
              onError: refuse,
            })
          }
          {...shared}
        />
      )}
    </Card>
  );
}
