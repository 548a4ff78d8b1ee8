import clsx from "clsx";
import { Check, CircleHelp, Minus, Split, X, type LucideIcon } from "lucide-react";
import { comparisons, markWords, opWords, sideText, type Clause, type Mark, type Side } from "@/parts/rules/explain";

const marks: Record<Mark, { icon: LucideIcon; hue: string }> = {
  yes: { icon: Check, hue: "text-success" },
  no: { icon: X, hue: "text-danger" },
  some: { icon: Split, hue: "text-info" },
  unknown: { icon: CircleHelp, hue: "text-warning" },
  none: { icon: Minus, hue: "text-faint" },
};

/** What came of a clause: a shape, a colour, and a word for those who see neither. */
export function MarkIcon({ mark, className }: { mark: Mark; className?: string }) {
  const { icon: Icon, hue } = marks[mark];
  return (
    <span className={clsx("inline-flex shrink-0", hue, className)}>
      <Icon size={16} strokeWidth={2} aria-hidden />
      <span className="sr-only">{markWords[mark]}</span>
    </span>
  );
}

/** What came of a clause: for the one record, or for all of several together. */
const markOf = (c: Clause, rows: number): Mark => (rows < 2 || c.result === "none" ? c.result : c.passes === rows ? "yes" : c.passes ? "some" : "no");

/** The rule taken apart: what holds, and for one record the values on both sides and where the matter was decided. */
export function ClauseTree({ root, rows }: { root: Clause; rows: number }) {
  const numbers = new Map(comparisons(root).map((c, i) => [c, i + 1]));
  return <ul aria-label="Parts of the rule" className="flex flex-col gap-1.5"><Part clause={root} numbers={numbers} rows={rows} /></ul>;
}

function Part({ clause: c, numbers, rows, idle }: { clause: Clause; numbers: Map<Clause, number>; rows: number; idle?: boolean }) {
  const stop = c.op === "&&" ? c.children.findIndex((k) => k.result !== "yes") : c.op === "||" ? c.children.findIndex((k) => k.result === "yes") : -1;
  const number = numbers.get(c);
  return (
    <li className="flex flex-col gap-1.5">
      <div className={clsx("flex items-start gap-1.5 rounded-sm", c.decided && rows === 1 && "bg-selected px-1.5 py-1")}>
        <MarkIcon mark={markOf(c, rows)} className="mt-0.5" />
        <div className="min-w-0 flex-1">
          {number ? (
            <>
              <p className="text-body"><span className="tabular mr-1 text-muted">{numbers.size > 1 && `${number}.`}</span><code className={clsx("font-mono text-grid break-words", idle && "text-muted")}>{c.text}</code></p>
              {rows === 1 && <Values left={c.left} right={c.right} words={opWords(c.op, c.result)} />}
            </>
          ) : (
            <p className="text-grid text-muted">{c.op === "||" ? "one of these" : "all of these"}</p>
          )}
          {c.note && rows === 1 && <p className="text-grid text-warning">{c.note}</p>}
          {idle && number && <p className="text-label text-muted">not needed: settled before</p>}
        </div>
        {c.decided && rows === 1 && <span className="shrink-0 text-label font-medium">decides</span>}
        {rows > 1 && <span className="tabular shrink-0 text-label text-muted">{c.passes} of {rows}</span>}
      </div>
      {c.children.length > 0 && (
        <ul className="ml-2 flex flex-col gap-1.5 border-l pl-3">
          {c.children.map((k, i) => <Part key={k.from} clause={k} numbers={numbers} rows={rows} idle={idle || (rows === 1 && stop >= 0 && i > stop)} />)}
        </ul>
      )}
    </li>
  );
}

function Values({ left, right, words }: { left?: Side; right?: Side; words: string }) {
  if (!left || !right) return null;
  const l = sideText(left);
  const r = sideText(right);
  if (!l && !r) return null;
  return (
    <p className="text-grid break-words text-muted">
      <span className="font-mono">{l || left.text}</span> {words} <span className="font-mono">{r || right.text}</span>
    </p>
  );
}
