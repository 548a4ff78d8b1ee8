import { useEffect, useState } from "react";
import { begins, canRebind, chord, heardBy, keyNames, rebind, useActions, type Bound } from "@/lib/keys";
import { setPrefs, usePrefs } from "@/lib/prefs";
import { Button } from "@/parts/button";
import { Dialog } from "@/parts/dialog";
import { Keys } from "@/parts/keys";

/** Every shortcut, from the registry that binds them; those of letters and signs can be changed. */
export function ShortcutSheet({ onClose }: { onClose: () => void }) {
  const all = useActions().filter((a) => a.keys?.length);
  const groups = [...new Set(all.map((a) => a.group))];
  const { keys, singleKeys } = usePrefs();
  const [changing, setChanging] = useState<string>();
  return (
    <Dialog open onClose={onClose} title="Shortcuts" wide foot={Object.keys(keys).length > 0 && <Button onClick={() => rebind({})}>Reset all</Button>}>
      {!singleKeys && (
        <p className="text-muted">
          Single letters are switched off. <Button look="quiet" className="text-accent" onClick={() => setPrefs({ singleKeys: true })}>Switch on</Button>
        </p>
      )}
      <div className="columns-1 gap-8 sm:columns-2">
        {groups.map((g) => (
          <section key={g} aria-label={g} className="mb-4 break-inside-avoid">
            <h3 className="mb-1 font-medium text-muted">{g}</h3>
            <ul>{all.filter((a) => a.group === g).map((a) => <Line key={a.id} action={a} changing={changing === a.id} onChange={(on) => setChanging(on ? a.id : undefined)} />)}</ul>
          </section>
        ))}
      </div>
    </Dialog>
  );
}

/** An action with its keys. While they are being changed, the button listens for the new ones. */
function Line({ action: a, changing, onChange }: { action: Bound; changing: boolean; onChange: (on: boolean) => void }) {
  const { keys } = usePrefs();
  const [odd, setOdd] = useState("");
  const { [a.id]: chosen, ...others } = keys;
  const also = !changing && heardBy(a.keys![0]!, a.id);
  const take = (to: string) => {
    const other = heardBy(to, a.id);
    if (other) return setOdd(`${keyNames(to).join(" ")} is taken: ${other.name}.`);
    rebind(a.own?.includes(to) ? others : { ...others, [a.id]: to });
    onChange(false);
  };
  const first = useNextKeys(changing, take, setOdd, () => onChange(false));
  return (
    <li aria-label={a.name} className="flex min-h-7 flex-wrap items-center gap-x-1">
      <span className="mr-auto">{a.name}</span>
      {!changing && <Keys keys={a.keys![0]!} />}
      {canRebind(a) && (
        <>
          {chosen && !changing && <Button look="quiet" className="h-6! px-1.5!" aria-label={`Reset the keys of: ${a.name}`} onClick={() => rebind(others)}>Reset</Button>}
          <Button look="quiet" className="h-6! px-1.5!" aria-pressed={changing} aria-label={changing ? undefined : `Change the keys of: ${a.name}`} onBlur={() => onChange(false)} onClick={() => (setOdd(""), onChange(!changing))}>
            {!changing ? "Change" : first ? `${keyNames(first)[0]}, and then?` : "Press the new keys"}
          </Button>
        </>
      )}
      {changing && odd && <p role="alert" className="w-full text-right text-grid text-danger">{odd}</p>}
      {also && <p className="w-full text-right text-grid text-warning">The same keys as: {also.name}.</p>}
    </li>
  );
}

/**
 * Hears the next key before anything else does, or the two when it is one after which others come. Escape ends it, and
 * so does Tab, which goes on. Returns the first of two while the second is waited for.
 */
function useNextKeys(on: boolean, take: (keys: string) => void, refuse: (why: string) => void, end: () => void): string {
  const [first, setFirst] = useState("");
  useEffect(() => {
    if (!on) return setFirst("");
    const hear = (e: KeyboardEvent) => {
      if (["Control", "Shift", "Alt", "Meta"].includes(e.key)) return;
      if (e.key === "Tab") return end();
      e.preventDefault();
      e.stopImmediatePropagation();
      const now = chord(e);
      if (e.key === "Escape") return end();
      if (e.key.length > 1 || e.key === " ") return refuse("Press a letter, a digit or a sign, also with Ctrl or Alt.");
      if (!first && begins(now)) return setFirst(now);
      setFirst("");
      take(first ? `${first} ${now}` : now);
    };
    addEventListener("keydown", hear, true);
    return () => removeEventListener("keydown", hear, true);
  });
  return first;
}
