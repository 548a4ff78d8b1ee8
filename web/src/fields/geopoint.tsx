import { Map as MapIcon, MapPin } from "lucide-react";
import { lazy, Suspense, useId, useState } from "react";
import type { EditorProps, FieldKind } from "@/fields/kind";
import { nowhere, pointText, readPoint } from "@/fields/point";
import { Boundary } from "@/parts/boundary";
import { Button } from "@/parts/button";
import { TextInput } from "@/parts/input";

const MapPicker = lazy(() => import("@/parts/map/picker").then((m) => ({ default: m.MapPicker })));

function Editor({ field, value, onChange, wired, disabled }: EditorProps) {
  const [typed, setTyped] = useState<string>();
  const [picking, setPicking] = useState(false);
  const map = useId();
  const odd = typed !== undefined && !readPoint(typed);
  return (
    <>
      <div className="flex gap-2">
        <TextInput
          {...wired}
          disabled={disabled}
          placeholder="lat, lon"
          value={typed ?? pointText(value)}
          aria-invalid={odd || wired["aria-invalid"]}
          onChange={(e) => {
            setTyped(e.target.value);
            const p = readPoint(e.target.value);
            if (p) onChange(p);
          }}
          onBlur={() => !odd && setTyped(undefined)}
        />
        {!disabled && <Button icon={MapIcon} aria-expanded={picking} aria-controls={picking ? map : undefined} onClick={() => setPicking(!picking)}>Pick on map</Button>}
      </div>
      {odd && <p role="alert" className="text-grid text-danger">Latitude and longitude are wanted: 47.5, 19.04.</p>}
      {picking && (
        <div id={map}>
          <Boundary what="The map">
            <Suspense fallback={<div className="h-64" />}>
              <MapPicker
                label={`Map to pick ${field.name}`}
                value={value}
                onPick={(p) => {
                  setTyped(undefined);
                  onChange(p);
                }}
              />
            </Suspense>
          </Boundary>
        </div>
      )}
    </>
  );
}

export const geoPoint: FieldKind = {
  type: "geoPoint",
  word: "Geo point",
  icon: MapPin,
  width: 180,
  inline: "text",
  zero: () => nowhere,
  text: pointText,
  parse: readPoint,
  Cell: ({ value }) => <span className="tabular">{pointText(value)}</span>,
  Editor,
};
