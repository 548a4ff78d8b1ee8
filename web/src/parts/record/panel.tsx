import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Copy, Link2, MoreHorizontal, Trash2, X } from "lucide-react";
import { useEffect, useRef, useState, type KeyboardEvent, type ReactNode } from "react";
import { kindOf } from "@/fields";
import type { Row } from "@/fields/kind";
import { createRecord, saveFields } from "@/lib/edits";
import type { Collection, FieldDef } from "@/lib/collections";
import { useAction } from "@/lib/keys";
import { useMedia } from "@/lib/media";
import { pb, problem, theirs, type Problem } from "@/lib/pb";
import { setPrefs } from "@/lib/prefs";
import { visited } from "@/lib/recent";
import { useEditing } from "@/lib/staged";
import { Boundary } from "@/parts/boundary";
import { Button, IconButton } from "@/parts/button";
import { Sheet } from "@/parts/dialog";
import { Field } from "@/parts/input";
import { Menu, MenuItem, MenuLine } from "@/parts/menu";
import { Conflict, type Clash } from "@/parts/record/conflict";
import { clearDraft, readDraft, writeDraft, type Values } from "@/parts/record/draft";
import { Banner, copy, IdChip } from "@/parts/small";
import { Failed, Skeleton } from "@/parts/states";
import { toast } from "@/parts/toast";

interface Props {
  collection: Collection;
  id: string;
  width: number;
  onClose: () => void;
  onOpen: (id: string | undefined) => void;
  onDelete: (row: Row) => void;
}

/** One record in full: beside the grid where there is room, else over it. */
export function RecordPanel(p: Props) {
  const beside = useMedia("(min-width: 1100px)");
  const title = p.id === "new" ? `New record in ${p.collection.name}` : `Record ${p.id} of ${p.collection.name}`;
  if (!beside)
    return (
      <Sheet open onClose={p.onClose} title={title}>
        <Guarded {...p} title={title} />
      </Sheet>
    );
  return (
    <aside aria-label={title} className="relative flex shrink-0 flex-col border-l bg-bg" style={{ width: p.width }}>
      <Edge width={p.width} />
      <Guarded {...p} title={title} />
    </aside>
  );
}

const Guarded = (p: Props & { title: string }) => <Boundary what="The record" onClose={p.onClose}><Body {...p} /></Boundary>;

function Edge({ width }: { width: number }) {
  const set = (w: number) => setPrefs({ panelWidth: Math.max(360, Math.min(900, w)) });
  return (
    <span
      role="separator"
      aria-orientation="vertical"
      aria-label="Width of the panel"
      aria-valuenow={width}
      aria-valuemin={360}
      aria-valuemax={900}
      tabIndex={0}
      className="absolute inset-y-0 -left-1 z-10 w-2 cursor-col-resize hover:bg-accent/40"
      onKeyDown={(e) => (e.key === "ArrowLeft" ? set(width + 24) : e.key === "ArrowRight" && set(width - 24))}
      onPointerDown={(e) => {
        const from = e.clientX;
        const to = (m: PointerEvent) => set(width - (m.clientX - from));
        const end = () => (removeEventListener("pointermove", to), removeEventListener("pointerup", end));
        addEventListener("pointermove", to);
        addEventListener("pointerup", end);
        e.preventDefault();
      }}
    />
  );
}

function Body(p: Props & { title: string }) {
  const isNew = p.id === "new";
  const { data, error, refetch } = useQuery({
    queryKey: ["record", p.collection.name, p.id],
    queryFn: () => pb.collection(p.collection.name).getOne<Row>(p.id, { expand: p.collection.fields.filter((f) => f.type === "relation").map((f) => f.name).join(",") || undefined }),
    enabled: !isNew,
  });
  useEffect(() => data && visited(p.collection.id, data.id), [data?.id]);
  if (error && !data) return <Failed what={problem(error).status === 404 ? `There is no record ${p.id} in ${p.collection.name}` : "The record could not be read"} error={error} onRetry={() => void refetch()} />;
  if (!isNew && !data) return <Skeleton lines={10} />;
  return <Form key={p.id} {...p} row={data} />;
}

const tabs = [
  { id: "fields", name: "Fields" },
  { id: "json", name: "JSON" },
] as const;
type Tab = (typeof tabs)[number]["id"];

/** The ways to see a record: one stop for Tab, arrows within; their numbers lead to them from anywhere. */
function TabList({ tab, onTab }: { tab: Tab; onTab: (t: Tab) => void }) {
  const list = useRef<HTMLDivElement>(null);
  const onKeyDown = (e: KeyboardEvent) => {
    const now = tabs.findIndex((t) => t.id === tab);
    const to = { ArrowRight: now + 1, ArrowLeft: now - 1 + tabs.length, Home: 0, End: tabs.length - 1 }[e.key];
    if (to === undefined) return;
    e.preventDefault();
    const next = tabs[to % tabs.length]!.id;
    onTab(next);
    list.current?.querySelector<HTMLElement>(`#tab-${next}`)?.focus();
  };
  return (
    <div ref={list} role="tablist" aria-label="Ways to see the record" className="flex gap-1 border-b px-3" onKeyDown={onKeyDown}>
      {tabs.map((t, i) => <TabButton key={t.id} {...t} number={i + 1} on={tab === t.id} onTab={() => onTab(t.id)} />)}
    </div>
  );
}

function TabButton({ id, name, number, on, onTab }: (typeof tabs)[number] & { number: number; on: boolean; onTab: () => void }) {
  useAction({ id: `tab-${id}`, name: `Show the record's ${name === "JSON" ? name : name.toLowerCase()}`, group: "Record", keys: [String(number)], run: onTab });
  return (
    <button type="button" role="tab" id={`tab-${id}`} tabIndex={on ? 0 : -1} aria-selected={on} aria-controls="record-tab" onClick={onTab} className={`target min-h-8 border-b-2 px-2 ${on ? "border-accent font-medium" : "border-transparent text-muted hover:text-text"}`}>
      {name}
    </button>
  );
}

/** Fields that are shown in the form, in their order. */
const formFields = (c: Collection, isNew: boolean): FieldDef[] => {
  const all = c.fields.filter((f) => f.name !== "tokenKey" && !(isNew && f.type === "autodate"));
  // The id of a new record is made when nobody wants to choose it: it comes last.
  return isNew ? all.toSorted((a, b) => Number(!!a["primaryKey"]) - Number(!!b["primaryKey"])) : all;
};

function blank(c: Collection): Values {
  return Object.fromEntries(formFields(c, true).map((f) => [f.name, kindOf(f).zero(f)]));
}

const same = (a: unknown, b: unknown) => a === b || JSON.stringify(a) === JSON.stringify(b);

function Form({ collection: c, id, row, title, onClose, onOpen, onDelete }: Props & { title: string; row?: Row }) {
  const client = useQueryClient();
  const draft = readDraft(c.id, id);
  const [base, setBase] = useState<Values>({ ...(row ?? blank(c)), ...draft?.seen });
  const [values, setValues] = useState<Values>({ ...(row ?? blank(c)), ...draft?.values });
  const [restored, setRestored] = useState(!!draft);
  const [fault, setFault] = useState<Problem>();
  const [clash, setClash] = useState<Clash[]>();
  const [busy, setBusy] = useState(false);
  const [tab, setTab] = useState<Tab>("fields");
  const { fixed: readOnly } = useEditing(c);
  const fields = formFields(c, !row);
  const form = useRef<HTMLFormElement>(null);
  useEffect(() => {
    if (!row) form.current?.querySelector<HTMLElement>("[role=tabpanel] :is(input, textarea, select):not(:disabled)")?.focus();
  }, [row]);
  const changed = Object.fromEntries(Object.entries(values).filter(([k, v]) => !same(v, base[k]) && !(k === "password" && !v)));
  const dirty = Object.keys(changed).length > 0;

  // What was changed elsewhere and is not being edited here is taken over.
  // What is being edited keeps the value that was seen, so that saving finds the clash; the bar shows it at once.
  const saving = useRef(false);
  useEffect(() => {
    if (!row || saving.current) return;
    const mine = (k: string) => !Object.hasOwn(row, k) || (!same(values[k], base[k]) && !same(values[k], row[k]));
    const names = Object.keys({ ...row, ...values });
    setBase(Object.fromEntries(names.map((k) => [k, mine(k) ? base[k] : row[k]])));
    setValues(Object.fromEntries(names.map((k) => [k, mine(k) ? values[k] : row[k]])));
    const clashes = Object.keys(row).filter((k) => k !== "expand" && mine(k) && !same(row[k], base[k])).map((name) => ({ name, mine: values[name], theirs: row[name] }));
    setClash(clashes.length ? clashes : undefined);
  }, [row]);
  useEffect(() => (dirty ? writeDraft(c.id, id, changed, base) : clearDraft(c.id, id)));

  const set = (name: string, value: unknown) => {
    setValues((v) => ({ ...v, [name]: value }));
    setFault((f) => f && { ...f, fields: Object.fromEntries(Object.entries(f.fields).filter(([k]) => k !== name)) });
  };

  const save = async (then: "stay" | "new", seen: Values = base) => {
    if (busy || readOnly) return;
    if (!dirty && row) return toast("Nothing has changed.");
    setBusy(true);
    setFault(undefined);
    try {
      const body = withPasswords(c, values, changed);
      if (row) {
        saving.current = true;
        const saved = await saveFields({ ...row, ...pick(seen, changed) }, body, comparable(c, pick(seen, changed)));
        client.setQueryData(["record", c.name, row.id], { ...saved, expand: undefined });
        setBase(saved);
        setValues(saved);
        setClash(undefined);
        toast("Saved.");
      } else {
        const made = await createRecord(c.name, body);
        clearDraft(c.id, id);
        if (then === "stay") return onOpen(made.id);
        setValues(blank(c));
        form.current?.querySelector<HTMLElement>("[role=tabpanel] :is(input, textarea, select)")?.focus();
        toast("Saved.");
      }
    } catch (err) {
      const now = theirs<Row>(err);
      if (now) setClash(Object.keys(problem(err).fields).map((name) => ({ name, mine: values[name], theirs: now[name] })));
      else setFault(problem(err));
    } finally {
      saving.current = false;
      setBusy(false);
    }
  };
  useAction({ id: "save", name: "Save the record", group: "Record", keys: ["mod+s"], inText: true, off: readOnly, run: () => void save("stay") });
  useAction({ id: "close-panel", name: "Close the panel", group: "Record", keys: ["]"], run: onClose });

  return (
    <form ref={form} className="flex min-h-0 flex-1 flex-col" aria-label={title} onSubmit={(e) => (e.preventDefault(), void save("stay"))} onKeyDown={(e) => e.key === "Escape" && !e.defaultPrevented && (e.preventDefault(), onClose())}>
      <header className="flex min-h-12 items-center gap-2 border-b px-4">
        <h2 className="text-title font-semibold">{row ? "Record" : "New record"}</h2>
        {row && <IdChip id={row.id} />}
        <div className="ml-auto flex items-center gap-1">
          {row && (
            <Menu trigger={<IconButton name="More" icon={MoreHorizontal} />}>
              <MenuItem icon={Copy} onSelect={() => void copy(JSON.stringify(row, null, 2))}>Copy as JSON</MenuItem>
              <MenuItem icon={Link2} onSelect={() => void copy(location.href)}>Copy the link</MenuItem>
              {!readOnly && <MenuItem onSelect={() => (writeDraft(c.id, "new", copyOf(c, values)), onOpen("new"))}>Duplicate</MenuItem>}
              {!readOnly && <MenuLine />}
              {!readOnly && <MenuItem icon={Trash2} danger onSelect={() => onDelete(row)}>Delete</MenuItem>}
            </Menu>
          )}
          <IconButton name="Close the panel" action="close-panel" icon={X} onClick={onClose} />
        </div>
      </header>
      <TabList tab={tab} onTab={setTab} />
      <div id="record-tab" role="tabpanel" aria-labelledby={`tab-${tab}`} tabIndex={0} className="flex min-h-0 flex-1 flex-col gap-4 overflow-auto p-4">
        {restored && dirty && (
          <Banner acts={<Button className="h-6!" onClick={() => (setBase(row ?? base), setValues(row ?? base), setClash(undefined), setRestored(false))}>Discard</Button>}>What you had not saved is back.</Banner>
        )}
        {fault && (
          <Banner kind="danger">
            {fault.message}
            {Object.entries(fault.fields).filter(([k]) => !fields.some((f) => f.name === k)).map(([k, f]) => <p key={k}>{k}: {f.message}</p>)}
          </Banner>
        )}
        {clash && <Conflict collection={c} clashes={clash} onMine={() => void save("stay", { ...base, ...Object.fromEntries(clash.map((x) => [x.name, x.theirs])) })} onTheirs={(name) => (set(name, clash.find((x) => x.name === name)!.theirs), setBase((b) => ({ ...b, [name]: clash.find((x) => x.name === name)!.theirs })), setClash(clash.filter((x) => x.name !== name)))} />}
        {tab === "json" ? (
          <pre tabIndex={0} className="overflow-auto rounded-md border bg-panel p-3 font-mono text-grid">{JSON.stringify(row ?? values, (k, v) => (k === "expand" ? undefined : v), 2)}</pre>
        ) : (
          fields.map((f) => <Boundary key={f.id} what={`The field ${f.name}`}><FieldRow field={f} row={row} value={values[f.name]} fault={fault?.fields[f.name]} disabled={readOnly || (!!f["primaryKey"] && !!row)} onChange={(v) => set(f.name, v)} /></Boundary>)
        )}
      </div>
      {!readOnly && (
        <footer className="flex items-center gap-2 border-t px-4 py-2">
          <Button type="submit" look="primary" busy={busy}>{row ? "Save" : "Create"}</Button>
          {!row && <Button busy={busy} onClick={() => void save("new")}>Create and make another</Button>}
          <span role="status" className="ml-auto text-grid text-muted">{dirty ? `${Object.keys(changed).length} ${Object.keys(changed).length === 1 ? "field" : "fields"} changed` : ""}</span>
        </footer>
      )}
    </form>
  );
}

function FieldRow({ field, row, value, fault, disabled, onChange }: { field: FieldDef; row?: Row; value: unknown; fault?: { message: string; code: string }; disabled: boolean; onChange: (v: unknown) => void }) {
  const kind = kindOf(field);
  const Icon = kind.icon;
  const marks: ReactNode[] = [field.required && "required", field.hidden && "hidden from the API"].filter(Boolean);
  return (
    <Field
      label={<span className="inline-flex items-center gap-1.5"><Icon size={14} strokeWidth={1.5} aria-hidden className="text-muted" />{field.name}</span>}
      aside={marks.length > 0 && <span className="text-label text-muted">{marks.join(", ")}</span>}
      help={field.help}
      error={fault?.message}
    >
      {(w) => <kind.Editor field={field} row={row} value={value} disabled={disabled} wired={w} onChange={onChange} />}
    </Field>
  );
}

const pick = (from: Values, names: Values): Values => Object.fromEntries(Object.keys(names).map((k) => [k, from[k]]));

/** What of the values seen the server can compare. */
const comparable = (c: Collection, seen: Values): Values => Object.fromEntries(Object.entries(seen).filter(([k]) => c.fields.some((f) => f.name === k && f.type !== "password")));

/** An account's password goes with its confirmation. */
function withPasswords(c: Collection, all: Values, changed: Values): Values {
  const body = { ...changed };
  if (c.type === "auth" && body["password"]) body["passwordConfirm"] = all["password"];
  return body;
}

/** What a copy of a record starts with: everything but what must be its own. */
function copyOf(c: Collection, values: Values): Values {
  const own = c.fields.filter((f) => f["primaryKey"] || f.type === "autodate" || f.type === "password" || f.type === "file").map((f) => f.name);
  return Object.fromEntries(Object.entries(values).filter(([k]) => c.fields.some((f) => f.name === k) && !own.includes(k)));
}
