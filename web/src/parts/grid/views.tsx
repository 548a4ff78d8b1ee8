import { useQuery } from "@tanstack/react-query";
import { Bookmark } from "lucide-react";
import { useState, type FormEvent } from "react";
import type { Collection } from "@/lib/collections";
import { useAction } from "@/lib/keys";
import type { LayoutName } from "@/lib/layouts";
import { problem } from "@/lib/pb";
import { setPrefs, usePrefs } from "@/lib/prefs";
import { addressOf, changeView, dropView, lookText, makeView, viewsQuery, type Look, type View } from "@/lib/views";
import { Button } from "@/parts/button";
import { layoutOf, type useColumns } from "@/parts/grid/columns";
import { Field, TextInput } from "@/parts/input";
import { Popover } from "@/parts/menu";
import { toast, toastFailed } from "@/parts/toast";

interface Props {
  collection: Collection;
  q: string;
  s: string;
  layout: LayoutName;
  /** The id of the view that the address names. */
  v?: string;
  columns: ReturnType<typeof useColumns>;
  /** The rows are here: what is saved is asked for after them. */
  ready: boolean;
  onSearch: (change: { q?: string; s?: string; v?: string; layout?: string }) => void;
}

const tried = (work: Promise<unknown>, said: string) => void work.then(() => toast(said)).catch((err) => toastFailed(problem(err).message));

/** Saved ways to look at the records: filter, sorting, columns, height of the rows, layout. */
export function Views({ collection: c, q, s, layout, v, columns, ready, onSearch }: Props) {
  const { density } = usePrefs();
  const { data: views = [] } = useQuery({ ...viewsQuery(c.id), enabled: ready });
  const [open, setOpen] = useState(false);
  const now: Look = { q, s, ...columns.layout, density, layout };
  const view = views.find((x) => x.id === v);
  const changed = !!view && lookText(view.options) !== lookText(now);

  const show = (to: View | undefined) => {
    columns.set(layoutOf(to?.options ?? {}));
    if (to?.options.density) setPrefs({ density: to.options.density });
    onSearch(addressOf(to));
    setOpen(false);
  };
  const save = () => view && tried(changeView(c.id, view.id, { options: now }), `Saved the view ${view.name}.`);
  useAction({ id: "save-view", name: `Save the view ${view?.name ?? ""}`, group: "Records", off: !changed, run: save });
  useAction({ id: "views", name: `Views of ${c.name}`, group: "Records", run: () => setOpen(true) });

  return (
    <>
      <Popover name="Views" align="end" open={open} onOpenChange={setOpen} trigger={<Button icon={Bookmark}>{view ? <span className="max-w-40 truncate max-md:max-w-20">{view.name}</span> : "Views"}{changed && <><span aria-hidden className="size-2 rounded-full bg-accent" /><span className="sr-only">, changed</span></>}</Button>}>
        <div className="flex w-72 flex-col gap-2">
          <ul aria-label="Views" className="flex max-h-60 flex-col overflow-auto">
            <Choice name="All records" hint="" on={!view} onShow={() => show(undefined)} />
            {views.map((x) => <Choice key={x.id} name={x.name} hint={[x.shared && "shared", x.default && "default"].filter(Boolean).join(", ")} on={x === view} onShow={() => show(x)} />)}
          </ul>
          {view && <Current key={view.id} collection={c} view={view} onGone={() => show(undefined)} />}
          <NewView collection={c} look={now} onMade={(made) => (onSearch(addressOf(made)), setOpen(false))} />
        </div>
      </Popover>
      {changed && <Button onClick={save}>Save</Button>}
    </>
  );
}

function Choice({ name, hint, on, onShow }: { name: string; hint: string; on: boolean; onShow: () => void }) {
  return (
    <li>
      <button type="button" aria-current={on || undefined} onClick={onShow} className={`target flex min-h-7 w-full items-center justify-between gap-3 rounded-sm px-2 text-left ${on ? "bg-selected font-medium" : "hover:bg-hover"}`}>
        <span className="truncate">{name}</span>
        <span className="shrink-0 text-label text-muted">{hint}</span>
      </button>
    </li>
  );
}

/** Who sees the view that is shown, and whether it is shown first. */
function Current({ collection: c, view, onGone }: { collection: Collection; view: View; onGone: () => void }) {
  const change = (to: Partial<View>) => tried(changeView(c.id, view.id, to), `Saved the view ${view.name}.`);
  return (
    <fieldset className="flex flex-col gap-1 border-t pt-2">
      <legend className="sr-only">The view {view.name}</legend>
      <Box name="Shared with all superusers" on={view.shared} onChange={(shared) => change({ shared })} />
      <Box name={`Shown first in ${c.name}`} on={view.default} onChange={(first) => change({ default: first })} />
      <Button look="quiet" className="self-start text-danger" onClick={() => tried(dropView(c.id, view.id).then(onGone), `Deleted the view ${view.name}.`)}>Delete the view</Button>
    </fieldset>
  );
}

function NewView({ collection: c, look, onMade }: { collection: Collection; look: Look; onMade: (v: View) => void }) {
  const [name, setName] = useState("");
  const [shared, setShared] = useState(false);
  const [fault, setFault] = useState<string>();
  const save = async (e: FormEvent) => {
    e.preventDefault();
    try {
      onMade(await makeView(c.id, { name, shared, options: look }));
      setName("");
      toast(`Saved the view ${name}.`);
    } catch (err) {
      setFault(problem(err).fields["name"]?.message ?? problem(err).message);
    }
  };
  return (
    <form aria-label="New view" className="flex flex-col gap-2 border-t pt-2" onSubmit={(e) => void save(e)}>
      <Field label="Save what is shown as" error={fault}>{(w) => <TextInput {...w} autoComplete="off" value={name} onChange={(e) => (setName(e.target.value), setFault(undefined))} />}</Field>
      <Box name="Shared with all superusers" on={shared} onChange={setShared} />
      <Button type="submit" className="self-start">Save as a new view</Button>
    </form>
  );
}

function Box({ name, on, onChange }: { name: string; on: boolean; onChange: (on: boolean) => void }) {
  return (
    <label className="flex min-h-7 items-center gap-2">
      <input type="checkbox" className="size-4 accent-accent" checked={on} onChange={(e) => onChange(e.target.checked)} />
      {name}
    </label>
  );
}
