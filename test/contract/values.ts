import { describe } from 'vitest'
import { callbacks } from './callbacks.ts'
import { errors } from './errors.ts'
import type { Connection, Opener } from './fixture.ts'
import { objects } from './objects.ts'
import { releases } from './releases.ts'
import { signals } from './signals.ts'
import { streamControl } from './stream-control.ts'
import { streams } from './streams.ts'
import type { Traits } from './suite.ts'
import { copying, transfers } from './transfers.ts'
import { uncarried } from './uncarried.ts'
import { webStreams } from './webstreams.ts'

/** Every value that a developer would pass to a local function crosses, or fails with an error that says where it stands. */
export function values<C extends Connection>(
  opened: Opener<'service', C>,
  { text = false, transfer = false, trusted = false, carrier }: Traits<C>,
): void {
  describe('callbacks', () => {
    callbacks(opened)
  })
  describe('releases', () => {
    releases(opened)
  })
  describe('signals', () => {
    signals(opened)
  })
  describe('objects', () => {
    objects(opened)
  })
  describe('streams', () => {
    streams(opened)
  })
  describe('stream control', () => {
    streamControl(opened)
  })
  describe('web streams', () => {
    webStreams(opened)
  })
  describe('errors', () => {
    errors(opened, trusted)
  })
  describe('uncarried', () => {
    uncarried(opened)
  })
  if (transfer) transfers(opened, carrier)
  if (text) copying(opened)
}
