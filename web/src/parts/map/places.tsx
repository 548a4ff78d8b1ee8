import { useState } from "react";
import { chosen, placeFields, type Drawn } from "@/lib/layouts";
import type { Ask } from "@/lib/rows";
import { Boundary } from "@/parts/boundary";
import { Atlas, type Acts } from "@/parts/map/atlas";
import type { Box } from "@/parts/map/mercator";
import { usePoints } from "@/parts/map/points";

interface Props extends Acts {
  ask: Ask;
  drawn: Drawn;
  /** How many records match, also those without a place; undefined until they are counted. */
  total?: number;
}

/** The records of a collection on a map, with the filter, the selection and the live changes of the table. */
export const Places = (p: Props) => <Boundary what="The map"><Asked {...p} /></Boundary>;

function Asked({ ask, drawn, total, ...acts }: Props) {
  const field = chosen(placeFields(ask.collection), drawn.place)!;
  const [part, setPart] = useState<Box>();
  const points = usePoints(ask, field.name, part);
  const without = total === undefined || points.all === undefined ? 0 : Math.max(0, total - points.all);
  return <Atlas {...acts} collection={ask.collection} field={field} filtered={!!ask.filter} points={points} without={without} onPart={setPart} />;
}
