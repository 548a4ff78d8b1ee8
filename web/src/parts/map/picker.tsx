import { MapPin } from "lucide-react";
import { useMemo } from "react";
import { isPlace, pointText, type Point } from "@/fields/point";
import { pointed, toWorld, type World } from "@/parts/map/mercator";
import { useFrame, useLook } from "@/parts/map/view";
import { Spot, WorldMap } from "@/parts/map/worldmap";

/** A map on which a point is put: by a click, or by Enter where the cross is. */
export function MapPicker({ label, value, onPick }: { label: string; value: unknown; onPick: (p: Point) => void }) {
  const at = isPlace(value) ? toWorld(value) : undefined;
  const look = useLook(useFrame(), useMemo(() => (at ? [at] : []), [at?.x, at?.y]));
  const pick = (w: World) => {
    // Where it is looked at stays: the point has been put where somebody looked.
    look.change((v) => v);
    onPick(pointed(w, look.view.zoom));
  };
  return (
    <div className="flex flex-col gap-1">
      <div className="h-64 overflow-hidden rounded-sm border border-border">
        <WorldMap label={label} look={look} keysDo="Enter puts the point in the middle." onKey={() => pick(look.view)} onPress={pick}>
          {(drawn) =>
            at && (
              <Spot drawn={drawn} at={at}>
                <MapPin size={28} strokeWidth={2} aria-hidden className="-translate-y-1/2 fill-bg text-accent" />
              </Spot>
            )
          }
        </WorldMap>
      </div>
      <p className="text-grid text-muted">A click puts the point, or Enter where the cross is.</p>
      <p role="status" className="sr-only">{pointText(value)}</p>
    </div>
  );
}
