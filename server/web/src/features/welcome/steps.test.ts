import type { Onboarding } from "@/lib/api/types";
import { currentStep, isDone, isOpen } from "./steps";

function told(done: [boolean, boolean, boolean, boolean], parts: Partial<Onboarding> = {}): Onboarding {
  const ids = ["store", "data", "template", "numbers"] as const;
  return { steps: ids.map((id, index) => ({ id, done: done[index] ?? false })), ...parts };
}

describe("the first steps", () => {
  it("go on at the first that was not made, whatever came after it", () => {
    expect(currentStep(told([false, false, false, false]))).toBe("store");
    expect(currentStep(told([true, false, false, false]))).toBe("data");
    // A file that was on its way could not be imported.
    expect(currentStep(told([true, false, true, false]))).toBe("data");
    expect(currentStep(told([true, true, false, false]))).toBe("template");
    expect(currentStep(told([true, true, true, false]))).toBe("numbers");
    expect(currentStep(told([true, true, true, true]))).toBe("numbers");
  });

  it("are told one by one", () => {
    expect(isDone(told([true, false, false, false]), "store")).toBe(true);
    expect(isDone(told([true, false, false, false]), "data")).toBe(false);
  });

  it("are for whoever comes until there is a dashboard, or somebody has said that they are over", () => {
    expect(isOpen(told([true, true, false, false]))).toBe(true);
    expect(isOpen(told([true, false, true, false], { dashboard_id: "d1" }))).toBe(false);
    expect(isOpen(told([true, false, false, true], { finished_at: "2026-11-21T12:00:00Z" }))).toBe(false);
  });
});
