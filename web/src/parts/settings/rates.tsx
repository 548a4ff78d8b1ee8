import { Plus, Trash2 } from "lucide-react";
import { Button, IconButton } from "@/parts/button";
import { box } from "@/parts/input";

export interface RateRule {
  label: string;
  audience: string;
  duration: number;
  maxRequests: number;
}

/** The rules of how often callers may ask. */
export function Rates({ label, rules, faults, at, onChange }: { label: string; rules: RateRule[]; faults: Record<string, string>; at: string; onChange: (rules: RateRule[]) => void }) {
  const set = (i: number, change: Partial<RateRule>) => onChange(rules.map((r, n) => (n === i ? { ...r, ...change } : r)));
  const fault = (i: number) => Object.entries(faults).filter(([k]) => k.startsWith(`${at}.${i}.`)).map(([k, v]) => `${k.split(".").at(-1)}: ${v}`);
  return (
    <div className="flex flex-col gap-2 sm:col-span-2">
      <div className="overflow-x-auto" tabIndex={0} role="region" aria-label={label}>
        <table className="w-full min-w-120 text-left">
          <thead className="text-grid text-muted">
            <tr>
              <th className="font-medium">What</th>
              <th className="font-medium">Who</th>
              <th className="font-medium">Requests</th>
              <th className="font-medium">in seconds</th>
              <th><span className="sr-only">Remove</span></th>
            </tr>
          </thead>
          <tbody>
            {rules.map((r, i) => (
              <tr key={i} className="align-top">
                <td className="pr-1 pb-1">
                  <input aria-label={`What rule ${i + 1} counts`} className={`${box} h-8 font-mono text-grid!`} value={r.label} placeholder="posts:list, /api/" onChange={(e) => set(i, { label: e.target.value })} />
                  {fault(i).map((f) => <p key={f} role="alert" className="text-grid text-danger">{f}</p>)}
                </td>
                <td className="pr-1">
                  <select aria-label={`Whom rule ${i + 1} counts`} className={`${box} h-8 w-28!`} value={r.audience} onChange={(e) => set(i, { audience: e.target.value })}>
                    <option value="">All</option>
                    <option value="@guest">Guests</option>
                    <option value="@auth">Accounts</option>
                  </select>
                </td>
                <td className="pr-1"><input aria-label={`Requests of rule ${i + 1}`} inputMode="numeric" className={`${box} tabular h-8 w-20!`} value={r.maxRequests} onChange={(e) => set(i, { maxRequests: Number(e.target.value.replace(/\D/g, "")) })} /></td>
                <td className="pr-1"><input aria-label={`Seconds of rule ${i + 1}`} inputMode="numeric" className={`${box} tabular h-8 w-20!`} value={r.duration} onChange={(e) => set(i, { duration: Number(e.target.value.replace(/\D/g, "")) })} /></td>
                <td><IconButton name={`Remove rule ${i + 1}`} icon={Trash2} onClick={() => onChange(rules.filter((_, n) => n !== i))} /></td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <div>
        <Button icon={Plus} className="h-7!" onClick={() => onChange([...rules, { label: "", audience: "", duration: 10, maxRequests: 100 }])}>Rule</Button>
      </div>
    </div>
  );
}
