import { Images, MapPinned, Rows3, type LucideIcon } from "lucide-react";
import type { Collection, FieldDef } from "@/lib/collections";
import { useAction } from "@/lib/keys";
import { chosen, layoutsOf, pictureFields, placeFields, type Drawn, type LayoutName, type PictureSize } from "@/lib/layouts";
import { usePhone } from "@/lib/media";
import { Button } from "@/parts/button";
import { Field, Segmented, Select } from "@/parts/input";
import { Popover } from "@/parts/menu";

const looks: Record<LayoutName, { word: string; icon: LucideIcon; keys: string }> = {
  table: { word: "Table", icon: Rows3, keys: "v t" },
  gallery: { word: "Gallery", icon: Images, keys: "v g" },
  map: { word: "Map", icon: MapPinned, keys: "v m" },
};

interface Choice {
  collection: Collection;
  value: LayoutName;
  onChange: (l: LayoutName) => void;
}

/**
 * Chooses among the layouts that the collection can have; nothing when there is no choice. On a phone the head has no
 * room for it: there it stands in the menu of the layout.
 */
export function LayoutSwitch({ collection: c, value, onChange }: Choice) {
  const phone = usePhone();
  const can = layoutsOf(c);
  if (can.length < 2) return null;
  return (
    <>
      {!phone && <Layouts collection={c} value={value} onChange={onChange} />}
      {can.map((l) => <Shortcut key={l} layout={l} off={l === value} run={() => onChange(l)} />)}
    </>
  );
}

function Layouts({ collection: c, value, onChange }: Choice) {
  const options = layoutsOf(c).map((l) => {
    const { word, icon: Icon } = looks[l];
    return { value: l, name: <><Icon size={16} strokeWidth={1.5} aria-hidden />{word}</> };
  });
  return <Segmented label="Layout" value={value} onChange={onChange} options={options} />;
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

/** What a gallery or a map is drawn with, and on a phone which of them it is. */
export function LayoutMenu({ collection: c, value, onChange, drawn, onDraw }: Choice & { drawn: Drawn; onDraw: (change: Drawn) => void }) {
  const phone = usePhone();
  const { word, icon } = looks[value];
  const [pictures, places] = [pictureFields(c), placeFields(c)];
  const choice = phone && layoutsOf(c).length > 1;
  if (!choice && value !== "gallery" && !(value === "map" && places.length > 1)) return null;
  return (
    <Popover name={word} align="end" trigger={<Button icon={icon}><span className="max-md:sr-only">{word}</span></Button>}>
      <div className="flex min-w-60 flex-col gap-3 p-1">
        {choice && <Layouts collection={c} value={value} onChange={onChange} />}
        {value === "gallery" && <Segmented label="Size of the pictures" value={drawn.size ?? "medium"} options={sizes} onChange={(size) => onDraw({ size })} />}
        {value === "gallery" && <Which label="Pictures of" fields={pictures} name={drawn.picture} onChange={(picture) => onDraw({ picture })} />}
        {value === "map" && <Which label="Points of" fields={places} name={drawn.place} onChange={(place) => onDraw({ place })} />}
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
