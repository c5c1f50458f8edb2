/** As much of Figma's plugin API as the examples use, after @figma/plugin-typings. */
declare const __html__: string

declare const figma: {
  showUI(html: string): void
  on(type: 'selectionchange', listener: () => void): void
  readonly currentPage: { readonly selection: readonly { name: string }[] }
  readonly ui: {
    postMessage(message: unknown, options?: { origin?: string }): void
    on(type: 'message', listener: (message: unknown, props: { origin: string }) => void): void
    off(type: 'message', listener: (message: unknown, props: { origin: string }) => void): void
  }
}
