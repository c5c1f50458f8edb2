/** What is needed to run WebKit; `display` is undefined where there is one already. */
export interface WebKitPaths {
  readonly driver: string
  readonly display: string | undefined
}

/** A browser that runs until it is stopped. */
export interface RunningWebKit {
  readonly version: string
  open(url: string): Promise<unknown>
  evaluate(script: string): Promise<unknown>
  stop(): Promise<void>
}

export function findWebKit(): WebKitPaths
export function startWebKit(): Promise<RunningWebKit>
