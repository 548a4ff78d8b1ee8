import { Copy, RotateCw, X } from "lucide-react";
import { useState, type ReactNode } from "react";
import { problem } from "@/lib/pb";
import { Button } from "@/parts/button";
import { toast } from "@/parts/toast";

/** Lines where content will be; they show only when it takes longer than 150 ms. */
export function Skeleton({ lines = 6 }: { lines?: number }) {
  return (
    <div role="status" aria-label="Loading" className="late flex flex-col gap-3 p-4">
      {Array.from({ length: lines }, (_, i) => <div key={i} className="h-3 rounded-sm bg-hover" style={{ width: `${90 - ((i * 37) % 45)}%` }} />)}
    </div>
  );
}

/** One sentence on what belongs here, and the first thing to do about it. */
export function Empty({ children, acts }: { children: ReactNode; acts?: ReactNode }) {
  return (
    <div className="mx-auto flex max-w-100 flex-col items-center gap-3 p-8 text-center">
      <p className="text-form text-muted">{children}</p>
      {acts && <div className="flex flex-wrap justify-center gap-2">{acts}</div>}
    </div>
  );
}

/** What the server said when something failed, and what can be done. */
export function Failed({ error, what, onRetry }: { error: unknown; what: string; onRetry?: () => void }) {
  const p = problem(error);
  const details = () => `${what}\nstatus: ${p.status}\nmessage: ${p.message}\n${JSON.stringify(p.fields, null, 2)}\n${new Date().toISOString()}`;
  return (
    <Trouble what={what} onRetry={onRetry} copyWord="Copy details" details={details}>
      <p>
        {p.message}
        {p.status > 0 && <span className="text-muted"> (HTTP {p.status})</span>}
      </p>
      {Object.entries(p.fields).map(([name, f]) => (
        <p key={name}><b className="font-mono">{name}</b>: {f?.message ?? JSON.stringify(f)}</p>
      ))}
    </Trouble>
  );
}

interface TroubleProps {
  what: string;
  /** Where nothing else is left of the dashboard, its only heading. */
  heading?: "h1" | "h2";
  children: ReactNode;
  onRetry?: () => unknown;
  onClose?: () => void;
  copyWord: string;
  details: () => string;
}

/** Stands where something cannot be shown. It can be tried again, left, and told to somebody who can mend it. */
export function Trouble({ what, heading: Heading = "h2", children, onRetry, onClose, copyWord, details }: TroubleProps) {
  const [busy, setBusy] = useState(false);
  const retry = async () => {
    setBusy(true);
    await onRetry?.();
    setBusy(false);
  };
  return (
    <div role="alert" className="m-4 flex max-w-180 flex-col gap-2 rounded-md border border-danger p-4">
      <Heading className="text-title font-semibold">{what}</Heading>
      {children}
      <div className="flex flex-wrap gap-2 pt-1">
        {onRetry && <Button icon={RotateCw} busy={busy} onClick={() => void retry()}>Try again</Button>}
        {onClose && <Button icon={X} onClick={onClose}>Close</Button>}
        <Button look="quiet" icon={Copy} onClick={() => void navigator.clipboard.writeText(details()).then(() => toast("Copied."))}>{copyWord}</Button>
      </div>
    </div>
  );
}
