/** Loads pages, each when somebody goes to it: none is a part of what everybody waits for. */
export const pages = {
  overview: () => import("./overview-route"),
  imports: () => import("./imports-route"),
  connections: () => import("./connections-route"),
  welcome: () => import("./welcome-route"),
  dashboards: () => import("./dashboards-route"),
  dashboard: () => import("./dashboard-route"),
  portfolio: () => import("./portfolio-route"),
  settings: () => import("./settings-pages"),
  signIn: () => import("./sign-in-route"),
  auth: () => import("./auth-pages"),
};
