import { useInfiniteQuery, useQueryClient, useSuspenseQuery } from "@tanstack/react-query";
import { Navigate, useNavigate } from "@tanstack/react-router";
import { useCallback, useEffect, type ReactNode } from "react";
import { sessionQuery } from "@/features/auth/session";
import { ImportCenter } from "@/features/imports/import-center";
import { useImportCenter } from "@/features/imports/import-context";
import { importsQuery } from "@/features/imports/queries";
import { storesQuery } from "@/features/stores/queries";
import { Gallery } from "@/features/templates/gallery";
import { onboardingQuery } from "@/features/welcome/queries";
import { WelcomePage } from "@/features/welcome/welcome-page";
import type { Import, Store } from "@/lib/api/types";
import { may } from "@/lib/permissions";
import { keepSettingUp } from "@/lib/setting-up";
import { dashboardAddress } from "./addresses";
import { Bar } from "./header";
import { SkipLink } from "./skip-link";

/** The first steps, for who can make them. */
export function WelcomeRoute() {
  const { data: session } = useSuspenseQuery(sessionQuery);
  if (!may(session, "manage_workspaces")) return <Navigate to="/" replace />;
  return <Welcome />;
}

function Welcome() {
  const { data: stores } = useSuspenseQuery(storesQuery);
  const { data: onboarding } = useSuspenseQuery(onboardingQuery);
  const queries = useQueryClient();
  const store = stores.find(({ id }) => id === onboarding.store_id);
  const reread = useCallback(() => {
    void queries.invalidateQueries({ queryKey: storesQuery.queryKey });
    void queries.invalidateQueries({ queryKey: onboardingQuery.queryKey });
  }, [queries]);
  useEffect(() => keepSettingUp(true), []);
  if (!store)
    return (
      <Page>
        <Steps store={null} />
      </Page>
    );
  return (
    <ImportCenter store={store} onStoreChanged={reread}>
      <Page>
        <StepsOfStore store={store} />
      </Page>
    </ImportCenter>
  );
}

function Page({ children }: { children: ReactNode }) {
  return (
    <>
      <SkipLink />
      <Bar />
      <main
        id="content"
        tabIndex={-1}
        className="mx-auto w-full max-w-5xl px-3 py-6 outline-none sm:px-6 sm:py-10"
      >
        {children}
      </main>
    </>
  );
}

function StepsOfStore({ store }: { store: Store }) {
  const center = useImportCenter();
  const { data: imports } = useInfiniteQuery(importsQuery(store.id));
  return <Steps store={store} imports={imports ?? []} onImport={center.open} />;
}

interface StepsProps {
  store: Store | null;
  imports?: readonly Import[];
  onImport?: () => void;
}

function Steps({ store, imports = [], onImport = () => undefined }: StepsProps) {
  const { data: session } = useSuspenseQuery(sessionQuery);
  const { data: onboarding } = useSuspenseQuery(onboardingQuery);
  const navigate = useNavigate();
  const queries = useQueryClient();
  const leave = () => {
    keepSettingUp(false);
    void queries.invalidateQueries({ queryKey: storesQuery.queryKey });
  };
  const params = { storeId: store?.id ?? "" };
  return (
    <WelcomePage
      session={session}
      onboarding={onboarding}
      store={store}
      imports={imports}
      onImport={onImport}
      onConnections={() => void navigate({ to: "/connections", search: { store: params.storeId } })}
      onImports={() => void navigate({ to: "/stores/$storeId/imports", params })}
      gallery={
        store && (
          // The step that follows is shown once it is known that there is a dashboard.
          <Gallery workspaces={[store.workspace]} onMade={() => undefined} />
        )
      }
      onDashboard={(id) => {
        leave();
        void navigate({ href: dashboardAddress(id) });
      }}
      onSkipped={() => {
        leave();
        void navigate({ to: "/" });
      }}
    />
  );
}
