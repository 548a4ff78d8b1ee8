import clsx from "clsx";
import { Check, CircleDashed, CircleHelp, Split, X } from "lucide-react";
import { useRef, useState } from "react";
import type { Collection } from "@/lib/collections";
import { useAction } from "@/lib/keys";
import { grouped } from "@/lib/number";
import { problem } from "@/lib/pb";
import { Field, Select, TextArea } from "@/parts/input";
import { isBlank } from "@/parts/rules/editor";
import { readBody, readPairs, sampleSize, useExplained, usePaused, writePairs, type Account, type Explained, type Wish } from "@/parts/rules/explain";
import { Matrix } from "@/parts/rules/matrix";
import { AccountPicker, RecordPicker } from "@/parts/rules/pickers";
import { SaveTest } from "@/parts/rules/savetest";
import type { RuleTest } from "@/parts/rules/tests";
import { ClauseTree } from "@/parts/rules/tree";
import type { RuleAction } from "@/parts/rules/words";
import { Failed, Skeleton } from "@/parts/states";

/** Who asks, and of which record. */
export interface Asked {
  as: Account | "guest";
  record?: string;
}

const sends = (a: RuleAction) => a.slug !== "list" && a.slug !== "view" && a.slug !== "delete";
const contexts = ["default", "batch", "realtime", "expand", "protectedFile", "password", "oauth2", "otp"];

/**
 * Tries a rule on real records before it is saved: as somebody, on a record or a sample. It asks at every pause of
 * typing. What a request carries is that of a test to begin with.
 */
export function Playground({ collection: c, action, rule, asked, onAsk, start }: { collection: Collection; action: RuleAction; rule: string | null; asked: Asked; onAsk: (a: Asked) => void; start?: RuleTest }) {
  const [body, setBody] = useState(start?.body ? JSON.stringify(start.body, null, 2) : "");
  const [query, setQuery] = useState(writePairs(start?.query));
  const [headers, setHeaders] = useState(writePairs(start?.headers));
  const [context, setContext] = useState(start?.context ?? "default");
  const account = useRef<HTMLInputElement>(null);
  const read = readBody(body);
  const creates = action.slug === "create";
  const wish: Wish = {
    collection: c.name,
    action: action.slug,
    rule,
    as: asked.as,
    ...(!creates && (asked.record ? { records: [asked.record] } : { sample: sampleSize })),
    ...(sends(action) && { body: read ?? {} }),
    query: readPairs(query),
    headers: readPairs(headers),
    context,
  };
  const paused = usePaused(wish);
  const blank = isBlank(rule);
  const { data, error, isPlaceholderData, refetch } = useExplained(blank ? undefined : { ...paused, noTotals: true });
  // Counting may take longer than all the rest: the verdict does not wait for it.
  const totals = useExplained(blank || creates ? undefined : { ...paused, records: undefined, sample: 0 });
  const again = () => {
    if (!blank) void refetch();
    if (!blank && !creates) void totals.refetch();
  };
  useAction({ id: "run", name: "Ask the rule again", group: "Access", keys: ["mod+enter"], inText: true, run: again });
  useAction({ id: "as", name: "Ask as somebody else", group: "Access", keys: ["a"], run: () => account.current?.focus() });
  return (
    <section aria-label="Playground" className="flex flex-col gap-3 rounded-md border bg-panel p-3">
      <h2 className="text-title font-semibold">Try it: {action.name.toLowerCase()}</h2>
      <div className="grid gap-3 sm:grid-cols-2">
        <Field label="As">{(wired) => <AccountPicker ref={account} id={wired.id} value={asked.as} onChange={(as) => onAsk({ ...asked, as })} />}</Field>
        {!creates && <Field label="On">{(wired) => <RecordPicker id={wired.id} collection={c} value={asked.record} onChange={(record) => onAsk({ ...asked, record })} />}</Field>}
      </div>
      {sends(action) && (
        <Field label="Body" optional={!creates} error={read ? undefined : "This is no JSON object."} help={creates ? "The values of the new record." : undefined}>
          {(wired) => <TextArea {...wired} className="font-mono text-grid!" placeholder={'{ "title": "…" }'} value={body} onChange={(e) => setBody(e.target.value)} />}
        </Field>
      )}
      <details>
        <summary className="text-grid text-muted">Query, headers, context</summary>
        <div className="grid gap-3 pt-2 sm:grid-cols-2">
          <Lines label="Query" example="page: 2" value={query} onChange={setQuery} />
          <Lines label="Headers" example="X-Key: secret" value={headers} onChange={setHeaders} />
          <Field label="Context">
            {(wired) => <Select {...wired} value={context} onChange={(e) => setContext(e.target.value)}>{contexts.map((x) => <option key={x}>{x}</option>)}</Select>}
          </Field>
        </div>
      </details>
      {blank ? <p className="text-muted">Write a rule to see whom it lets pass.</p> : error && !data ? <Failed what="The rule could not be tried" error={error} onRetry={again} /> : data ? <Answer data={data} totals={creates || totals.isPlaceholderData ? undefined : totals.data} stale={isPlaceholderData} error={error} wish={wish} onPick={(record) => onAsk({ ...asked, record })} /> : <Skeleton lines={4} />}
    </section>
  );
}

function Lines({ label, example, value, onChange }: { label: string; example: string; value: string; onChange: (text: string) => void }) {
  return <Field label={label} help="A name and a value on each line.">{(wired) => <TextArea {...wired} className="font-mono text-grid!" placeholder={example} value={value} onChange={(e) => onChange(e.target.value)} />}</Field>;
}

const looks = {
  allowed: { icon: Check, word: "Allowed", hue: "text-success border-success" },
  refused: { icon: X, word: "Refused", hue: "text-danger border-danger" },
  mixed: { icon: Split, word: "Some pass", hue: "text-info border-info" },
  empty: { icon: CircleDashed, word: "Empty list", hue: "text-warning border-warning" },
  unknown: { icon: CircleHelp, word: "Nothing to ask", hue: "text-muted border-border" },
};

function Answer({ data, totals, stale, error, wish, onPick }: { data: Explained; totals?: Explained; stale: boolean; error: unknown; wish: Wish; onPick: (id: string) => void }) {
  const { icon: Icon, word, hue } = looks[data.verdict];
  return (
    <div className="flex flex-col gap-3" aria-busy={stale}>
      <div role="status" className={clsx("flex items-start gap-2 rounded-md border border-l-4 bg-bg px-3 py-2", hue)}>
        <Icon size={18} strokeWidth={2} aria-hidden className="mt-px shrink-0" />
        <p className="min-w-0 break-words"><b>{word}</b> <span className="text-muted">{data.status}</span> <span className="text-text">{data.reason}</span></p>
      </div>
      {!!error && <p role="alert" className="text-danger">{problem(error).message}</p>}
      {totals && <Totals data={totals} />}
      {data.tree.map((root) => <ClauseTree key={root.text} root={root} rows={data.rows.length} />)}
      {data.rows.length > 1 && <Matrix rows={data.rows} tree={data.tree} onPick={onPick} />}
      <SaveTest wish={wish} data={data} />
      <p className="text-label text-muted">Nothing is changed and no hook is called; hooks may still decide otherwise.</p>
    </div>
  );
}

const number = grouped;

/** How many records the stored rule lets pass, and how many this one. */
function Totals({ data }: { data: Explained }) {
  if (data.timedOut) return <p className="text-warning">Counting was stopped after 2 seconds.</p>;
  if (data.total === null || data.before === null || data.after === null) return null;
  const same = data.before === data.after;
  return (
    <p className="tabular" aria-label="Records that pass">
      {same ? <><b>{number(data.after)}</b> of {number(data.total)} records pass, as with the stored rule.</> : <><b>{number(data.before)} → {number(data.after)}</b> of {number(data.total)} records pass: before and with this rule.</>}
    </p>
  );
}
