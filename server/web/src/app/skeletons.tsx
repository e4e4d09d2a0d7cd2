import { LogoMark } from "@/components/logo";
import { Card } from "@/components/ui/card";
import { Skeleton } from "@/components/ui/skeleton";

function StoreBarSkeleton() {
  return (
    <div className="border-b bg-card">
      <div className="mx-auto flex h-21 w-full max-w-7xl items-start gap-3 px-3 py-2 sm:h-12 sm:px-6">
        <LogoMark />
        <Skeleton className="h-8 w-36 sm:w-44" />
        <Skeleton className="ml-auto h-8 w-24 sm:w-28" />
      </div>
    </div>
  );
}

export function OverviewSkeleton() {
  return (
    <>
      <StoreBarSkeleton />
      <div className="mx-auto flex w-full max-w-7xl flex-col gap-4 px-3 py-5 sm:px-6 sm:py-6">
        <div className="flex flex-wrap items-center justify-between gap-3">
          <Skeleton className="h-7 w-28" />
          <Skeleton className="h-9 w-36 sm:w-80" />
        </div>
        <div className="grid grid-cols-2 gap-3 sm:gap-4 xl:grid-cols-4">
          {Array.from({ length: 4 }, (_, index) => (
            <Card key={index} className="h-45 p-4 sm:p-5">
              <Skeleton className="h-5 w-20" />
              <Skeleton className="mt-3 h-8 w-24 sm:w-28" />
              <Skeleton className="mt-auto h-9 w-full" />
            </Card>
          ))}
        </div>
        <Card className="p-4 sm:p-5">
          <Skeleton className="h-5 w-36" />
          <Skeleton className="mt-4 h-78 w-full" />
        </Card>
      </div>
    </>
  );
}

export function ConnectionsSkeleton() {
  return (
    <>
      <StoreBarSkeleton />
      <div className="mx-auto flex w-full max-w-7xl flex-col gap-4 px-3 py-5 sm:px-6 sm:py-6">
        <div className="flex flex-col gap-2">
          <Skeleton className="h-7 w-32" />
          <Skeleton className="h-5 w-64" />
        </div>
        <Card className="gap-4 p-5">
          <Skeleton className="h-6 w-44" />
          <Skeleton className="h-14 w-full" />
          <Skeleton className="h-14 w-full" />
        </Card>
      </div>
    </>
  );
}

export function PortfolioSkeleton() {
  return (
    <>
      <StoreBarSkeleton />
      <div className="mx-auto flex w-full max-w-7xl flex-col gap-4 px-3 py-5 sm:px-6 sm:py-6">
        <div className="flex flex-col gap-2">
          <Skeleton className="h-7 w-28" />
          <Skeleton className="h-5 w-64" />
        </div>
        <Skeleton className="h-9 w-36 sm:w-80" />
        <Card className="gap-4 p-5">
          {Array.from({ length: 5 }, (_, index) => (
            <Skeleton key={index} className="h-10 w-full" />
          ))}
        </Card>
      </div>
    </>
  );
}

function BarSkeleton() {
  return (
    <div className="border-b bg-card">
      <div className="mx-auto flex h-12 w-full max-w-7xl items-start gap-3 px-3 py-2 sm:px-6">
        <LogoMark />
        <Skeleton className="h-8 w-32" />
        <Skeleton className="ml-auto h-8 w-16" />
      </div>
    </div>
  );
}

export function WelcomeSkeleton() {
  return (
    <>
      <BarSkeleton />
      <div className="mx-auto flex w-full max-w-5xl flex-col gap-5 px-3 py-6 sm:px-6 sm:py-10">
        <div className="flex flex-col gap-2">
          <Skeleton className="h-7 w-44" />
          <Skeleton className="h-5 w-72" />
        </div>
        <div className="grid grid-cols-2 gap-x-4 gap-y-3 sm:grid-cols-4">
          {Array.from({ length: 4 }, (_, index) => (
            <Skeleton key={index} className="h-9 w-full" />
          ))}
        </div>
        <Card className="gap-5 p-5 sm:p-6">
          <Skeleton className="h-7 w-40" />
          <Skeleton className="h-36 w-full" />
        </Card>
      </div>
    </>
  );
}

export function SettingsSkeleton() {
  return (
    <>
      <BarSkeleton />
      <div className="mx-auto flex w-full max-w-6xl flex-col gap-5 px-3 py-4 sm:px-6 lg:flex-row lg:gap-10 lg:py-8">
        <div className="flex gap-2 py-1 lg:w-44 lg:flex-col">
          {Array.from({ length: 3 }, (_, index) => (
            <Skeleton key={index} className="h-8 w-20 lg:w-full" />
          ))}
        </div>
        <div className="flex flex-1 flex-col gap-4">
          <div className="flex flex-col gap-2">
            <Skeleton className="h-7 w-28" />
            <Skeleton className="h-5 w-64" />
          </div>
          <Card className="gap-4 p-5">
            {Array.from({ length: 4 }, (_, index) => (
              <Skeleton key={index} className="h-10 w-full" />
            ))}
          </Card>
        </div>
      </div>
    </>
  );
}

/** The list of dashboards, below the bar on top. */
export function DashboardListSkeleton() {
  return (
    <div className="flex flex-col gap-4">
      <div className="flex flex-wrap items-end justify-between gap-3">
        <div className="flex flex-col gap-2">
          <Skeleton className="h-7 w-36" />
          <Skeleton className="h-5 w-64" />
        </div>
        <Skeleton className="h-9 w-36" />
      </div>
      <Skeleton className="h-9 w-72 max-w-full" />
      <Card className="gap-4 p-5">
        {Array.from({ length: 4 }, (_, index) => (
          <Skeleton key={index} className="h-11 w-full" />
        ))}
      </Card>
    </div>
  );
}

export function DashboardsSkeleton() {
  return (
    <>
      <StoreBarSkeleton />
      <div className="mx-auto w-full max-w-7xl px-3 py-5 sm:px-6 sm:py-6">
        <DashboardListSkeleton />
      </div>
    </>
  );
}
