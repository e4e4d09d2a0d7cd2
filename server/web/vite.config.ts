import { fileURLToPath } from "node:url";
import tailwindcss from "@tailwindcss/vite";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

// The server that answers /api and /ws while the app is served by Vite.
const api = process.env.ALOFTLY_URL ?? "http://127.0.0.1:8080";

// The host stays the browser's, which the server holds against the origin of each change.
const proxy = {
  "/api": { target: api, changeOrigin: false },
  "/ws": { target: api, changeOrigin: false, ws: true },
};

// What the server sends with the built app; `vite preview` sends it too, so that a breach is seen early.
const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "font-src 'self'",
  "img-src 'self' data: blob:",
  "connect-src 'self'",
  "manifest-src 'self'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join("; ");

const ENTRY = fileURLToPath(new URL("./src/main.tsx", import.meta.url));

/** Where each module is, and what it imports before anything runs. */
interface Modules {
  getModuleInfo: (id: string) => { importedIds: readonly string[] } | null;
}

/**
 * Puts what every page needs into one chunk. In the many small ones that it would be in by itself, much of the bytes were names of one another,
 * and each was a request.
 */
function together() {
  let needed: Set<string> | null = null;
  const gather = (id: string, modules: Modules, into: Set<string>) => {
    if (into.has(id)) return into;
    into.add(id);
    for (const next of modules.getModuleInfo(id)?.importedIds ?? []) gather(next, modules, into);
    return into;
  };
  return (id: string, modules: Modules) => {
    needed ??= gather(ENTRY, modules, new Set());
    return needed.has(id) ? "base" : null;
  };
}

export default defineConfig({
  plugins: [react(), tailwindcss()],
  resolve: { alias: { "@": fileURLToPath(new URL("./src", import.meta.url)) } },
  build: {
    // Data URLs would need a wider content security policy.
    assetsInlineLimit: 0,
    target: "es2022",
    chunkSizeWarningLimit: 700,
    rolldownOptions: { output: { codeSplitting: { groups: [{ name: together() }] } } },
  },
  server: { proxy },
  preview: {
    proxy,
    headers: { "Content-Security-Policy": contentSecurityPolicy },
  },
  test: {
    environment: "jsdom",
    globals: true,
    include: ["src/**/*.test.{ts,tsx}"],
    setupFiles: ["src/test/setup.ts"],
    env: { TZ: "Asia/Tokyo" },
    // The colours are held against one another.
    css: { include: /tokens\.css/ },
  },
});
