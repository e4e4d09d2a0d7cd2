import { CheckboxField } from "@/components/ui/checkbox-field";
import { Dialog, DialogContent, DialogDescription, DialogTitle } from "@/components/ui/dialog";
import { isPlain, setPlainKeys, usePlainKeys } from "@/lib/keys";
import { useAllCommands } from "./commands";
import { Keys } from "./keys";
import { grouped } from "./search";

/** Every key that does something here, and the switch for those that one also types. */
export default function ShortcutsDialog({ onClose }: { onClose: () => void }) {
  const plain = usePlainKeys();
  const keyed = useAllCommands().filter(({ keys }) => keys !== undefined);
  return (
    <Dialog
      open
      onOpenChange={(open) => {
        if (!open) onClose();
      }}
    >
      <DialogContent className="max-w-lg">
        <div className="flex min-h-0 flex-col gap-4 overflow-y-auto p-5">
          <DialogTitle className="pr-10">Keyboard shortcuts</DialogTitle>
          <DialogDescription>What the keys do on this page.</DialogDescription>
          {grouped(keyed).map(({ group, entries }) => (
            <section key={group} aria-label={group} className="flex flex-col">
              <h3 className="pb-1 text-sm text-muted-foreground">{group}</h3>
              <dl>
                {entries.map(({ id, title, keys = "" }) => (
                  <div key={id} className="flex items-center justify-between gap-4 border-t py-1.5">
                    <dt className={isPlain(keys) && !plain ? "text-muted-foreground" : undefined}>{title}</dt>
                    <dd>{isPlain(keys) && !plain ? "off" : <Keys keys={keys} />}</dd>
                  </div>
                ))}
              </dl>
            </section>
          ))}
          <CheckboxField
            title="Keys of one character"
            hint="Switch them off where you speak to your computer, or hit keys by mistake. Keys with Ctrl or ⌘ stay."
            checked={plain}
            onChecked={setPlainKeys}
          />
        </div>
      </DialogContent>
    </Dialog>
  );
}
