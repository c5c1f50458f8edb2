export type ServiceName = 'redis' | 'nats'

/** A service that runs on the loopback until it is stopped. */
export interface RunningService {
  readonly port: number
  readonly pid: number | undefined
  stop(): Promise<void>
}

export function findService(name: ServiceName): string
export function startService(name: ServiceName): Promise<RunningService>

/** A port of 127.0.0.1 that nobody has now. */
export function freePort(): Promise<number>
