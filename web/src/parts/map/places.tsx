import { useNavigate, useSearch } from "@tanstack/react-router";
import { useCallback, useState } from "react";
import { chosen, placeFields, type Drawn } from "@/lib/layouts";
import type { Ask } from "@/lib/rows";
import { useEditing } from "@/lib/staged";
import { Boundary } from "@/parts/boundary";
import { Atlas, type Acts } from "@/parts/map/atlas";
import type { Box } from "@/parts/map/mercator";
import { unplaced, usePoints } from "@/parts/map/points";

interface Props extends Acts {
  ask: Ask;
  drawn: Drawn;
  /** How many records match, also those without a place; undefined until they are counted. */
  total?: number;
  /** Asked to show the records that a clause finds, which a map cannot. */
  onElsewhere: (clause: string) => void;
}

/** The records of a collection on a map, with the filter, the selection and the live changes of the table. */
export const Places = (p: Props) => <Boundary what="The map"><Asked {...p} /></Boundary>;

function Asked({ ask, drawn, total, onElsewhere, ...acts }: Props) {
  const field = chosen(placeFields(ask.collection), drawn.place)!;
  const go = useNavigate();
  const { map } = useSearch({ from: "/c/$name" });
  const onAddress = useCallback((to: string | undefined) => void go({ to: ".", search: (now) => ({ ...now, map: to }), replace: true }), [go]);
  const [part, setPart] = useState<Box>();
  const editing = useEditing(ask.collection);
  const points = usePoints(ask, field.name, part, editing);
  const without = total === undefined || points.all === undefined ? 0 : Math.max(0, total - points.all);
  return <Atlas {...acts} collection={ask.collection} field={field} filtered={!!ask.filter} address={map} onAddress={onAddress} points={points} seen={editing.seen} without={without} onWithout={() => onElsewhere(unplaced(field.name))} onPart={setPart} />;
}
