/** As much of a browser extension's API as the examples use, after @types/chrome. */
declare namespace chrome {
  interface Event<L> {
    addListener(listener: L): void
    removeListener(listener: L): void
  }

  interface Port {
    readonly name: string
    readonly sender?: { id?: string; origin?: string; url?: string; frameId?: number; tab?: { id?: number } }
    postMessage(message: unknown): void
    disconnect(): void
    readonly onMessage: Event<(message: unknown, port: Port) => void>
    readonly onDisconnect: Event<(port: Port) => void>
  }

  const runtime: { connect(): Port; connect(id: string): Port }
  const tabs: { connect(tab: number): Port }
  const alarms: { readonly onAlarm: Event<(alarm: { readonly name: string }) => void> }
  const storage: { readonly local: { set(items: Record<string, unknown>): Promise<void> } }
}
