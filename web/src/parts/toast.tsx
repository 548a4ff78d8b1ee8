import clsx from "clsx";
import { X } from "lucide-react";
import { useEffect, useSyncExternalStore } from "react";
import { Button, IconButton } from "@/parts/button";

interface Note {
  id: number;
  text: string;
  kind: "done" | "failed";
  act?: { name: string; run: () => void };
}

const listeners = new Set<() => void>();
let notes: Note[] = [];
let next = 1;

function set(to: Note[]): void {
  notes = to;
  for (const tell of listeners) tell();
}

/** Says for a while what was done, with a way to do something about it. */
export function toast(text: string, act?: Note["act"]): void {
  set([...notes.slice(-3), { id: next++, text, kind: "done", act }]);
}

/** Says what failed; it stays until it is closed. */
export function toastFailed(text: string, act?: Note["act"]): void {
  set([...notes.slice(-3), { id: next++, text, kind: "failed", act }]);
}

/**
 * Where notices stand. Each is a live region of its own; the place says aria-live as well, since a layer that is open hides
 * the rest of the page from assistive technology but for what says so.
 */
export function Toasts() {
  const shown = useSyncExternalStore((tell) => (listeners.add(tell), () => listeners.delete(tell)), () => notes);
  return (
    <section aria-label="Notices" aria-live="off" className="pointer-events-none fixed right-3 bottom-3 z-50 flex w-90 max-w-[calc(100vw-24px)] flex-col gap-2">
      {shown.map((n) => <Toast key={n.id} note={n} onClose={() => set(notes.filter((m) => m.id !== n.id))} />)}
    </section>
  );
}

function Toast({ note, onClose }: { note: Note; onClose: () => void }) {
  useEffect(() => {
    if (note.kind === "failed") return;
    const timer = setTimeout(onClose, note.act ? 10_000 : 5_000);
    return () => clearTimeout(timer);
  });
  return (
    <div role={note.kind === "failed" ? "alert" : "status"} className={clsx("appear pointer-events-auto flex items-start gap-2 rounded-md border bg-panel py-1.5 pr-1.5 pl-3 shadow-layer", note.kind === "failed" && "border-danger")}>
      <p className="min-w-0 flex-1 py-1 break-words">{note.text}</p>
      {note.act && <Button look="quiet" className="text-accent" onClick={() => (note.act!.run(), onClose())}>{note.act.name}</Button>}
      <IconButton name="Close notice" icon={X} onClick={onClose} />
    </div>
  );
}
