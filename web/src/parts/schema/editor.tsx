import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Plus } from "lucide-react";
import { useEffect, useRef, useState, type ReactNode } from "react";
import { bootstrapQuery, type Collection } from "@/lib/collections";
import { useAction } from "@/lib/keys";
import { get, problem, send, type Problem } from "@/lib/pb";
import { Boundary } from "@/parts/boundary";
import { Button } from "@/parts/button";
import { Checkbox, Field, Segmented, TextArea, TextInput } from "@/parts/input";
import { useTestGuard } from "@/parts/rules/guard";
import { Effects, useLosses, Losses } from "@/parts/schema/effects";
import { FieldRow } from "@/parts/schema/fieldrow";
import { Indexes } from "@/parts/schema/indexes";
import { bodyOf, changesOf, isUnique, makeIndex, newField, readLines, rulesWith, type Draft, type SchemaDraft } from "@/parts/schema/model";
import { ViewRows } from "@/parts/schema/viewrows";
import { Banner } from "@/parts/small";
import { toast } from "@/parts/toast";

/** Edits the shape of a collection, or of a new one. Nothing is saved until Save; what is lost by it is said before. */
export function SchemaEditor({ collection: c, start, at, foot, onSaved }: { collection?: Collection; start: SchemaDraft; /** The field that gets the focus, by its name. */ at?: string; foot?: ReactNode; onSaved: (c: Collection) => void }) {
  const client = useQueryClient();
  const { data } = useQuery(bootstrapQuery);
  const collections = data?.collections ?? [];
  const [d, setDraft] = useState(start);
  const [focus, setFocus] = useState("");
  useEffect(() => setFocus((now) => start.fields.find((f) => f.def.name === at)?.key ?? now), [at]);
  const [fault, setFault] = useState<Problem>();
  const [offset, setOffset] = useState(0);
  const [busy, setBusy] = useState(false);
  const [rewrite, setRewrite] = useState(true);
  const [asking, setAsking] = useState(false);
  const name = useRef<HTMLInputElement>(null);
  const guard = useTestGuard();
  const changes = c && changesOf(c, d);
  const losses = useLosses(c, changes);
  const dirty = !c || !!changes?.any || (changes?.dropped.length ?? 0) + (changes?.added.length ?? 0) > 0;
  const touched = c && changes ? [...new Set(changes.renamed.flatMap(([from]) => rulesWith(c, from)))] : [];

  const setFields = (fields: Draft[]) => setDraft({ ...d, fields });
  const addAfter = (at: number, list: Draft[] = [newField("", "text")]) => {
    setFields([...d.fields.slice(0, at + 1), ...list, ...d.fields.slice(at + 1)]);
    setFocus(list.at(-1)!.key);
  };
  const change = (i: number, to: Draft) => {
    setFault(undefined);
    setFields(to.dropped && !to.was ? d.fields.filter((_, at) => at !== i) : d.fields.map((f, at) => (at === i ? to : f)));
  };
  const move = (i: number, by: number) => {
    const to = i + by;
    if (to < 0 || to >= d.fields.length) return;
    const next = [...d.fields];
    next.splice(to, 0, ...next.splice(i, 1));
    setFields(next);
    setFocus(d.fields[i]!.key);
  };
  const paste = (i: number, text: string): boolean => {
    if (!/\n|^\s*[[{]/.test(text)) return false;
    const list = readLines(text, collections);
    if (!list.length) return false;
    const before = d.fields[i];
    const fields = before && !before.def.name ? d.fields.filter((_, at) => at !== i) : d.fields;
    setFields([...fields, ...list]);
    return true;
  };

  const save = async (sure = false) => {
    if (busy || !dirty) return;
    // A line that nobody has named is no field.
    const draft = { ...d, fields: d.fields.filter((f) => f.was || f.def.name.trim()).map((f) => (f.was ? f : (readLines(f.def.name, collections)[0] && /[\s:(!]/.test(f.def.name.trim()) ? { ...f, def: { ...readLines(f.def.name, collections)[0]!.def } } : f))) };
    if (!sure && losses.list.length) return setAsking(true);
    setAsking(false);
    setBusy(true);
    setFault(undefined);
    try {
      const to = bodyOf(c, draft, rewrite);
      if (c && !(await guard.passes({ change: { collection: c.id, to } }))) return;
      const saved = await send<Collection>(c ? "PATCH" : "POST", c ? `api/collections/${encodeURIComponent(c.id)}` : "api/collections", to);
      client.setQueryData(["collection", saved.name], saved);
      await client.invalidateQueries({ queryKey: ["bootstrap"] });
      void client.invalidateQueries({ queryKey: ["rows", saved.name] });
      toast(c ? "Saved." : `${saved.name} is there.`);
      onSaved(saved);
    } catch (err) {
      setDraft(draft);
      setOffset(c ? 0 : await systemFields(d.type));
      setFault(problem(err));
    } finally {
      setBusy(false);
    }
  };
  useAction({ id: "save", name: "Save the schema", group: "Schema", keys: ["mod+s"], inText: true, run: () => void save() });

  const faults = faultsOf(fault, offset);
  return (
    <form className="flex min-h-0 flex-1 flex-wrap" onSubmit={(e) => (e.preventDefault(), void save())}>
      <div className="flex min-w-80 flex-1 basis-150 flex-col gap-5 overflow-auto p-4">
        {fault && !Object.keys(faults.fields).length && <Banner kind="danger">{fault.message}{Object.entries(faults.other).map(([k, v]) => <p key={k}>{k}: {v}</p>)}</Banner>}
        <div className="grid max-w-180 gap-4 sm:grid-cols-[1fr_auto]">
          <Field label="Name" error={faults.other["name"]}>
            {(w) => (
              <TextInput
                {...w}
                ref={name}
                autoFocus={!c}
                disabled={c?.system}
                className="font-mono"
                value={d.name}
                onChange={(e) => setDraft({ ...d, name: e.target.value })}
                onKeyDown={(e) => {
                  if (e.key !== "Enter" || d.type === "view") return;
                  e.preventDefault();
                  if (d.fields.length) setFocus(d.fields[0]!.key);
                  else addAfter(-1);
                }}
              />
            )}
          </Field>
          {!c && (
            <div className="flex flex-col gap-1">
              <span className="text-grid font-medium">Type</span>
              <Segmented label="Type" value={d.type} onChange={(type) => setDraft({ ...d, type })} options={[{ value: "base", name: "Records" }, { value: "auth", name: "Accounts" }, { value: "view", name: "View" }]} />
            </div>
          )}
        </div>
        {d.type === "view" ? (
          <>
            <Field label="Query" help="One SELECT; it must have a column called id." error={faults.other["viewQuery"]}>
              {(w) => <TextArea {...w} className="min-h-32! font-mono text-grid!" value={d.viewQuery} onChange={(e) => setDraft({ ...d, viewQuery: e.target.value })} />}
            </Field>
            <ViewRows query={d.viewQuery} />
          </>
        ) : (
          <>
            <section aria-label="Fields" className="flex flex-col gap-2">
              <h2 className="text-title font-semibold">Fields</h2>
              <p className="text-muted">
                Type a name and a type, such as <code className="font-mono">title text!</code> or <code className="font-mono">author users</code>; Enter begins the next. Lines and JSON can be pasted.
              </p>
              <ul className="flex flex-col gap-1">
                {d.fields.map((f, i) => (
                  <FieldRow
                    key={f.key}
                    draft={f}
                    collections={collections}
                    faults={faults.fields[d.fields.slice(0, i).filter((x) => !x.dropped).length] ?? {}}
                    focus={focus === f.key}
                    onChange={(to) => change(i, to)}
                    onEnter={() => addAfter(i)}
                    onPaste={(text) => paste(i, text)}
                    onMove={(by) => move(i, by)}
                    unique={d.indexes.some((i) => isUnique(i, f.def.name))}
                    onUnique={(on) => setDraft({ ...d, indexes: on ? [...d.indexes, makeIndex(d.name || "collection", [f.def.name], true)] : d.indexes.filter((i) => !isUnique(i, f.def.name)) })}
                    onCopy={() => addAfter(i, [newField(`${f.def.name}_copy`, f.def.type, { ...f.def, id: "", name: `${f.def.name}_copy`, system: false })])}
                  />
                ))}
              </ul>
              <div>
                <Button icon={Plus} onClick={() => addAfter(d.fields.length - 1)}>Field</Button>
              </div>
            </section>
            <Indexes collection={d.name} indexes={d.indexes} fields={d.fields.filter((f) => !f.dropped).map((f) => f.def.name)} faults={faults.indexes} onChange={(indexes) => setDraft({ ...d, indexes })} />
          </>
        )}
        {foot}
      </div>
      <aside aria-label="What saving does" className="flex w-72 shrink-0 flex-col gap-3 border-l bg-panel p-4 max-md:w-full max-md:border-t max-md:border-l-0">
        <h2 className="text-title font-semibold">What saving does</h2>
        {c ? <Boundary what="The list"><Effects collection={c} changes={changes!} losses={losses} name={d.name} /></Boundary> : <p className="text-muted">Makes {d.name ? <b className="text-text">{d.name}</b> : "the collection"} with {d.fields.filter((f) => f.def.name).length} fields. Superusers alone may use it until you set rules.</p>}
        {touched.length > 0 && <Checkbox label={`Rename in ${touched.join(", ")} too`} checked={rewrite} onChange={(e) => setRewrite(e.target.checked)} />}
        <Button type="submit" look="primary" busy={busy} disabled={!dirty}>{c ? "Save" : "Create"}</Button>
      </aside>
      {guard.dialog}
      <Losses open={asking} losses={losses.list} onClose={() => setAsking(false)} onConfirm={() => void save(true)} />
    </form>
  );
}

interface Faults {
  fields: Record<number, Record<string, string>>;
  indexes: Record<number, string>;
  other: Record<string, string>;
}

/** How many fields the server puts before those of a new collection. */
async function systemFields(type: Collection["type"]): Promise<number> {
  const scaffolds = await get<Record<string, Collection>>("api/collections/meta/scaffolds").catch(() => ({}) as Record<string, Collection>);
  return scaffolds[type]?.fields.filter((f) => f.system).length ?? 0;
}

/** The faults of an answer, at the places where they belong. */
function faultsOf(p: Problem | undefined, offset: number): Faults {
  const out: Faults = { fields: {}, indexes: {}, other: {} };
  for (const [key, raw] of Object.entries(p?.fields ?? {})) {
    const nested = raw as unknown as Record<string, unknown>;
    if (key === "fields" && typeof nested["code"] !== "string") for (const [at, f] of Object.entries(nested)) out.fields[Number(at) - offset] = flat(f);
    else if (key === "indexes" && typeof nested["code"] !== "string") for (const [at, f] of Object.entries(nested)) out.indexes[Number(at)] = Object.values(flat(f)).join(" ");
    else out.other[key] = raw.message ?? JSON.stringify(raw);
  }
  return out;
}

function flat(f: unknown): Record<string, string> {
  const o = (f ?? {}) as Record<string, unknown>;
  if (typeof o["message"] === "string") return { "": o["message"] };
  return Object.fromEntries(Object.entries(o).map(([k, v]) => [k, (v as { message?: string }).message ?? JSON.stringify(v)]));
}
