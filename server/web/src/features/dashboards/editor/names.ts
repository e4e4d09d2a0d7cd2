import type { Registry } from "@/lib/api/types";
import type { DashboardDocument } from "@/lib/dashboards/document";
import { widgetTitle } from "@/lib/dashboards/titles";
import type { Names } from "./drag/announcements";
import { placeOf } from "./state";

/** What widgets and sections are called where they are spoken of. */
export function namesOf(document: DashboardDocument, registry: Registry | undefined): Names {
  return {
    widget: (id) => {
      const place = placeOf(document, id);
      return place ? widgetTitle(place.widget, registry) : "the widget";
    },
    section: (id) => {
      const at = document.sections.findIndex((section) => section.id === id);
      return document.sections[at]?.title ?? `section ${at + 1}`;
    },
  };
}
