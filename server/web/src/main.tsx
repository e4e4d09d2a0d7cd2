import "./styles/app.css";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { App } from "./app/app";
import { createApp } from "./app/create-app";
import { preload } from "./app/preload";
import { takeLinkToken } from "./lib/link-token";

// Before anything else can see the address.
takeLinkToken();

const root = document.getElementById("root");
if (!root) throw new Error("index.html has no #root");
const { queries, router } = createApp();
preload(queries, window.location.pathname);
createRoot(root).render(
  <StrictMode>
    <App queries={queries} router={router} />
  </StrictMode>,
);
