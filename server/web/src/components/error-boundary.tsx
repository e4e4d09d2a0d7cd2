import { Component, type ReactNode } from "react";
import { ErrorState } from "@/components/ui/states";

interface ErrorBoundaryProps {
  /** What cannot be shown then: "Revenue could not be shown". */
  title: string;
  /** With another one of these the content is tried again. */
  resetKey?: unknown;
  className?: string;
  children: ReactNode;
}

/**
 * Keeps a fault in what it holds from taking the page down. A part of the app that could not be loaded stays unloaded
 * until the page is loaded again, so that is what it offers.
 */
export class ErrorBoundary extends Component<ErrorBoundaryProps, { error: Error | null }> {
  override state: { error: Error | null } = { error: null };

  static getDerivedStateFromError(error: unknown): { error: Error } {
    return { error: error instanceof Error ? error : new Error(String(error)) };
  }

  override componentDidUpdate(previous: ErrorBoundaryProps): void {
    if (this.state.error && previous.resetKey !== this.props.resetKey) this.setState({ error: null });
  }

  override render(): ReactNode {
    const { title, className, children } = this.props;
    if (!this.state.error) return children;
    return (
      <ErrorState
        title={title}
        error={this.state.error}
        retryTitle="Reload the page"
        onRetry={() => window.location.reload()}
        className={className}
      />
    );
  }
}
