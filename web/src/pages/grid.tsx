import { useParams } from "@tanstack/react-router";
import { Head } from "@/parts/small";

export function Page() {
  const { name } = useParams({ from: "/c/$name" });
  return <Head title={name} />;
}
