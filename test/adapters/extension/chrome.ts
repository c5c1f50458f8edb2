/** `chrome` as far as the tests need it. */
import type { PortLike } from '../../../src/entries/extension.ts'

interface Event<L> {
  addListener(listener: L): void
  removeListener(listener: L): void
}

export interface Chrome {
  readonly runtime: {
    readonly id: string
    connect(options: { readonly name: string }): PortLike
    connect(id: string, options: { readonly name: string }): PortLike
    sendMessage(message: unknown): Promise<unknown>
    reload(): void
    readonly onConnect: Event<(port: PortLike) => void>
    readonly onConnectExternal: Event<(port: PortLike) => void>
    readonly onMessage: Event<(message: unknown) => void>
  }
  readonly action: { openPopup(): Promise<void> }
  readonly tabs: {
    connect(tab: number, options: { readonly name: string; readonly frameId?: number }): PortLike
    query(about: { readonly url: string }): Promise<readonly { readonly id: number }[]>
  }
}
