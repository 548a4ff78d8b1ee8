import { keyNames, useActions } from "@/lib/keys";
import { Dialog } from "@/parts/dialog";

/** Every shortcut, from the registry that binds them. */
export function ShortcutSheet({ onClose }: { onClose: () => void }) {
  const all = useActions().filter((a) => a.keys?.length);
  const groups = [...new Set(all.map((a) => a.group))];
  return (
    <Dialog open onClose={onClose} title="Shortcuts" wide>
      <div className="columns-1 gap-8 sm:columns-2">
        {groups.map((g) => (
          <section key={g} className="mb-4 break-inside-avoid">
            <h3 className="mb-1 font-medium text-muted">{g}</h3>
            <dl className="grid grid-cols-[1fr_auto] gap-x-4 gap-y-1">
              {all.filter((a) => a.group === g).map((a) => (
                <div key={a.id} className="contents">
                  <dt>{a.name}</dt>
                  <dd className="flex gap-1">{keyNames(a.keys![0]!).map((k, i) => <kbd key={i}>{k}</kbd>)}</dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
    </Dialog>
  );
}
