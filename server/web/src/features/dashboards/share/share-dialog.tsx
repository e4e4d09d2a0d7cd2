import { useState } from "react";
import { Dialog, DialogContent } from "@/components/ui/dialog";
import type { NewlyShared, Share, Store } from "@/lib/api/types";
import type { Dashboard } from "@/lib/dashboards/document";
import { changeOf, newLink } from "./link";
import { LinkForm } from "./link-form";
import { LinkList } from "./link-list";
import { MadeLink } from "./made-link";
import { MakePublic } from "./make-public";
import { useChangeShare, useCreateShare } from "./queries";
import { RevokeDialog } from "./revoke-dialog";

interface ShareDialogProps {
  dashboard: Dashboard;
  /** The stores of its workspace. */
  stores: readonly Store[];
  onClose: () => void;
  returnTo?: () => HTMLElement | null;
}

type Step =
  | { at: "list" }
  | { at: "new" }
  | { at: "made"; made: NewlyShared }
  | { at: "change"; share: Share }
  | { at: "revoke"; share: Share };

const LIST: Step = { at: "list" };

/** Where links to a dashboard are made, changed and taken back. */
export function ShareDialog({ dashboard, stores, onClose, returnTo }: ShareDialogProps) {
  const [step, setStep] = useState<Step>(LIST);
  const back = () => setStep(LIST);
  if (step.at === "revoke") return <RevokeDialog share={step.share} onDone={back} />;
  const isOnce = step.at === "made";
  return (
    <Dialog open onOpenChange={(open) => !open && !isOnce && onClose()}>
      <DialogContent returnTo={returnTo} closable={!isOnce}>
        {isOnce ? (
          <MadeLink made={step.made} onKept={back} />
        ) : dashboard.visibility !== "public" ? (
          <MakePublic dashboard={dashboard} />
        ) : step.at === "new" ? (
          <NewLink
            dashboard={dashboard}
            stores={stores}
            onMade={(made) => setStep({ at: "made", made })}
            onBack={back}
          />
        ) : step.at === "change" ? (
          <ChangedLink share={step.share} onDone={back} />
        ) : (
          <LinkList
            dashboard={dashboard}
            stores={stores}
            onNew={() => setStep({ at: "new" })}
            onChange={(share) => setStep({ at: "change", share })}
            onRevoke={(share) => setStep({ at: "revoke", share })}
          />
        )}
      </DialogContent>
    </Dialog>
  );
}

interface NewLinkProps {
  dashboard: Dashboard;
  stores: readonly Store[];
  onMade: (made: NewlyShared) => void;
  onBack: () => void;
}

function NewLink({ dashboard, stores, onMade, onBack }: NewLinkProps) {
  const create = useCreateShare();
  return (
    <LinkForm
      share={null}
      name={dashboard.name}
      stores={stores}
      busy={create.isPending}
      error={create.error}
      onSend={(values, chosen, refuse) =>
        create.mutate(newLink(dashboard.id, chosen, values), { onSuccess: onMade, onError: refuse })
      }
      onBack={onBack}
    />
  );
}

function ChangedLink({ share, onDone }: { share: Share; onDone: () => void }) {
  const change = useChangeShare(share.id);
  return (
    <LinkForm
      share={share}
      name={share.name}
      stores={[]}
      busy={change.isPending}
      error={change.error}
      onSend={(values, _, refuse) =>
        change.mutate(changeOf(share, values), { onSuccess: onDone, onError: refuse })
      }
      onBack={onDone}
    />
  );
}
