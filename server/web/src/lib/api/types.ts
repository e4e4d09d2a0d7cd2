import type { components } from "./schema";

type Schemas = components["schemas"];

export type Store = Schemas["Store"];
export type Import = Schemas["Import"];
export type CellError = Import["errors"][number];
export type Problem = Schemas["Problem"];
export type QueryRequest = Schemas["QueryRequest"];
export type QueryResponse = Schemas["QueryResponse"];
export type QueryColumn = QueryResponse["columns"][number];
