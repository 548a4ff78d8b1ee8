import { Images, MapPinned, Rows3, type LucideIcon } from "lucide-react";
import type { Collection, FieldDef } from "@/lib/collections";
import { useAction } from "@/lib/keys";
import { chosen, layoutsOf, pictureFields, placeFields, type Drawn, type LayoutName, type PictureSize } from "@/lib/layouts";
import { Button } from "@/parts/button";
import { Field, Segmented, Select } from "@/parts/input";
import { Popover } from "@/parts/menu";

const looks: Record<LayoutName, { word: string; icon: LucideIcon; keys: string }> = {
  table: { word: "Table", icon: Rows3, keys: "v t" },
  gallery: { word: "Gallery", icon: Images, keys: "v g" },
  map: { word: "Map", icon: MapPinned, keys: "v m" },
};

/** Chooses among the layouts that the collection can have; nothing when there is no choice. */
export function LayoutSwitch({ collection: c, value, onChange }: { collection: Collection; value: LayoutName; onChange: (l: LayoutName) => void }) {
  const can = layoutsOf(c);
  if (can.length < 2) return null;
  return (
    <>
      <Segmented
        label="Layout"
        value={value}
        onChange={onChange}
        options={can.map((l) => {
          const { word, icon: Icon } = looks[l];
          return { value: l, name: <span className="inline-flex items-center gap-1.5" title={word}><Icon size={16} strokeWidth={1.5} aria-hidden /><span className="max-md:sr-only">{word}</span></span> };
        })}
      />
      {can.map((l) => <Shortcut key={l} layout={l} off={l === value} run={() => onChange(l)} />)}
    </>
  );
}

function Shortcut({ layout, off, run }: { layout: LayoutName; off: boolean; run: () => void }) {
  const { word, keys } = looks[layout];
  useAction({ id: `layout-${layout}`, name: `Show as a ${word.toLowerCase()}`, group: "Records", keys: [keys], off, run });
  return null;
}

const sizes: { value: PictureSize; name: string }[] = [
  { value: "small", name: "Small" },
  { value: "medium", name: "Medium" },
  { value: "large", name: "Large" },
];

/** What a gallery or a map is drawn with. */
export function LayoutMenu({ collection: c, layout, drawn, onDraw }: { collection: Collection; layout: LayoutName; drawn: Drawn; onDraw: (change: Drawn) => void }) {
  if (layout === "table") return null;
  const { word, icon } = looks[layout];
  const places = placeFields(c);
  if (layout === "map" && places.length < 2) return null;
  return (
    <Popover name={word} align="end" trigger={<Button icon={icon}><span className="max-md:sr-only">{word}</span></Button>}>
      <div className="flex w-60 flex-col gap-3 p-1">
        {layout === "gallery" ? (
          <>
            <Segmented label="Size of the pictures" value={drawn.size ?? "medium"} options={sizes} onChange={(size) => onDraw({ size })} />
            <Which label="Pictures of" fields={pictureFields(c)} name={drawn.picture} onChange={(picture) => onDraw({ picture })} />
          </>
        ) : (
          <Which label="Points of" fields={places} name={drawn.place} onChange={(place) => onDraw({ place })} />
        )}
      </div>
    </Popover>
  );
}

function Which({ label, fields, name, onChange }: { label: string; fields: FieldDef[]; name?: string; onChange: (name: string) => void }) {
  if (fields.length < 2) return null;
  return (
    <Field label={label}>
      {(w) => (
        <Select {...w} value={chosen(fields, name)?.name} onChange={(e) => onChange(e.target.value)}>
          {fields.map((f) => <option key={f.id}>{f.name}</option>)}
        </Select>
      )}
    </Field>
  );
}
