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

export default defineConfig({
  plugins: [react(), tailwindcss()],
  resolve: { alias: { "@": fileURLToPath(new URL("./src", import.meta.url)) } },
  build: {
    // Data URLs would need a wider content security policy.
    assetsInlineLimit: 0,
    target: "es2022",
    chunkSizeWarningLimit: 600,
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
