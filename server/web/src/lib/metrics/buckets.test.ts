import { metricResponse } from "@/test/responses";
import type { QueryResponse } from "@/lib/api/types";
import { bucketReader, partialTitles } from "./buckets";

const NOW = new Date("2026-10-04T15:00:00Z");

/** Three days that ended yesterday, with what the server says of them. */
function daysWith(meta: Partial<QueryResponse["meta"]>) {
  const response = metricResponse("shopify.revenue");
  const told = { ...response, meta: { ...response.meta, ...meta } };
  return told.rows.map(bucketReader(told, "day", NOW));
}

it("says of a day that is over that its source is behind, not that it is cut", () => {
  const days = daysWith({ incomplete: ["2026-10-03"] });
  expect(days.map(({ note }) => note(false))).toEqual([null, null, "its source is behind"]);
  expect(days[2]).toMatchObject({ unfinished: false, behind: true });
  expect(partialTitles("day", days)).toEqual(["Its source is behind"]);
});

it("says of a day that the range cuts that it is a part", () => {
  const days = daysWith({ clipped: ["2026-10-01"] });
  expect(days.map(({ note }) => note(false))).toEqual(["part of the day", null, null]);
  expect(partialTitles("day", days)).toEqual(["Part of a day"]);
});
