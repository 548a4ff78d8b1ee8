import clsx from "clsx";
import { Globe, Lock, ScrollText } from "lucide-react";
import { accessOf, type Access, type Collection } from "@/lib/collections";
import { Button } from "@/parts/button";
import { Segmented } from "@/parts/input";
import { Menu, MenuItem } from "@/parts/menu";
import { RuleInput } from "@/parts/rules/input";
import { lint, templates, type RuleAction } from "@/parts/rules/words";

export type Rules = Partial<Record<RuleAction["key"], string | null>>;

/** A rule whose text was emptied. It is no rule yet: nothing at all would let everyone in. */
const blank = " ";

/** Whether a rule has no text although it is to be one. */
export const isBlank = (rule: string | null | undefined): boolean => !!rule && !rule.trim();

/** One action: who may, in a word, and the rule when it is a rule. */
export function RuleEditor({ collection: c, action, rules, stored, fault, names, focused, onChange, onFocus }: { collection: Collection; action: RuleAction; rules: Rules; stored: string | null; fault?: string; names: string[]; focused: boolean; onChange: (rule: string | null) => void; onFocus: () => void }) {
  const rule = rules[action.key] ?? null;
  const access = accessOf(rule);
  const notes = access === "rule" ? lint({ ...c, ...rules } as Collection, action, rule!) : [];
  const choose = (a: Access) => onChange(a === "superusers" ? null : a === "everyone" ? "" : stored || '@request.auth.id != ""');
  return (
    <section aria-labelledby={`rule-${action.slug}`} onFocus={onFocus} className={clsx("flex flex-col gap-2 rounded-md border p-3", focused && "border-accent", access === "everyone" && action.writes && "border-public")}>
      <div className="flex flex-wrap items-center gap-3">
        <h2 id={`rule-${action.slug}`} className="text-title font-semibold">{action.name}</h2>
        {access === "everyone" && action.writes && <span className="text-label font-semibold text-public">public write</span>}
        {rule !== stored && <span className="text-label text-warning">not saved</span>}
        <div className="ml-auto">
          <Segmented
            label={`Who may: ${action.name}`}
            value={access}
            onChange={choose}
            options={[
              { value: "superusers", name: <><Lock size={14} strokeWidth={1.5} aria-hidden />{action.locked}</> },
              { value: "rule", name: <><ScrollText size={14} strokeWidth={1.5} aria-hidden />Rule</> },
              { value: "everyone", name: <><Globe size={14} strokeWidth={1.5} aria-hidden />Everyone</> },
            ]}
          />
        </div>
      </div>
      <p id={`rule-${action.slug}-help`} className="text-grid text-muted">{action.help}</p>
      {access === "rule" && (
        <>
          <RuleInput label={`Rule: ${action.name}`} value={rule!.trim() ? rule! : ""} names={names} autoFocus={focused} onChange={(text) => onChange(text === "" ? blank : text)} wired={{ id: `rule-${action.slug}-text`, "aria-describedby": `rule-${action.slug}-help`, ...(fault && { "aria-invalid": true as const }) }} />
          <div className="flex flex-wrap gap-2">
            <Menu align="start" trigger={<Button className="h-6!">Templates</Button>}>
              {templates(c).map((t) => <MenuItem key={t.name} onSelect={() => onChange(t.rule)}>{t.name}</MenuItem>)}
            </Menu>
          </div>
        </>
      )}
      {isBlank(rule) && <p role="alert" className="text-danger">A rule needs a text. Choose “Everyone” if everyone may.</p>}
      {fault && <p role="alert" className="text-danger">{fault}</p>}
      {notes.length > 0 && <ul className="flex flex-col gap-1">{notes.map((n) => <li key={n} className="border-l-2 border-warning pl-2 text-grid text-warning">{n}</li>)}</ul>}
    </section>
  );
}
