import { begin } from "@/app/begin";
import "@/style.css";

void begin(document.getElementById("app")!);
