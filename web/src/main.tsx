import { begin } from "@/app/begin";
import "@/style.css";

begin(document.getElementById("app")!);
