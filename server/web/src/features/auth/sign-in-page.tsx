import { LogoMark } from "@/components/logo";
import { SignInForm } from "./sign-in-form";

export function SignInPage({ onSignedIn }: { onSignedIn: () => void }) {
  return (
    <main className="flex min-h-dvh flex-col items-center justify-center px-4 py-10">
      <div className="w-full max-w-88">
        <div className="mb-6 flex flex-col items-center gap-3 text-center">
          <LogoMark className="size-9" />
          <h1 className="text-xl font-semibold">Sign in to Aloftly</h1>
        </div>
        <div className="rounded-lg border bg-card p-6">
          <SignInForm onSignedIn={onSignedIn} />
        </div>
      </div>
    </main>
  );
}
