/*
 * Holds the script that each page needs against its budget, gzipped. A page is what index.html names, what it imports, and what the page's
 * own script imports on top, be it at once or when it is drawn; what waits until somebody asks for it is named in LATER.
 */
import { readdirSync, readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";

const BUDGET = 250_000;

/** What no page needs to be shown, by the names of the chunks, and when it is loaded instead. */
const LATER = {
  "range-calendar": "when days are chosen from a calendar",
  "import-dialog": "when files are imported",
  palette: "when somebody looks for a command",
  "shortcuts-dialog": "when somebody asks for the keys",
  editor: "when a dashboard is changed",
  "dashboard-dialogs": "when something is done with a dashboard as a whole",
  "view-dialog": "when a view is saved",
  "range-popover": "when other days are chosen",
  "filter-popover": "when figures are narrowed",
  "store-popover": "when other stores are chosen",
  "details-dialog": "when a widget's data are looked at",
  save: "when a widget's picture or file is wanted",
};

/** What pages load by the kinds of the widgets that a dashboard has, and so never all of it. */
const BY_KIND = [
  "markdown",
  "pie",
  "goal",
  "heatmap",
  "funnel",
  "experiment",
  "reviews",
  "survey",
  "sentiment",
];

const folder = new URL("../dist/assets/", import.meta.url);
const chunks = new Map(
  readdirSync(folder)
    .filter((file) => file.endsWith(".js"))
    .map((file) => [file, read(file)]),
);

function read(file) {
  const bytes = readFileSync(new URL(file, folder));
  const text = bytes.toString();
  // What stands in parentheses is imported when it comes to it, the rest before anything runs.
  const statics = [...text.matchAll(/(?:\bfrom|\bimport)\s*["']\.\/([^"']+\.js)["']/g)].map(
    ([, name]) => name,
  );
  const dynamics = [...text.matchAll(/\bimport\(\s*["'`]\.\/([^"'`]+\.js)["'`]/g)].map(([, name]) => name);
  return { size: gzipSync(bytes, { level: 6 }).length, statics, dynamics };
}

function chunk(file) {
  const found = chunks.get(file);
  if (!found) throw new Error(`${file} is imported, and is not there`);
  return found;
}

const nameOf = (file) => file.replace(/-[\w-]{8}\.js$/, "");

/** Whether a page waits for it: it is loaded when it comes to it, and it comes to it at once. */
const isDrawn = (file) => !(nameOf(file) in LATER) && !BY_KIND.includes(nameOf(file));

/** Adds a chunk and what it imports; also what that imports when it is drawn, if `drawn`. */
function gather(file, drawn, into) {
  if (into.has(file)) return into;
  into.add(file);
  const { statics, dynamics } = chunk(file);
  for (const next of statics) gather(next, drawn, into);
  if (drawn) for (const next of dynamics) if (isDrawn(next)) gather(next, drawn, into);
  return into;
}

const html = readFileSync(new URL("../dist/index.html", import.meta.url), "utf8");
const named = [...html.matchAll(/(?:src|href)="\/assets\/([^"]+\.js)"/g)].map(([, file]) => file);
if (named.length === 0) throw new Error("dist/index.html names no script: run npm run build first");
const entry = new Set();
for (const file of named) gather(file, false, entry);

const routes = new Set([...entry].flatMap((file) => chunk(file).dynamics));
const pages = [...routes].filter(isDrawn);
const sizes = pages.map((file) => {
  const all = new Set(entry);
  gather(file, true, all);
  return { name: nameOf(file), size: [...all].reduce((sum, one) => sum + chunk(one).size, 0) };
});
sizes.sort((a, b) => b.size - a.size);

const kilobytes = (bytes) => `${(bytes / 1000).toFixed(1).padStart(7)} kB`;
const first = [...entry].reduce((sum, file) => sum + chunk(file).size, 0);
console.log(`${kilobytes(first)}  what every page needs`);
for (const { name, size } of sizes) {
  console.log(
    `${kilobytes(size)}  ${name}${size > BUDGET ? `, above the ${BUDGET / 1000} kB that are the aim` : ""}`,
  );
}
const gone = [...Object.keys(LATER), ...BY_KIND].filter(
  (name) => ![...chunks.keys()].some((file) => nameOf(file) === name),
);
if (gone.length > 0) {
  console.error(`there is nothing called ${gone.join(", ")} any more: leave it out of scripts/budget.mjs`);
  process.exit(1);
}
if (sizes.some(({ size }) => size > BUDGET)) {
  console.error(
    "Have what a page does not need at once loaded later, or say in scripts/budget.mjs what waits for a press.",
  );
  process.exit(1);
}
